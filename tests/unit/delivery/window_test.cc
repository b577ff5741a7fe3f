#include "delivery/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace notifyd::delivery {
namespace {

class WindowTest : public ::testing::Test {
 protected:
  using Place = std::unique_ptr<Window::Place>;

  Place enter(const std::string& recipient, Importance importance = Importance::kAnnouncement,
              const std::string& requester = "alice") {
    return window.enter(recipient, importance, requester, [this] { ++woken; });
  }
  Place enter_for(const std::string& requester, const std::string& recipient) {
    return enter(recipient, Importance::kAnnouncement, requester);
  }

  Window window{2, 3};
  int woken = 0;
};

TEST_F(WindowTest, HasRoomForSoManyToOneRecipient) {
  const Place first = enter("C1"), second = enter("C1"), third = enter("C1");
  EXPECT_TRUE(first->granted());
  EXPECT_TRUE(second->granted());
  EXPECT_FALSE(third->granted());
}

TEST_F(WindowTest, ARecipientThatIsFullHoldsUpNoOther) {
  const Place first = enter("C1"), second = enter("C1"), third = enter("C1");
  EXPECT_TRUE(enter("C2")->granted());
}

TEST_F(WindowTest, HasRoomForSoManyInAll) {
  const Place first = enter("C1"), second = enter("C2"), third = enter("C3");
  EXPECT_FALSE(enter("C4")->granted());
  EXPECT_EQ(window.under_way(), 3U);
}

TEST_F(WindowTest, WhoLeavesLetsTheNextOneInAndWakesIt) {
  Place first = enter("C1");
  const Place second = enter("C1"), third = enter("C1");
  first.reset();
  EXPECT_TRUE(third->granted());
  EXPECT_EQ(woken, 1);
}

TEST_F(WindowTest, WhoLeavesAFullWindowLetsOneOfAnotherRecipientIn) {
  Place first = enter("C1");
  const Place second = enter("C2"), third = enter("C3"), fourth = enter("C4");
  first.reset();
  EXPECT_TRUE(fourth->granted());
}

TEST_F(WindowTest, TheMostImportantGoesFirstThenWhoCameFirst) {
  Place first = enter("C1"), second = enter("C1");
  const Place review = enter("C1", Importance::kReview);
  const Place end = enter("C1", Importance::kEnd);
  const Place later_end = enter("C1", Importance::kEnd);
  first.reset();
  EXPECT_TRUE(end->granted());
  second.reset();
  EXPECT_TRUE(later_end->granted());
  EXPECT_FALSE(review->granted());
}

TEST_F(WindowTest, TheMostImportantGoesFirstAmongRecipientsToo) {
  Place first = enter("C1");
  const Place second = enter("C2"), third = enter("C3");
  const Place review = enter("C4", Importance::kReview);
  const Place announcement = enter("C5", Importance::kAnnouncement);
  first.reset();
  EXPECT_TRUE(announcement->granted());
  EXPECT_FALSE(review->granted());
}

TEST_F(WindowTest, WhoLeavesTheLineIsPassedOver) {
  Place first = enter("C1");
  const Place second = enter("C1");
  Place third = enter("C1");
  const Place fourth = enter("C1");
  third.reset();
  first.reset();
  EXPECT_TRUE(fourth->granted());
  EXPECT_EQ(woken, 1);
}

TEST_F(WindowTest, AmongEqualsRequestersTakeTurns) {
  std::vector<Place> alices;
  for (int i = 0; i < 10'000; ++i) alices.push_back(enter_for("alice", "C1"));
  const Place bobs = enter_for("bob", "C1"), carols = enter_for("carol", "C1");
  const Place bobs_second = enter_for("bob", "C1");
  alices[0].reset();
  EXPECT_TRUE(bobs->granted()) << "10,000 of another's are before it";
  alices[1].reset();
  EXPECT_TRUE(carols->granted());
  EXPECT_FALSE(bobs_second->granted());
}

TEST_F(WindowTest, WhoWaitsForRoomInAllTakesTurnsWithOthersToo) {
  Place first = enter_for("alice", "C1"), second = enter_for("alice", "C2");
  const Place third = enter_for("alice", "C3");
  std::vector<Place> alices;
  for (int i = 0; i < 1'000; ++i) alices.push_back(enter_for("alice", "D" + std::to_string(i)));
  const Place bobs = enter_for("bob", "D0");  // where one of hers waits before it
  first.reset();
  EXPECT_TRUE(bobs->granted());
  second.reset();
  EXPECT_TRUE(alices[0]->granted());
  EXPECT_FALSE(alices[1]->granted());
}

TEST_F(WindowTest, WhoseRecipientIsFullDoesNotTakeTheRoomOfOthers) {
  const Place first = enter_for("alice", "C1"), second = enter_for("alice", "C1");
  Place third = enter_for("alice", "C2");
  const Place full = enter_for("bob", "C1");
  const Place other = enter_for("alice", "C3");
  third.reset();
  EXPECT_TRUE(other->granted());
  EXPECT_FALSE(full->granted());
}

TEST_F(WindowTest, WakesNobodyWhoWasLetInAtOnce) {
  const Place first = enter("C1");
  EXPECT_EQ(woken, 0);
}

}  // namespace
}  // namespace notifyd::delivery
