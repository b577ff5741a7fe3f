// Connections without HTTP: straight, and through an HTTP proxy of the environment.
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "curl_http_fixture.h"

namespace notifyd::net {
namespace {

using test::RawConnection;
using test::RawHttpServer;
using ::testing::HasSubstr;

class ConnectOnly : public CurlHttp {
 protected:
  ~ConnectOnly() override { unsetenv("HTTPS_PROXY"); }

  static HttpRequest to(std::uint16_t port) {
    HttpRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(port);
    request.connect_only = true;
    return request;
  }

  // Says something over the socket that a RawHttpServer takes for a request, and gives its answer.
  static std::string exchange(const HttpResponse& response) {
    if (!response.socket) return "no socket";
    const std::string request = "GET / HTTP/1.1\r\n\r\n";
    if (::send(response.socket->get(), request.data(), request.size(), MSG_NOSIGNAL) <= 0)
      return "";
    pollfd ready{response.socket->get(), POLLIN, 0};
    if (poll(&ready, 1, 30'000) != 1) return "nothing came";
    std::array<char, 4096> buffer;
    const ssize_t count = recv(response.socket->get(), buffer.data(), buffer.size(), 0);
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : "";
  }

  // A proxy that answers CONNECT with `status`, and then is the far side itself.
  static RawHttpServer::Serve proxy(int status) {
    return [status](RawConnection& connection, int) {
      if (connection.read_request().empty()) return;
      connection.write("HTTP/1.1 " + std::to_string(status) + " x\r\n\r\n");
      while (!connection.read_request().empty()) connection.write("behind the proxy");
    };
  }
};

TEST_F(ConnectOnly, GivesASocketOverWhichNothingHasGone) {
  RawHttpServer server([](RawConnection& connection, int) {
    while (!connection.read_request().empty()) connection.write("straight");
  });
  const HttpResponse response = call(to(server.port()));
  EXPECT_EQ(response.outcome, Outcome::kAnswered);
  EXPECT_THAT(server.requests(), ::testing::IsEmpty());
  EXPECT_EQ(exchange(response), "straight");
}

TEST_F(ConnectOnly, TheSocketLivesOnWhenTheLoopIsGone) {
  RawHttpServer server([](RawConnection& connection, int) {
    while (!connection.read_request().empty()) connection.write("still there");
  });
  const HttpResponse response = call(to(server.port()));
  http_.reset();
  EXPECT_EQ(exchange(response), "still there");
}

TEST_F(ConnectOnly, GoesThroughTheProxyOfTheEnvironmentWithItsPassword) {
  RawHttpServer server(proxy(200));
  const std::string url = "http://bob:secret@127.0.0.1:" + std::to_string(server.port());
  setenv("HTTPS_PROXY", url.c_str(), 1);
  start({});
  HttpRequest request = to(1);
  request.url = "https://teleport.invalid:443";
  const HttpResponse response = call(request);
  EXPECT_EQ(exchange(response), "behind the proxy");
  ASSERT_THAT(server.requests(), ::testing::SizeIs(2));
  EXPECT_THAT(server.requests().front(),
              ::testing::AllOf(HasSubstr("CONNECT teleport.invalid:443 HTTP/1.1"),
                               HasSubstr("Proxy-Authorization: Basic Ym9iOnNlY3JldA==")));
}

TEST_F(ConnectOnly, NoProxyIsObeyed) {
  RawHttpServer server([](RawConnection& connection, int) {
    while (!connection.read_request().empty()) connection.write("straight");
  });
  setenv("HTTPS_PROXY", "http://127.0.0.1:1", 1);
  setenv("NO_PROXY", "127.0.0.1", 1);
  start({});
  EXPECT_EQ(exchange(call(to(server.port()))), "straight");
  unsetenv("NO_PROXY");
}

TEST_F(ConnectOnly, AProxyThatRefusesIsNamedWithoutItsPassword) {
  RawHttpServer server(proxy(407));
  const std::string url = "http://bob:secret@127.0.0.1:" + std::to_string(server.port());
  setenv("HTTPS_PROXY", url.c_str(), 1);
  start({});
  const HttpResponse response = call(to(1));
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error,
              ::testing::AllOf(HasSubstr("407"), ::testing::Not(HasSubstr("secret"))));
}

TEST_F(ConnectOnly, AProxyOverTlsIsRefusedWithWhatToWrite) {
  setenv("HTTPS_PROXY", "https://proxy.example.com:3128", 1);
  start({});
  const HttpResponse response = call(to(1));
  EXPECT_THAT(response.error,
              ::testing::AllOf(HasSubstr("HTTPS_PROXY"), HasSubstr("write http://host:port"),
                               ::testing::EndsWith("have NO_PROXY name 127.0.0.1")));
}

TEST_F(ConnectOnly, SaysThatNobodyListens) {
  const test::ClosedPort closed;
  const HttpResponse response = call(to(closed.number()));
  EXPECT_EQ(response.socket, nullptr);
  EXPECT_THAT(response.error, HasSubstr("127.0.0.1:" + std::to_string(closed.number())));
}

}  // namespace
}  // namespace notifyd::net
