#include "base/time_text.h"

#include <gmock/gmock.h>

namespace notifyd {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DurationText, IsShortAndExact) {
  EXPECT_EQ(duration_text(Millis(250)), "250ms");
  EXPECT_EQ(duration_text(seconds(59)), "59s");
  EXPECT_EQ(duration_text(seconds(65)), "1m 5s");
  EXPECT_EQ(duration_text(seconds(3600)), "1h 0m 0s");
}

TEST(RoughDuration, CountsInTheUnitThatStillTellsOneFromTwo) {
  EXPECT_EQ(rough_duration(minutes(119)), "119 minutes");
  EXPECT_EQ(rough_duration(minutes(120)), "2 hours");
  EXPECT_EQ(rough_duration(hours(47)), "47 hours");
  EXPECT_EQ(rough_duration(hours(48)), "2 days");
  EXPECT_EQ(rough_duration(seconds(59)), "0 minutes");
}

TEST(UtcText, IsWhatAClockOnTheWallOfGreenwichShows) {
  EXPECT_EQ(utc_text(1'777'636'800'000), "2026-05-01 12:00:00 UTC");
}

}  // namespace
}  // namespace notifyd
