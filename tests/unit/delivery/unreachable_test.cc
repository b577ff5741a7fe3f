#include "delivery/unreachable.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/fake_engine.h"

namespace notifyd::delivery {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Someone : Waiter {
  void turn_has_come(const std::string& recipient) override { turns.push_back(recipient); }
  std::vector<std::string> turns;
};

class UnreachableLines : public ::testing::Test {
 protected:
  std::shared_ptr<Someone> waiting(const std::string& recipient) {
    auto someone = std::make_shared<Someone>();
    unreachable_.wait(recipient, someone);
    return someone;
  }

  test::FakeEngine engine_;
  Jitter jitter_{1};
  Unreachable unreachable_{engine_, jitter_};
};

TEST_F(UnreachableLines, TheFirstOfManyMayTryAndTheOthersMayNot) {
  EXPECT_TRUE(unreachable_.take("C1"));
  EXPECT_FALSE(unreachable_.take("C1"));
  EXPECT_TRUE(unreachable_.take("C2"));
}

TEST_F(UnreachableLines, OneOfThoseWhoWaitIsWokenWhenItsTimeIsOver) {
  unreachable_.refused("C1");
  const auto first = waiting("C1");
  const auto second = waiting("C1");
  EXPECT_FALSE(unreachable_.take("C1"));
  engine_.advance(minutes(2));
  EXPECT_EQ(first->turns.size(), 1U);
  EXPECT_TRUE(second->turns.empty());
  EXPECT_TRUE(unreachable_.take("C1"));
}

TEST_F(UnreachableLines, WhoIsReachedBringsAllWhoWait) {
  unreachable_.refused("C1");
  const auto first = waiting("C1");
  const auto second = waiting("C1");
  const auto elsewhere = waiting("C2");
  unreachable_.reached("C1");
  EXPECT_EQ(first->turns.size(), 1U);
  EXPECT_EQ(second->turns.size(), 1U);
  EXPECT_TRUE(elsewhere->turns.empty());
}

TEST_F(UnreachableLines, ATurnOfSomebodyWhoIsGoneGoesToTheNext) {
  unreachable_.refused("C1");
  waiting("C1");
  const auto second = waiting("C1");
  engine_.advance(minutes(2));
  EXPECT_EQ(second->turns.size(), 1U);
}

TEST_F(UnreachableLines, ATurnThatNobodyTakesGoesToTheNext) {
  unreachable_.refused("C1");
  const auto first = waiting("C1");
  const auto second = waiting("C1");
  engine_.advance(minutes(5));
  EXPECT_EQ(first->turns.size(), 1U);
  EXPECT_EQ(second->turns.size(), 1U);
}

TEST_F(UnreachableLines, RefusalsOfNewRequestsPutNothingOff) {
  unreachable_.refused("C1");
  const auto waits = waiting("C1");
  for (int i = 0; i < 100; ++i) unreachable_.refused("C1");
  engine_.advance(minutes(2));
  EXPECT_EQ(waits->turns.size(), 1U);
}

TEST_F(UnreachableLines, WhereNobodyWaitsAnyMoreNothingIsKept) {
  unreachable_.refused("C1");
  engine_.advance(hours(1));
  EXPECT_TRUE(unreachable_.take("C1"));
}

}  // namespace
}  // namespace notifyd::delivery
