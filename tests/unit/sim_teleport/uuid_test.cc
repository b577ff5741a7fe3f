#include "sim/teleport/uuid.h"

#include <gmock/gmock.h>

#include <set>

namespace notifyd::sim {
namespace {

using testing::Gt;
using testing::MatchesRegex;

constexpr std::uint64_t kNow = 0x018bcfe56800;

TEST(Uuids, AreOfVersion7WithTheTimeInFront) {
  EXPECT_THAT(Uuids(1).next_v7(kNow),
              MatchesRegex("018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST(Uuids, AreOfVersion4WithoutATime) {
  EXPECT_THAT(Uuids(1).next_v4(),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST(Uuids, SortAsTheyWereMadeEvenWithinOneMillisecond) {
  Uuids uuids(1);
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    const std::string next = uuids.next_v7(kNow);
    ASSERT_THAT(next, Gt(last));
    last = next;
  }
}

TEST(Uuids, SortAsTheyWereMadeWhenTheClockStepsBack) {
  Uuids uuids(1);
  const std::string before = uuids.next_v7(kNow);
  EXPECT_THAT(uuids.next_v7(kNow - 5000), Gt(before));
}

TEST(Uuids, AreTheSameForTheSameSeed) {
  EXPECT_EQ(Uuids(7).next_v7(kNow), Uuids(7).next_v7(kNow));
  EXPECT_NE(Uuids(7).next_v7(kNow), Uuids(8).next_v7(kNow));
}

}  // namespace
}  // namespace notifyd::sim
