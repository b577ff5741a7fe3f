#include "pace.h"

#include <gtest/gtest.h>

namespace slack_test {
namespace {

TEST(Appointments, AreOneAfterTheOtherAndBehindTheMoreImportant) {
  slack::Appointments later;
  const std::string who = "alice";
  EXPECT_EQ(later.next(slack::Priority::kEdit, who, 5000, 1000), 6000U);
  EXPECT_EQ(later.next(slack::Priority::kEdit, who, 5000, 1000), 7000U);
  EXPECT_EQ(later.next(slack::Priority::kFinalEdit, who, 5000, 1000), 6000U);
  EXPECT_EQ(later.next(slack::Priority::kReaction, who, 5000, 1000), 8000U);
  EXPECT_EQ(later.next(slack::Priority::kEdit, who, 20'000, 1000), 21'000U);
  EXPECT_FALSE(later.all_past(20'999));
  EXPECT_TRUE(later.all_past(21'000));
}

TEST(Appointments, OfOneRequesterAreNotBehindAnothersButLeaveRoomForThem) {
  slack::Appointments later;
  for (int i = 0; i < 60; ++i) later.next(slack::Priority::kReply, "alice", 5000, 1000);
  EXPECT_EQ(later.next(slack::Priority::kReply, "bob", 5000, 1000), 7000U);
  EXPECT_EQ(later.next(slack::Priority::kReply, "bob", 5000, 1000), 9000U);
  EXPECT_EQ(later.next(slack::Priority::kReply, "carol", 5000, 1000), 8000U);
}

TEST(Appointments, AreNeverFarAway) {
  slack::Appointments later;
  std::uint64_t at = 0;
  for (int i = 0; i < 10'000; ++i) at = later.next(slack::Priority::kReply, "alice", 5000, 1000);
  EXPECT_EQ(at, 5000U + 300'000U + 1000U);
}

}  // namespace
}  // namespace slack_test
