// Many calls at once, cancelled ones, and the end of all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "curl_http_fixture.h"
#include "support/wait.h"

namespace notifyd::net {
namespace {

using test::RawConnection;
using test::RawHttpServer;
using ::testing::HasSubstr;
using ::testing::SizeIs;

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
