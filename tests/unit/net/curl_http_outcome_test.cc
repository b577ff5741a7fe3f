// What became of a call: not sent, answered, unsure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>

#include "curl_http_fixture.h"

namespace notifyd::net {
namespace {

using test::ClosedPort;
using test::http_answer;
using test::RawConnection;
using test::RawHttpServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

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
  // And nothing that differs the next time.
  EXPECT_TRUE(response.error.ends_with(": Operation timed out")) << response.error;
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

TEST_F(CurlHttp, AnswerOfAMebibyteIsTakenAndOneByteMoreIsNot) {
  constexpr std::size_t kMost = 1U << 20U;
  RawHttpServer server([](RawConnection& c, int) {
    for (const std::size_t size : {kMost, kMost + 1}) {
      c.read_request();
      c.write(http_answer(200, std::string(size, 'x')));
    }
  });
  EXPECT_EQ(call(post(server.url())).body.size(), kMost);
  const HttpResponse larger = call(post(server.url()));
  EXPECT_EQ(larger.outcome, Outcome::kUnsure);
  EXPECT_THAT(larger.error, HasSubstr("larger than 1048576 bytes"));
}

TEST_F(CurlHttp, EndlessHeadersAreCutOff) {
  RawHttpServer server([](RawConnection& c, int number) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\n");
    const std::string value(number == 0 ? 1 : 1000, 'x');
    for (int i = 0; i < 2000; ++i) c.write("X-Header: " + value + "\r\n");
  });
  for (const char* kind : {"many", "large"}) {
    const HttpResponse response = call(post(server.url()));
    EXPECT_EQ(response.outcome, Outcome::kUnsure) << kind;
    EXPECT_THAT(response.error, HasSubstr("more than 256 headers")) << kind;
  }
}

TEST_F(CurlHttp, InterimAnswersWithoutEndAreCutOff) {
  RawHttpServer server([](RawConnection& c, int) {
    c.read_request();
    for (int i = 0; i < 2000; ++i) c.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
  });
  const HttpResponse response = call(post(server.url()));
  EXPECT_EQ(response.outcome, Outcome::kUnsure);
  EXPECT_THAT(response.error, HasSubstr("more than 256 headers"));
}

TEST_F(CurlHttp, LargeAnswersShareTheirRoomAndSmallOnesNeedNone) {
  HttpOptions options;
  options.max_waiting = 300'000;
  start(options);
  RawHttpServer server([](RawConnection& c, int) {
    for (std::string head = c.read_request(); !head.empty(); head = c.read_request()) {
      c.write(
          http_answer(200, std::string(head.starts_with("POST /large") ? 200'000 : 60'000, 'x')));
    }
  });
  std::optional<HttpResponse> kept = call(post(server.url("/large")));
  EXPECT_EQ(kept->outcome, Outcome::kAnswered);
  EXPECT_THAT(call(post(server.url("/large"))).error, HasSubstr("too many large answers"));
  EXPECT_EQ(call(post(server.url("/small"))).outcome, Outcome::kAnswered);
  kept.reset();
  EXPECT_EQ(call(post(server.url("/large"))).outcome, Outcome::kAnswered);
}

}  // namespace
}  // namespace notifyd::net
