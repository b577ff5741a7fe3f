#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "curl_http_fixture.h"

namespace notifyd::net {
namespace {

using test::http_answer;
using test::RawConnection;
using test::RawHttpServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(CurlHttp, GivesStatusBodyAndHeadersWithLowerCaseKeys) {
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.write(http_answer(429, "slow down", "Retry-After: 7\r\nX-Empty:\r\n"));
  });
  const HttpResponse response = call(post(server.url("/api")));
  EXPECT_EQ(response.outcome, Outcome::kAnswered);
  EXPECT_EQ(response.status, 429U);
  EXPECT_EQ(response.body, "slow down");
  std::map<std::string, std::string> headers(response.headers.begin(), response.headers.end());
  EXPECT_EQ(headers["retry-after"], "7");
  EXPECT_EQ(headers.count("x-empty"), 1U);
  EXPECT_EQ(response.error, "");
}

TEST_F(CurlHttp, SendsMethodHeadersAndBodyAsGivenAndNothingOfItsOwn) {
  RawHttpServer server(answer_all);
  call(post(server.url("/api?x=1"), "body"));
  ASSERT_THAT(server.requests(), SizeIs(1));
  const std::string seen = server.requests()[0];
  EXPECT_THAT(seen, HasSubstr("POST /api?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(seen, HasSubstr("Authorization: Bearer not-real\r\n"));
  EXPECT_THAT(seen, HasSubstr("Content-Length: 4\r\n"));
  EXPECT_TRUE(seen.ends_with("\r\n\r\nbody"));
  EXPECT_THAT(seen, Not(HasSubstr("Expect:")));
}

TEST_F(CurlHttp, SendsOtherMethodsWithAndWithoutBody) {
  RawHttpServer server(answer_all);
  HttpRequest put = post(server.url("/p"), "x");
  put.method = "PUT";
  HttpRequest remove = get(server.url("/d"));
  remove.method = "DELETE";
  EXPECT_EQ(call(put).status, 200U);
  EXPECT_EQ(call(remove).status, 200U);
  EXPECT_EQ(call(get(server.url("/g"))).status, 200U);
  ASSERT_THAT(server.requests(), SizeIs(3));
  EXPECT_THAT(server.requests()[0], HasSubstr("PUT /p "));
  EXPECT_THAT(server.requests()[1], HasSubstr("DELETE /d "));
  EXPECT_THAT(server.requests()[2], HasSubstr("GET /g "));
  EXPECT_THAT(server.requests()[2], Not(HasSubstr("Content-")));
}

TEST_F(CurlHttp, KeepsConnectionsOpenForTheNextCall) {
  RawHttpServer server(answer_all);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call(post(server.url())).status, 200U);
  EXPECT_EQ(server.connections(), 1);
}

// What this process has set on its sockets that are connected to `port`.
std::vector<unsigned> user_timeouts_ms(std::uint16_t port) {
  std::vector<unsigned> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    unsigned value = 0;
    size = sizeof value;
    if (getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &size) == 0) found.push_back(value);
  }
  return found;
}

TEST_F(CurlHttp, AConnectionWhereNothingIsAcknowledgedIsGivenUp) {
  RawHttpServer server(answer_all);
  ASSERT_EQ(call(post(server.url())).status, 200U);
  EXPECT_THAT(user_timeouts_ms(server.port()), ElementsAre(20'000U));
}

// One that died without a word would be taken for every call: HTTP/2 is not closed by a time-out.
TEST_F(CurlHttp, AnOldConnectionIsReplacedThoughItWorks) {
  HttpOptions options;
  options.connection_lifetime = std::chrono::seconds(1);
  start(options);
  RawHttpServer server(answer_all);
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (server.connections() < 2 && std::chrono::steady_clock::now() < end) {
    ASSERT_EQ(call(post(server.url())).status, 200U);
  }
  EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace notifyd::net
