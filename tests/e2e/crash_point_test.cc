// The daemon dies at each await of a request's way in turn (announce, record, reply, edit, react,
// claim), is started again, and what Slack shows in the end is as if it had lived on.

#include <gmock/gmock.h>

#include "e2e/crash_life.h"

namespace notifyd::test {
namespace {

using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

TEST(CrashPoints, ALifeComesToAllKindsOfThem) {
  const CrashLife life = live_through(0);
  EXPECT_EQ(life.bad, "");
  EXPECT_FALSE(life.died);
  EXPECT_THAT(life.points, IsSupersetOf({"before a record is read", "after a record is read",
                                         "before a record is written", "after a record is written",
                                         "before an HTTP call", "after an HTTP call",
                                         "before an answer is given", "before an answer is taken",
                                         "after an answer is taken"}));
}

TEST(CrashPoints, NothingIsLostOrDoubledByACrashAtAnyOfThem) {
  const CrashLife unharmed = live_through(0);
  ASSERT_EQ(unharmed.bad, "");
  const std::size_t points = unharmed.points.size();
  const CrashLives lives = crash_at_each(points);
  EXPECT_THAT(lives.bad, IsEmpty());
  EXPECT_GE(lives.died, points * 9 / 10);
}

}  // namespace
}  // namespace notifyd::test
