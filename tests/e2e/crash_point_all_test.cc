// The daemon dies at each point of a request's way in turn.

#include <gmock/gmock.h>

#include <numeric>

#include "e2e/crash_life.h"

namespace notifyd::test {
namespace {

TEST(CrashPoints, NothingIsLostOrDoubledByACrashAtAnyOfThem) {
  const CrashLife unharmed = live_through(0);
  ASSERT_EQ(unharmed.bad, "");
  std::vector<std::size_t> points(unharmed.points.size());
  std::iota(points.begin(), points.end(), 1);
  EXPECT_THAT(crash_at_each(points), testing::IsEmpty());
}

}  // namespace
}  // namespace notifyd::test
