#include "delivery/gate.h"

#include <gtest/gtest.h>

#include "support/fake_engine.h"

namespace notifyd::delivery {
namespace {

class GateTest : public ::testing::Test {
 protected:
  void fail(notify_rc rc, Millis wait = Millis(0), bool whole = false) {
    gate.failed({"C1", rc, wait, whole, "test"});
  }

  notifyd::test::FakeEngine engine;
  Jitter jitter{1};
  int woken = 0;
  Gate gate{engine, jitter, Log(), [this] { ++woken; }};
};

TEST_F(GateTest, IsOpenAtFirst) {
  EXPECT_TRUE(gate.enter("C1"));
  EXPECT_TRUE(gate.enter("C1"));
}

TEST_F(GateTest, ClosesAtOnceWhenNothingCanWork) {
  fail(NOTIFY_BROKEN_AUTH);
  EXPECT_FALSE(gate.enter("C1"));
}

TEST_F(GateTest, OneFailureIsNotTheFarSide) {
  fail(NOTIFY_RETRY);
  EXPECT_TRUE(gate.enter("C1"));
}

TEST_F(GateTest, ClosesAfterARowOfFailuresWithoutASuccess) {
  for (int i = 0; i < 10; ++i) fail(NOTIFY_RETRY);
  EXPECT_FALSE(gate.enter("C1"));
}

TEST_F(GateTest, ASuccessInBetweenKeepsItOpen) {
  for (int i = 0; i < 50; ++i) {
    fail(NOTIFY_RETRY);
    if (i % 9 == 8) gate.succeeded();
  }
  EXPECT_TRUE(gate.enter("C1"));
}

TEST_F(GateTest, WhoHasNotFailedYetMayTryOnce) {
  for (int i = 0; i < 10; ++i) fail(NOTIFY_RETRY_UNSURE);
  ASSERT_FALSE(gate.enter("C1"));
  EXPECT_TRUE(gate.enter("C2"));
  EXPECT_FALSE(gate.enter("C2"));
  gate.succeeded();
  EXPECT_TRUE(gate.enter("C1"));
}

TEST_F(GateTest, WhatIsNoFailureUsesUpNoTry) {
  for (int i = 0; i < 10; ++i) fail(NOTIFY_RETRY_UNSURE);
  ASSERT_TRUE(gate.enter("C2"));
  gate.done("C2", NOTIFY_OK_SKIPPED);  // find: was not delivered before
  EXPECT_TRUE(gate.enter("C2"));
}

TEST_F(GateTest, StragglersThatFailWhileThereIsRoomForAProbeDoNotLengthenTheWait) {
  fail(NOTIFY_BROKEN);
  ASSERT_TRUE(engine.run_until([this] { return gate.has_room("C1"); }));
  fail(NOTIFY_RETRY_UNSURE);
  EXPECT_TRUE(gate.has_room("C1"));
}

TEST_F(GateTest, WhereNothingCanWorkNobodyMayTry) {
  fail(NOTIFY_BROKEN);
  EXPECT_FALSE(gate.enter("C2"));
}

TEST_F(GateTest, LetsOneProbeThroughAfterTheWait) {
  fail(NOTIFY_BROKEN);
  ASSERT_TRUE(engine.run_until([this] { return woken == 1; }));
  EXPECT_TRUE(gate.enter("C1"));
  EXPECT_FALSE(gate.enter("C1"));
}

TEST_F(GateTest, AFailedProbeClosesItForLonger) {
  fail(NOTIFY_BROKEN);
  Millis longest{0};
  for (int probe = 1; probe < 12; ++probe) {
    longest = std::max(longest, engine.next_timer());
    ASSERT_TRUE(engine.run_until([&] { return woken == probe; }));
    ASSERT_TRUE(gate.enter("C1"));
    fail(NOTIFY_BROKEN);
  }
  EXPECT_GT(longest, Millis(30'000));
  EXPECT_LE(longest, Millis(300'000));
}

TEST_F(GateTest, ASuccessfulProbeOpensItForAll) {
  fail(NOTIFY_BROKEN);
  ASSERT_TRUE(engine.run_until([this] { return woken == 1; }));
  ASSERT_TRUE(gate.enter("C1"));
  gate.succeeded();
  EXPECT_EQ(woken, 2);
  EXPECT_TRUE(gate.enter("C1"));
  EXPECT_TRUE(gate.enter("C1"));
}

TEST_F(GateTest, StragglersThatFailDoNotLengthenTheWait) {
  fail(NOTIFY_BROKEN);
  const Millis wait = engine.next_timer();
  for (int i = 0; i < 100; ++i) fail(NOTIFY_BROKEN);
  EXPECT_EQ(engine.next_timer(), wait);
}

// Whom a request concerns is asked without entering.
TEST_F(GateTest, WhatFailsWithoutEnteringWhileThereIsRoomForAProbeClosesItForLonger) {
  fail(NOTIFY_BROKEN);
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(engine.run_until([this] { return gate.has_room("C1"); }));
    gate.failed({"", NOTIFY_BROKEN, Millis(0), false, "test"});
    EXPECT_FALSE(gate.has_room("C1"));
  }
  EXPECT_GT(engine.next_timer(), Millis(30'000));
}

TEST_F(GateTest, ObeysAWaitThatHoldsForTheWholeInstance) {
  fail(NOTIFY_RETRY_LIMITED, Millis(42'000), true);
  EXPECT_FALSE(gate.enter("C1"));
  EXPECT_EQ(engine.next_timer(), Millis(42'000));
}

}  // namespace
}  // namespace notifyd::delivery
