#include "http_date.h"

#include <gtest/gtest.h>

namespace slack {
namespace {

constexpr std::int64_t kNow = 1'764'565'200'000;  // December 2025

TEST(HttpDate, HasThreeForms) {
  constexpr std::int64_t kThen = 784'111'777'000;
  EXPECT_EQ(http_date_ms("Sun, 06 Nov 1994 08:49:37 GMT", kNow), kThen);
  EXPECT_EQ(http_date_ms("Sunday, 06-Nov-94 08:49:37 GMT", kNow), kThen);
  EXPECT_EQ(http_date_ms("Sun Nov  6 08:49:37 1994", kNow), kThen);
}

TEST(HttpDate, OfTwoDigitsIsAtMostFiftyYearsAhead) {
  EXPECT_EQ(http_date_ms("Tuesday, 01-Dec-75 00:00:00 GMT", kNow),
            http_date_ms("Tue, 01 Dec 2075 00:00:00 GMT", kNow));
  EXPECT_EQ(http_date_ms("Wednesday, 01-Dec-76 00:00:00 GMT", kNow),
            http_date_ms("Wed, 01 Dec 1976 00:00:00 GMT", kNow));
}

TEST(HttpDate, KnowsALeapSecondAndALeapDay) {
  EXPECT_TRUE(http_date_ms("Sat, 31 Dec 2016 23:59:60 GMT", kNow));
  EXPECT_TRUE(http_date_ms("Thu, 29 Feb 2024 00:00:00 GMT", kNow));
  EXPECT_FALSE(http_date_ms("Wed, 29 Feb 2023 00:00:00 GMT", kNow));
}

TEST(HttpDate, IsNothingElse) {
  for (const char* text :
       {"", ",", "Sun,", "12", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 99999999999999 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT and more, much more, than any date has ever had to say"}) {
    EXPECT_FALSE(http_date_ms(text, kNow)) << text;
  }
}

}  // namespace
}  // namespace slack
