// What never happens, and what a proxy changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "curl_http_fixture.h"

namespace notifyd::net {
namespace {

using test::http_answer;
using test::RawConnection;
using test::RawHttpServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(CurlHttp, RedirectIsAnAnswerAndTheTokenDoesNotTravel) {
  RawHttpServer other(answer_all);
  RawHttpServer server([&](RawConnection& c, int) {
    c.read_request();
    c.write(http_answer(307, "", "Location: " + other.url("/taken") + "\r\n"));
  });
  const HttpResponse response = call(post(server.url()));
  EXPECT_EQ(response.outcome, Outcome::kAnswered);
  EXPECT_EQ(response.status, 307U);
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(CurlHttp, CertificateThatCannotBeVerifiedIsNotSent) {
  const auto certificate = test::self_signed_certificate();
  RawHttpServer server(answer_all, &certificate);
  const HttpResponse response = call(post(server.url()));
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error, HasSubstr("certificate"));
  EXPECT_THAT(server.requests(), SizeIs(0));
}

TEST_F(CurlHttp, CertificateOfTheGivenCaFileIsAccepted) {
  const auto certificate = test::self_signed_certificate();
  start(trusting(certificate));
  RawHttpServer server(answer_all, &certificate);
  EXPECT_EQ(call(post(server.url())).status, 200U);
}

TEST_F(CurlHttp, LineBreakInAHeaderIsRefused) {
  RawHttpServer server(answer_all);
  HttpRequest request = post(server.url());
  request.headers.emplace_back("X-Name", "a\r\nX-Forged: b");
  const HttpResponse response = call(request);
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error, HasSubstr("X-Name"));
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlHttp, OtherProtocolsAreRefused) {
  const HttpResponse response = call(get("file:///etc/hostname"));
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error, HasSubstr("https://"));
}

TEST_F(CurlHttp, ProxyOfTheEnvironmentIsUsedForHttp) {
  RawHttpServer proxy(answer_all);
  setenv("HTTP_PROXY", proxy.url().c_str(), 1);
  start({});
  HttpRequest request = post("http://chat.invalid/api");
  request.allow_insecure = true;
  EXPECT_EQ(call(request).status, 200U);
  unsetenv("HTTP_PROXY");
  ASSERT_THAT(proxy.requests(), SizeIs(1));
  EXPECT_THAT(proxy.requests()[0], HasSubstr("POST http://chat.invalid/api HTTP/1.1"));
}

TEST_F(CurlHttp, NoProxyIsObeyed) {
  RawHttpServer proxy(answer_all);
  const auto certificate = test::self_signed_certificate();
  RawHttpServer server(answer_all, &certificate);
  setenv("HTTPS_PROXY", proxy.url().c_str(), 1);
  setenv("NO_PROXY", "127.0.0.1", 1);
  start(trusting(certificate));
  EXPECT_EQ(call(post(server.url())).status, 200U);
  unsetenv("HTTPS_PROXY");
  unsetenv("NO_PROXY");
  EXPECT_EQ(proxy.connections(), 0);
}

// A proxy would carry it through the network, and not to this machine.
TEST_F(CurlHttp, HttpToThisMachineGoesPastEveryProxy) {
  RawHttpServer proxy(answer_all);
  RawHttpServer server(answer_all);
  for (const char* variable : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    setenv(variable, proxy.url().c_str(), 1);
    start({});
    EXPECT_EQ(call(post(server.url())).status, 200U) << variable;
    unsetenv(variable);
  }
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(CurlHttp, HttpToAnotherMachineIsNotSentAndTheProxyDoesNotSeeItEither) {
  RawHttpServer proxy(answer_all);
  setenv("HTTP_PROXY", proxy.url().c_str(), 1);
  start({});
  for (const char* url : {"http://chat.invalid/api", "http://127.0.0.1@chat.invalid/api",
                          "http://localhost.chat.invalid/", "http://192.0.2.1/"}) {
    const HttpResponse response = call(post(url));
    EXPECT_EQ(response.outcome, Outcome::kNotSent) << url;
    EXPECT_THAT(response.error, HasSubstr("write https://, or allow_insecure = true")) << url;
  }
  unsetenv("HTTP_PROXY");
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(CurlHttp, MalformedProxyIsNeitherUsedNorQuoted) {
  for (const char* variable : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    for (const char* written :
         {"ftp://user:hunter2hunter2@proxy.invalid",
          "http://user:hunter2hunter2@proxy.invalid:port",
          "http://user:hunter2@hunter2@proxy.invalid", "http://user:hunter2 x@proxy.invalid",
          "user:hunter2", "http://user:hunter2%zz@proxy.invalid:3128",
          "http://user:hunter2hunter2@", "://user:hunter2hunter2@proxy.invalid"}) {
      setenv(variable, written, 1);
      start({});
      const HttpResponse response = call(post("https://chat.invalid/api"));
      EXPECT_EQ(response.outcome, Outcome::kNotSent) << written;
      EXPECT_THAT(response.error, HasSubstr(std::string(variable) + " is no proxy")) << written;
      EXPECT_THAT(response.error, Not(HasSubstr("hunter2"))) << written;
    }
    unsetenv(variable);
  }
}

TEST_F(CurlHttp, ProxyThatIsNotThereIsNamedWithoutItsPassword) {
  const test::ClosedPort closed;
  for (const char* scheme : {"http", "https", "socks4", "socks5", "socks5h"}) {
    const std::string written =
        std::string(scheme) + "://user:hunter2hunter2@127.0.0.1:" + std::to_string(closed.number());
    setenv("HTTPS_PROXY", written.c_str(), 1);
    start({});
    const HttpResponse response = call(post("https://chat.invalid/api"));
    EXPECT_EQ(response.outcome, Outcome::kNotSent) << scheme;
    EXPECT_THAT(response.error, HasSubstr("127.0.0.1 port")) << scheme;
    EXPECT_THAT(response.error, Not(HasSubstr("hunter2"))) << scheme;
  }
  unsetenv("HTTPS_PROXY");
}

TEST_F(CurlHttp, HttpsGoesThroughTheProxyAsATunnelAndARefusalIsNotSent) {
  RawHttpServer proxy([](RawConnection& c, int) {
    c.read_request();
    c.write(http_answer(403, ""));
  });
  setenv("HTTPS_PROXY", proxy.url().c_str(), 1);
  start({});
  const HttpResponse response = call(post("https://chat.invalid/api"));
  unsetenv("HTTPS_PROXY");
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  ASSERT_THAT(proxy.requests(), SizeIs(1));
  EXPECT_THAT(proxy.requests()[0], HasSubstr("CONNECT chat.invalid:443 "));
  EXPECT_THAT(proxy.requests()[0], Not(HasSubstr("not-real")))
      << "the token stays inside the tunnel";
}

}  // namespace
}  // namespace notifyd::net
