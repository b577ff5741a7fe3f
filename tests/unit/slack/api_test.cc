#include "api.h"

#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

notify::HttpResponse response(const ApiAnswer& answer) {
  notify::HttpResponse out;
  out.outcome = answer.outcome;
  out.status = answer.status;
  out.body = answer.body;
  out.headers = answer.headers;
  out.error = "connection reset";
  return out;
}

struct Case {
  const char* name;
  ApiAnswer answer;
  notify_rc for_post, for_other;
};
class Answers : public testing::TestWithParam<Case> {};

TEST_P(Answers, AreClassified) {
  slack::ApiCall post;
  post.method = "chat.postMessage";
  post.posts = true;
  EXPECT_EQ(slack::classify(post, response(GetParam().answer)).outcome.rc, GetParam().for_post);
  slack::ApiCall edit;
  edit.method = "chat.update";
  EXPECT_EQ(slack::classify(edit, response(GetParam().answer)).outcome.rc, GetParam().for_other);
}

INSTANTIATE_TEST_SUITE_P(
    OverHttp, Answers,
    testing::Values(
        Case{"ok", ok(), NOTIFY_OK, NOTIFY_OK},
        Case{"http 500", status(500, "<html>"), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"http 503 with json", status(503, R"({"ok":false,"error":"internal_error"})"),
             NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"html with 200", status(200, "<html>"), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"empty", status(200, ""), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"truncated", status(200, R"({"ok":true,"ts":"1)"), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"no ok", status(200, R"({"error":"x"})"), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"ok is text", status(200, R"({"ok":"true"})"), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"an array", status(200, "[]"), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"redirect", status(302, ""), NOTIFY_RETRY, NOTIFY_RETRY},
        Case{"redirect with json", status(302, R"({"ok":true})"), NOTIFY_RETRY, NOTIFY_RETRY},
        Case{"forbidden by a proxy", status(403, "no"), NOTIFY_RETRY, NOTIFY_RETRY},
        Case{"429", limited("3"), NOTIFY_RETRY_LIMITED, NOTIFY_RETRY_LIMITED},
        Case{"429 html", status(429, "<html>"), NOTIFY_RETRY_LIMITED, NOTIFY_RETRY_LIMITED},
        Case{"200 ratelimited", error("ratelimited"), NOTIFY_RETRY_LIMITED, NOTIFY_RETRY_LIMITED},
        Case{"not sent", outcome(NOTIFY_HTTP_NOT_SENT), NOTIFY_RETRY_OFFLINE, NOTIFY_RETRY_OFFLINE},
        Case{"unsure", outcome(NOTIFY_HTTP_UNSURE), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY},
        Case{"cancelled", outcome(NOTIFY_HTTP_CANCELLED), NOTIFY_RETRY_UNSURE, NOTIFY_CANCELLED}),
    [](const auto& tested) {
      std::string name = tested.param.name;
      for (char& c : name) c = c == ' ' ? '_' : c;
      return name;
    });

struct WaitCase {
  const char* header;
  std::uint32_t ms;
};
class RetryAfter : public testing::TestWithParam<WaitCase> {};

TEST_P(RetryAfter, IsWholeSecondsOrHalfAMinute) {
  const auto reply = slack::classify(slack::ApiCall{}, response(limited(GetParam().header)));
  EXPECT_EQ(reply.outcome.retry_after_ms, GetParam().ms);
}

INSTANTIATE_TEST_SUITE_P(Headers, RetryAfter,
                         testing::Values(WaitCase{"3", 3000}, WaitCase{" 7 ", 7000},
                                         WaitCase{"0", 1000}, WaitCase{"", 30'000},
                                         WaitCase{"notanumber", 30'000}, WaitCase{"-1", 30'000},
                                         WaitCase{"1.5", 30'000}, WaitCase{"120", 120'000},
                                         WaitCase{"3600", 3'600'000},
                                         WaitCase{"99999999999999", 86'400'000}));

struct DateCase {
  const char* header;
  const char* date;  // of the answer
  std::uint32_t ms;
};
class RetryAfterDate : public testing::TestWithParam<DateCase> {};

TEST_P(RetryAfterDate, IsWaitedForByTheClockOfWhoWroteIt) {
  ApiAnswer answer = limited(GetParam().header);
  answer.headers.emplace_back("date", GetParam().date);
  const std::int64_t now = 784'111'777'000;  // Sun, 06 Nov 1994 08:49:37 GMT
  const auto reply = slack::classify(slack::ApiCall{}, response(answer), now);
  EXPECT_EQ(reply.outcome.retry_after_ms, GetParam().ms) << GetParam().header;
}

INSTANTIATE_TEST_SUITE_P(
    All, RetryAfterDate,
    testing::Values(DateCase{"Sun, 06 Nov 1994 08:50:37 GMT", "", 60'000},
                    DateCase{"Sunday, 06-Nov-94 08:50:37 GMT", "", 60'000},
                    DateCase{"Sun Nov  6 08:50:37 1994", "", 60'000},
                    DateCase{" sun, 06 nov 1994 08:50:37 gmt ", "", 60'000},
                    DateCase{"Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:50:27 GMT",
                             10'000},
                    DateCase{"Sun, 06 Nov 1994 08:50:37 GMT", "nonsense", 60'000},
                    DateCase{"Sun, 06 Nov 1994 08:49:37 GMT", "", 1'000},
                    DateCase{"Thu, 01 Jan 1970 00:00:00 GMT", "", 1'000},
                    DateCase{"Fri, 31 Dec 9999 23:59:59 GMT", "", 86'400'000},
                    DateCase{"Sun, 31 Feb 1994 08:50:37 GMT", "", 30'000},
                    DateCase{"Sun, 06 Foo 1994 08:50:37 GMT", "", 30'000},
                    DateCase{"Sun, 06 Nov 1994 24:50:37 GMT", "", 30'000},
                    DateCase{"Sun, 06 Nov 1994 08:50:37 +0100", "", 30'000},
                    DateCase{"1994-11-06T08:50:37Z", "", 30'000}, DateCase{"tomorrow", "", 30'000},
                    DateCase{"", "", 30'000}));

TEST(RetryAfterADate, WithoutAnyClockIsHalfAMinute) {
  const ApiAnswer answer = limited("Sun, 06 Nov 1994 08:50:37 GMT");
  EXPECT_EQ(slack::classify(slack::ApiCall{}, response(answer)).outcome.retry_after_ms, 30'000U);
}

TEST(RetryAfterOfAProxy, HoldsForTenMinutesAtMost) {
  ApiAnswer answer = status(429, "<html>");
  answer.headers.emplace_back("retry-after", "86400");
  EXPECT_EQ(slack::classify(slack::ApiCall{}, response(answer)).outcome.retry_after_ms, 600'000U);
}

class ApiOfAnInstance : public testing::Test {
 protected:
  FakeHost host;
  Request request;
};

TEST_F(ApiOfAnInstance, SendsJsonWithACharsetAndTheTokenInTheHeaderOnly) {
  Workspace workspace(host);
  Instance slack(host);
  slack.deliver(request.event(NOTIFY_REQUEST_PENDING));
  const ApiCall post = host.calls_of("chat.postMessage").at(0);
  EXPECT_EQ(post.url, "https://slack.com/api/chat.postMessage");
  EXPECT_EQ(post.content_type, "application/json; charset=utf-8");
  EXPECT_EQ(post.authorization, std::string("Bearer ") + kToken);
  EXPECT_EQ(post.raw_body.find(kToken), std::string::npos);
}

TEST_F(ApiOfAnInstance, SendsLookupsAsAFormWithoutCharset) {
  Workspace workspace(host);
  Instance slack(host);
  request.suggested = {"a+b@example.com"};
  slack.route(request.event(NOTIFY_REQUEST_PENDING));
  const ApiCall lookup = host.calls_of("users.lookupByEmail").at(0);
  EXPECT_EQ(lookup.content_type, "application/x-www-form-urlencoded");
  EXPECT_EQ(lookup.raw_body, "email=a%2Bb%40example.com");
}

TEST_F(ApiOfAnInstance, UsesARenewedTokenAtOnce) {
  Instance slack(host);
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING);
  const notify_ticket first = slack.deliver(event);
  host.reply(error("token_revoked"));
  EXPECT_EQ(slack.answer(first).rc, static_cast<notify_rc>(NOTIFY_BROKEN_AUTH));
  EXPECT_TRUE(slack.answer(first).whole_instance);
  host.options["slack.token"] = {"xoxb-renewed\n"};
  slack.deliver(event);
  EXPECT_EQ(host.pending.at(0).authorization, "Bearer xoxb-renewed");
}

TEST_F(ApiOfAnInstance, ATokenThatWasRenewedWhileACallWasUnderWayIsTriedAtOnce) {
  Instance slack(host);
  const notify_ticket ticket = slack.deliver(request.event(NOTIFY_REQUEST_PENDING));
  host.options["slack.token"] = {"xoxb-renewed"};
  host.reply(error("token_revoked"));
  EXPECT_FALSE(slack.answered(ticket));
  EXPECT_EQ(host.pending.at(0).authorization, "Bearer xoxb-renewed");
}

TEST_F(ApiOfAnInstance, ACallGetsNoMoreTimeThanItsDeliveryHas) {
  Instance slack(host);
  slack.deliver(request.event(NOTIFY_REQUEST_PENDING, "C1"));
  EXPECT_EQ(host.pending.back().timeout_ms, 30'000U);
  request.deadline_ns = (host.now_ms + 12'000) * 1'000'000;
  slack.deliver(request.event(NOTIFY_REQUEST_PENDING, "C2"));
  EXPECT_EQ(host.pending.back().timeout_ms, 12'000U);
}

TEST_F(ApiOfAnInstance, RefusesATokenThatWouldEndTheHeaderLine) {
  Instance slack(host);
  host.options["slack.token"] = {"xoxb-1\r\nX-Evil: 1"};
  const notify_ticket ticket = slack.deliver(request.event(NOTIFY_REQUEST_PENDING));
  EXPECT_EQ(slack.answer(ticket).rc, static_cast<notify_rc>(NOTIFY_BROKEN_AUTH));
  EXPECT_TRUE(host.calls.empty());
}

TEST_F(ApiOfAnInstance, NeverTellsTheTokenOrTheMessage) {
  request.reason = "a very private reason";
  Instance slack(host);
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING);
  for (const ApiAnswer& answer :
       {error("invalid_auth"), status(500, kToken), limited("120"), outcome(NOTIFY_HTTP_UNSURE)}) {
    host.advance(700'000);
    slack.deliver(event);
    host.reply(answer);
  }
  slack.destroy();
  EXPECT_FALSE(host.mentions(kToken));
  EXPECT_FALSE(host.mentions("very private"));
}

TEST_F(ApiOfAnInstance, LogsEachCallAtDebugWithMethodOutcomeAndTime) {
  Instance slack(host);
  slack.deliver(request.event(NOTIFY_REQUEST_PENDING));
  host.advance(120);
  host.reply(error("is_archived"));
  ASSERT_EQ(host.logged(NOTIFY_LOG_DEBUG, "called Slack"), 1U);
  const auto& fields = host.logs.at(0).fields;
  EXPECT_EQ(fields.at("method"), "chat.postMessage");
  EXPECT_EQ(fields.at("ms"), "120");
  EXPECT_NE(fields.at("outcome").find("is_archived"), std::string::npos);
}

}  // namespace
}  // namespace slack_test
