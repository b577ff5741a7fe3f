#include "notify/http_status.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace notify {
namespace {

constexpr std::int64_t kNow = 1'764'547'200'000;  // Mon, 01 Dec 2025 00:00:00 GMT

HttpResponse answer(std::uint32_t status, Pairs headers = {}) {
  HttpResponse response;
  response.outcome = NOTIFY_HTTP_ANSWERED;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

HttpResponse outcome(std::uint32_t outcome) {
  HttpResponse response;
  response.outcome = outcome;
  return response;
}

notify_rc rc(const HttpResponse& response, Repeat repeat = Repeat::kDoubles) {
  return judge(response, repeat, kNow).rc;
}

// ---- Dates ----

struct Date {
  const char* text;
  std::int64_t unix_s;
};
class HttpDate : public ::testing::TestWithParam<Date> {};

TEST_P(HttpDate, IsRead) {
  const auto ms = http_date_ms(GetParam().text, kNow);
  ASSERT_TRUE(ms.has_value()) << GetParam().text;
  EXPECT_EQ(*ms, GetParam().unix_s * 1000) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Careless, HttpDate,
                         ::testing::Values(Date{"sun, 06 nov 1994 08:49:37 gmt", 784'111'777},
                                           Date{"SUN, 6 NOV 1994 08:49:37 UTC", 784'111'777},
                                           Date{"Sun,  06  Nov  1994 08:49:37  GMT", 784'111'777},
                                           Date{"Sun, 06 Nov 94 08:49:37 GMT", 784'111'777},
                                           Date{"Sun, 06-Nov-1994 08:49:37 GMT", 784'111'777},
                                           Date{"Sun Nov  6 08:49:37 1994 GMT", 784'111'777}));

INSTANTIATE_TEST_SUITE_P(Forms, HttpDate,
                         ::testing::Values(Date{"Sun, 06 Nov 1994 08:49:37 GMT", 784'111'777},
                                           Date{"Sunday, 06-Nov-94 08:49:37 GMT", 784'111'777},
                                           Date{"Sun Nov  6 08:49:37 1994", 784'111'777},
                                           Date{"  Sun, 06 Nov 1994 08:49:37 GMT\t", 784'111'777},
                                           Date{"Sat Nov 26 08:49:37 1994", 785'839'777},
                                           Date{"Thu, 29 Feb 2024 23:59:59 GMT", 1'709'251'199},
                                           Date{"Thu, 01 Jan 1970 00:00:00 GMT", 0},
                                           Date{"Wednesday, 01-Jan-75 00:00:00 GMT", 3'313'526'400},
                                           Date{"Thursday, 01-Jan-76 00:00:00 GMT", 189'302'400},
                                           Date{"Sat, 31 Dec 2016 23:59:60 GMT", 1'483'228'800}));

class NoHttpDate : public ::testing::TestWithParam<const char*> {};

TEST_P(NoHttpDate, IsRefused) { EXPECT_EQ(http_date_ms(GetParam(), kNow), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    Forms, NoHttpDate,
    ::testing::Values("", " ", "soon", "Sun,", "Sun, 06 Nov 1994", "06 Nov 1994 08:49:37 GMT",
                      "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
                      "Sun, 06 Nov 1994 08:49:37 GMT and more", "Sun, 31 Feb 1994 08:49:37 GMT",
                      "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 06 ovD 1994 08:49:37 GMT",
                      "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
                      "Sun, 06 Nov 1994 08:49 GMT", "Sun Nov 6", "1994-11-06T08:49:37Z",
                      "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
                      "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999999999999 08:49:37 GMT",
                      "Sun, 06 Nov 994 08:49:37 GMT", "Wed, 31 Dec 1969 23:59:59 GMT",
                      "Wed, 29 Feb 2023 00:00:00 GMT", "Sun, 06Nov1994 08:49:37 GMT",
                      "Sun Nov  6 08:49:37 1994 CET"));

// ---- Retry-After ----

struct Wait {
  std::string header;
  std::optional<std::uint32_t> ms;
};
std::ostream& operator<<(std::ostream& out, const Wait& wait) { return out << wait.header; }
class RetryAfter : public ::testing::TestWithParam<Wait> {};

TEST_P(RetryAfter, IsRead) {
  EXPECT_EQ(retry_after_ms(answer(429, {{"retry-after", GetParam().header}}), kNow), GetParam().ms);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, RetryAfter,
    ::testing::Values(
        Wait{"120", 120'000}, Wait{" 7 ", 7'000}, Wait{"0", 1'000}, Wait{"1.5", 2'000},
        Wait{"999999999999999999999", kLongestRetryAfterMs}, Wait{"86401", kLongestRetryAfterMs},
        Wait{"", std::nullopt}, Wait{"soon", std::nullopt}, Wait{"-5", std::nullopt},
        Wait{"12 seconds", std::nullopt}, Wait{"Mon, 01 Dec 2025 00:01:30 GMT", 90'000},
        Wait{"Monday, 01-Dec-25 00:01:30 GMT", 90'000}, Wait{"Mon Dec  1 00:01:30 2025", 90'000},
        Wait{"Sun, 30 Nov 2025 23:00:00 GMT", 1'000},
        Wait{"Fri, 01 Dec 2045 00:00:00 GMT", kLongestRetryAfterMs}));

TEST(RetryAfterDate, IsMeasuredByTheFarSidesOwnClock) {
  const auto response = answer(503, {{"date", "Mon, 01 Dec 2025 09:00:00 GMT"},
                                     {"retry-after", "Mon, 01 Dec 2025 09:00:20 GMT"}});
  EXPECT_EQ(retry_after_ms(response, kNow), 20'000U);
}

TEST(RetryAfterDate, SaysNothingWhereNobodyKnowsTheTime) {
  const std::string then = "Mon, 01 Dec 2025 09:00:20 GMT";
  EXPECT_EQ(retry_after_ms(answer(429, {{"retry-after", then}}), 0), std::nullopt);
  const auto dated =
      answer(429, {{"date", "Mon, 01 Dec 2025 09:00:00 GMT"}, {"retry-after", then}});
  EXPECT_EQ(retry_after_ms(dated, 0), 20'000U);
}

// ---- Codes ----

struct Status {
  std::uint32_t status;
  notify_rc doubles, harmless;
};
std::ostream& operator<<(std::ostream& out, const Status& status) { return out << status.status; }
class StatusCode : public ::testing::TestWithParam<Status> {};

TEST_P(StatusCode, HasItsClass) {
  const Status& s = GetParam();
  EXPECT_EQ(rc(answer(s.status), Repeat::kDoubles), s.doubles);
  EXPECT_EQ(rc(answer(s.status), Repeat::kHarmless), s.harmless);
}

Status sure(std::uint32_t status, notify_rc code) { return {status, code, code}; }
Status unsure(std::uint32_t status) { return {status, NOTIFY_RETRY_UNSURE, NOTIFY_RETRY}; }

INSTANTIATE_TEST_SUITE_P(
    All, StatusCode,
    ::testing::Values(
        sure(200, NOTIFY_OK), sure(201, NOTIFY_OK), sure(202, NOTIFY_OK), sure(204, NOTIFY_OK),
        sure(299, NOTIFY_OK), sure(301, NOTIFY_BROKEN_CONFIG), sure(302, NOTIFY_BROKEN_CONFIG),
        unsure(303), sure(307, NOTIFY_BROKEN_CONFIG), sure(308, NOTIFY_BROKEN_CONFIG),
        sure(400, NOTIFY_DROP_PAYLOAD), sure(401, NOTIFY_BROKEN_AUTH), sure(402, NOTIFY_BROKEN),
        sure(403, NOTIFY_BROKEN_AUTH), sure(404, NOTIFY_DROP_RECIPIENT),
        sure(405, NOTIFY_BROKEN_CONFIG), sure(407, NOTIFY_BROKEN_AUTH), unsure(408), unsure(409),
        sure(410, NOTIFY_DROP_RECIPIENT), sure(413, NOTIFY_DROP_PAYLOAD),
        sure(415, NOTIFY_DROP_PAYLOAD), sure(418, NOTIFY_DROP_PAYLOAD), sure(421, NOTIFY_RETRY),
        sure(422, NOTIFY_DROP_PAYLOAD), sure(423, NOTIFY_RETRY), sure(425, NOTIFY_RETRY),
        sure(426, NOTIFY_BROKEN_CONFIG), sure(429, NOTIFY_RETRY_LIMITED),
        sure(431, NOTIFY_DROP_PAYLOAD), sure(451, NOTIFY_DROP), sure(499, NOTIFY_DROP_PAYLOAD),
        unsure(500), sure(501, NOTIFY_BROKEN_CONFIG), unsure(502), unsure(503), unsure(504),
        sure(505, NOTIFY_BROKEN_CONFIG), unsure(507), sure(511, NOTIFY_RETRY_OFFLINE), unsure(520),
        unsure(599), unsure(0), unsure(101), unsure(600)));

TEST(Judge, TellsWhatWasNotAnsweredApart) {
  EXPECT_EQ(rc(outcome(NOTIFY_HTTP_NOT_SENT)), notify_rc{NOTIFY_RETRY_OFFLINE});
  EXPECT_EQ(rc(outcome(NOTIFY_HTTP_UNSURE)), notify_rc{NOTIFY_RETRY_UNSURE});
  EXPECT_EQ(rc(outcome(NOTIFY_HTTP_UNSURE), Repeat::kHarmless), notify_rc{NOTIFY_RETRY});
  EXPECT_EQ(rc(outcome(NOTIFY_HTTP_CANCELLED)), notify_rc{NOTIFY_RETRY_UNSURE});
  EXPECT_EQ(rc(outcome(NOTIFY_HTTP_CANCELLED), Repeat::kHarmless), notify_rc{NOTIFY_CANCELLED});
  EXPECT_EQ(rc(outcome(77)), notify_rc{NOTIFY_RETRY_UNSURE}) << "of a newer host";
}

TEST(Judge, NamesAWaitWhereOneIsDue) {
  const auto wait = [](std::uint32_t status, Pairs headers) {
    return judge(answer(status, std::move(headers)), Repeat::kDoubles, kNow).retry_after_ms;
  };
  EXPECT_EQ(wait(429, {{"retry-after", "5"}}), 5'000U);
  EXPECT_EQ(wait(429, {}), kUnnamedWaitMs);
  EXPECT_EQ(wait(429, {{"retry-after", "whenever"}}), kUnnamedWaitMs);
  EXPECT_EQ(wait(503, {{"retry-after", "60"}}), 60'000U);
  EXPECT_EQ(wait(503, {}), 0U);
  EXPECT_EQ(wait(200, {{"retry-after", "60"}}), 0U);
  EXPECT_EQ(wait(404, {{"retry-after", "60"}}), 0U);
}

}  // namespace
}  // namespace notify
