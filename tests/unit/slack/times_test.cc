#include "times.h"

#include <gtest/gtest.h>

#include <limits>

namespace slack {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

TEST(TimeText, IsUtcToTheMinute) {
  EXPECT_EQ(time_text(1'700'000'000'000), "14 Nov 23 22:13 UTC");
  EXPECT_EQ(time_text(1), "01 Jan 70 00:00 UTC");
}

TEST(TimeMarkup, IsEachReadersOwnTimeWithUtcWhereThatFails) {
  EXPECT_EQ(time_markup(1'700'000'000'999),
            "<!date^1700000000^{date_short_pretty} at {time}|14 Nov 23 22:13 UTC>");
}

TEST(TimeMarkup, IsNothingForNoTimeAndForOneThatNoCalendarHolds) {
  for (const std::int64_t ms :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{253'402'300'800'000},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(time_markup(ms), "") << ms;
    EXPECT_EQ(time_text(ms), "") << ms;
  }
}

TEST(LengthText, HasTwoUnitsAtMostAndIsRoundedToTheMinute) {
  EXPECT_EQ(length_text(8 * kHour), "8 hours");
  EXPECT_EQ(length_text(8 * kHour - 400), "8 hours");
  EXPECT_EQ(length_text(kHour + 30 * kMinute), "1 hour 30 minutes");
  EXPECT_EQ(length_text(kMinute), "1 minute");
  EXPECT_EQ(length_text(kDay), "1 day");
  EXPECT_EQ(length_text(3 * kDay + 2 * kHour + 5 * kMinute), "3 days 2 hours");
  EXPECT_EQ(length_text(3 * kDay + 5 * kMinute), "3 days");
}

TEST(LengthText, IsNothingForNoLengthAndForOneThatIsNone) {
  for (const std::int64_t ms :
       {std::int64_t{0}, std::int64_t{29'999}, -kHour, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(length_text(ms), "") << ms;
  }
}

}  // namespace
}  // namespace slack
