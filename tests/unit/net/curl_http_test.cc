#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <mutex>

#include "net/http.h"
#include "support/raw_http_server.h"
#include "support/temp_dir.h"
#include "support/wait.h"

namespace notifyd::net {
namespace {

using test::ClosedPort;
using test::http_answer;
using test::RawConnection;
using test::RawHttpServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Outcome = HttpResponse::Outcome;

constexpr std::chrono::seconds kDeadline{30};

// What a test sends, and a way to wait for what became of it.
class CurlHttp : public ::testing::Test {
 protected:
  CurlHttp() {
    for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy",
                             "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
      unsetenv(name);
    }
    start({});
  }

  void start(HttpOptions options) { http_ = make_curl_http(std::move(options), Log()); }

  std::future<HttpResponse> send(HttpRequest request) {
    auto promise = std::make_shared<std::promise<HttpResponse>>();
    last_id_ = http_->send(std::move(request),
                           [promise](HttpResponse r) { promise->set_value(std::move(r)); });
    return promise->get_future();
  }

  static HttpResponse wait(std::future<HttpResponse> response) {
    if (response.wait_for(kDeadline) != std::future_status::ready) {
      ADD_FAILURE() << "the handler was not called";
      return {};
    }
    return response.get();
  }

  HttpResponse call(HttpRequest request) { return wait(send(std::move(request))); }

  HttpOptions trusting(const test::ServerCertificate& certificate) const {
    HttpOptions options;
    options.ca_file = folder_.path("ca.pem");
    std::ofstream(options.ca_file) << certificate.certificate_pem;
    return options;
  }

  static HttpRequest post(std::string url, std::string body = "{\"text\":\"hello\"}") {
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.body = std::move(body);
    request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer not-real"}};
    return request;
  }
  static HttpRequest get(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    return request;
  }

  const test::TempDir folder_;
  std::unique_ptr<Http> http_;
  std::uint64_t last_id_ = 0;
};

void answer_all(RawConnection& connection, int) {
  while (!connection.read_request().empty()) connection.write(http_answer(200, "ok"));
}

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

// ---- Not sent, answered, unsure ----

TEST_F(CurlHttp, RefusedConnectionIsNotSentAndNamesTheHost) {
  const ClosedPort port;
  const std::string host = "127.0.0.1:" + std::to_string(port.number());
  const HttpResponse response = call(post("http://" + host + "/services/private"));
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error, HasSubstr(host));
  EXPECT_THAT(response.error, Not(HasSubstr("private")));
}

TEST_F(CurlHttp, UnknownHostIsNotSent) {
  const HttpResponse response = call(post("http://nowhere.invalid/"));
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error, HasSubstr("nowhere.invalid"));
}

TEST_F(CurlHttp, ResetBeforeTheRequestIsReadIsUnsure) {
  RawHttpServer server([](RawConnection& c, int) {
    c.wait_for_bytes();
    c.reset();
  });
  const HttpResponse response = call(post(server.url(), std::string(4U << 20U, 'x')));
  EXPECT_EQ(response.outcome, Outcome::kUnsure);
}

TEST_F(CurlHttp, ResetAfterTheBodyOnAFreshConnectionIsUnsureAndSentOnce) {
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.reset();
  });
  EXPECT_EQ(call(post(server.url())).outcome, Outcome::kUnsure);
  EXPECT_THAT(server.requests(), SizeIs(1));
}

// libcurl takes a reused connection that breaks for one that had gone stale, and would repeat the
// POST on a fresh one.
TEST_F(CurlHttp, ResetAfterTheBodyOnAReusedConnectionIsUnsureAndSentOnce) {
  RawHttpServer server([](RawConnection& c, int number) {
    c.read_request();
    c.write(http_answer(200, "ok"));
    if (number == 0) {
      c.read_request();
      c.reset();
    }
  });
  ASSERT_EQ(call(post(server.url(), "first")).status, 200U);
  const HttpResponse response = call(post(server.url(), "second"));
  EXPECT_EQ(response.outcome, Outcome::kUnsure);
  EXPECT_THAT(response.error, HasSubstr("127.0.0.1"));
  EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(CurlHttp, CloseAfterTheBodyOnAReusedConnectionIsUnsureAndSentOnce) {
  RawHttpServer server([](RawConnection& c, int number) {
    c.read_request();
    c.write(http_answer(200, "ok"));
    if (number == 0) c.read_request();
  });
  ASSERT_EQ(call(post(server.url(), "first")).status, 200U);
  EXPECT_EQ(call(post(server.url(), "second")).outcome, Outcome::kUnsure);
  EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(CurlHttp, PostWithoutBodyIsNotRepeatedEither) {
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.write(http_answer(200, "ok"));
    c.read_request();
  });
  ASSERT_EQ(call(post(server.url(), "first")).status, 200U);
  EXPECT_EQ(call(post(server.url(), "")).status, 200U);
  EXPECT_EQ(server.connections(), 2) << "only a connection of its own is never retried";
}

TEST_F(CurlHttp, ConnectionThatTheServerClosedWhileIdleIsReplacedInSilence) {
  std::promise<void> closed;
  RawHttpServer server([&](RawConnection& c, int number) {
    c.read_request();
    c.write(http_answer(200, "ok", number == 0 ? "Connection: close\r\n" : ""));
    if (number == 0) closed.set_value();
  });
  ASSERT_EQ(call(post(server.url(), "first")).status, 200U);
  closed.get_future().wait();
  EXPECT_EQ(call(post(server.url(), "second")).status, 200U);
  EXPECT_THAT(server.requests(), SizeIs(2));
}

TEST_F(CurlHttp, NoAnswerInTimeIsUnsure) {
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.wait_for_close();
  });
  HttpRequest request = post(server.url());
  request.timeout_ms = 1000;  // time enough to send it, whatever else the machine does
  const HttpResponse response = call(request);
  EXPECT_EQ(response.outcome, Outcome::kUnsure);
  EXPECT_THAT(response.error, HasSubstr("timed out"));
}

TEST_F(CurlHttp, HalfABodyIsUnsure) {
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  const HttpResponse response = call(post(server.url()));
  EXPECT_EQ(response.outcome, Outcome::kUnsure);
  EXPECT_EQ(response.body, "");
}

TEST_F(CurlHttp, AnswerOverTheLimitIsUnsureAndSaysTheLimit) {
  HttpOptions options;
  options.max_response = 1000;
  start(options);
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.write(http_answer(200, std::string(5000, 'x')));
  });
  const HttpResponse response = call(post(server.url()));
  EXPECT_EQ(response.outcome, Outcome::kUnsure);
  EXPECT_THAT(response.error, HasSubstr("larger than 1000 bytes"));
}

TEST_F(CurlHttp, EndlessHeadersAreCutOff) {
  HttpOptions options;
  options.max_response = 64U << 10U;
  start(options);
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 2000; ++i) c.write("X-Header: " + std::string(100, 'x') + "\r\n");
  });
  EXPECT_EQ(call(post(server.url())).outcome, Outcome::kUnsure);
}

// ---- What never happens ----

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

// ---- Proxies ----

TEST_F(CurlHttp, ProxyOfTheEnvironmentIsUsedForHttp) {
  RawHttpServer proxy(answer_all);
  setenv("HTTP_PROXY", proxy.url().c_str(), 1);
  start({});
  EXPECT_EQ(call(post("http://chat.invalid/api")).status, 200U);
  unsetenv("HTTP_PROXY");
  ASSERT_THAT(proxy.requests(), SizeIs(1));
  EXPECT_THAT(proxy.requests()[0], HasSubstr("POST http://chat.invalid/api HTTP/1.1"));
}

TEST_F(CurlHttp, NoProxyIsObeyed) {
  RawHttpServer proxy(answer_all);
  RawHttpServer server(answer_all);
  setenv("HTTP_PROXY", proxy.url().c_str(), 1);
  setenv("NO_PROXY", "127.0.0.1", 1);
  start({});
  EXPECT_EQ(call(post(server.url())).status, 200U);
  unsetenv("HTTP_PROXY");
  unsetenv("NO_PROXY");
  EXPECT_EQ(proxy.connections(), 0);
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

// ---- Many, cancelled, ended ----

TEST_F(CurlHttp, AHundredAtOnceAllEndOverAFewConnections) {
  HttpOptions options;
  options.max_active = 16;
  options.max_connections = 4;
  start(options);
  RawHttpServer server(answer_all);
  std::vector<std::future<HttpResponse>> all;
  all.reserve(100);
  for (int i = 0; i < 100; ++i) all.push_back(send(post(server.url())));
  for (auto& response : all) EXPECT_EQ(wait(std::move(response)).status, 200U);
  EXPECT_THAT(server.requests(), SizeIs(100));
  EXPECT_LE(server.connections(), 4);
}

void answer_all_but_the_first(RawConnection& connection, int number) {
  if (number > 0) return answer_all(connection, number);
  connection.read_request();
  connection.wait_for_close();
}

TEST_F(CurlHttp, ACallWithoutAnswerDoesNotHoldUpTheNext) {
  RawHttpServer server(answer_all_but_the_first);
  const auto unanswered = send(post(server.url()));
  ASSERT_TRUE(test::wait_until([&] { return server.requests().size() == 1; }));
  EXPECT_EQ(call(post(server.url())).status, 200U);
}

TEST_F(CurlHttp, ACallWithoutAnswerDoesNotHoldUpTheNextOverTlsEither) {
  const auto certificate = test::self_signed_certificate();
  start(trusting(certificate));
  RawHttpServer server(answer_all_but_the_first, &certificate);
  const auto unanswered = send(post(server.url()));
  ASSERT_TRUE(test::wait_until([&] { return server.requests().size() == 1; }));
  EXPECT_EQ(call(post(server.url())).status, 200U);
}

TEST_F(CurlHttp, CallThatWaitedTooLongInLineIsNotSent) {
  HttpOptions options;
  options.max_active = 1;
  start(options);
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.wait_for_close();
  });
  auto first = send(post(server.url()));
  HttpRequest second = post(server.url());
  second.timeout_ms = 50;
  const HttpResponse response = call(second);
  EXPECT_EQ(response.outcome, Outcome::kNotSent);
  EXPECT_THAT(response.error, HasSubstr("in line"));
}

TEST_F(CurlHttp, CancelEndsACallUnderWay) {
  std::promise<void> arrived;
  RawHttpServer server([&](RawConnection& c, int) {
    c.read_request();
    arrived.set_value();
    c.wait_for_close();
  });
  auto response = send(post(server.url()));
  arrived.get_future().wait();
  http_->cancel(last_id_);
  EXPECT_EQ(wait(std::move(response)).outcome, Outcome::kCancelled);
}

TEST_F(CurlHttp, CancelTakesACallOutOfTheLine) {
  HttpOptions options;
  options.max_active = 1;
  start(options);
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.wait_for_close();
  });
  auto first = send(post(server.url()));
  auto second = send(post(server.url()));
  http_->cancel(last_id_);
  EXPECT_EQ(wait(std::move(second)).outcome, Outcome::kCancelled);
}

TEST_F(CurlHttp, CancelOfWhatHasEndedDoesNothing) {
  RawHttpServer server(answer_all);
  EXPECT_EQ(call(post(server.url())).status, 200U);
  http_->cancel(last_id_);
  http_->cancel(12345);
  EXPECT_EQ(call(post(server.url())).status, 200U);
}

TEST_F(CurlHttp, DestructionCallsEveryHandlerOnce) {
  HttpOptions options;
  options.max_active = 2;
  start(options);
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    c.wait_for_close();
  });
  std::vector<std::future<HttpResponse>> all;
  all.reserve(5);
  for (int i = 0; i < 5; ++i) all.push_back(send(post(server.url())));
  http_.reset();
  for (auto& response : all) EXPECT_EQ(wait(std::move(response)).outcome, Outcome::kCancelled);
}

}  // namespace
}  // namespace notifyd::net
