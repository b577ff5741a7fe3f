#include "delivery/breaker.h"

#include <gtest/gtest.h>

#include "support/fake_engine.h"

namespace notifyd::delivery {
namespace {

class BreakerTest : public ::testing::Test {
 protected:
  void fail(notify_rc rc, Millis wait = Millis(0), bool whole = false) {
    breaker.failed({"C1", rc, wait, whole, "test"});
  }

  notifyd::test::FakeEngine engine;
  Jitter jitter{1};
  int woken = 0;
  Breaker breaker{engine, jitter, Log(), [this] { ++woken; }};
};

TEST_F(BreakerTest, IsClosedAtFirst) {
  EXPECT_TRUE(breaker.enter("C1"));
  EXPECT_TRUE(breaker.enter("C1"));
}

TEST_F(BreakerTest, TripsAtOnceWhenNothingCanWork) {
  fail(NOTIFY_BROKEN_AUTH);
  EXPECT_FALSE(breaker.enter("C1"));
}

TEST_F(BreakerTest, OneFailureIsNotTheFarSide) {
  fail(NOTIFY_RETRY);
  EXPECT_TRUE(breaker.enter("C1"));
}

TEST_F(BreakerTest, TripsAfterARowOfFailuresWithoutASuccess) {
  for (int i = 0; i < 10; ++i) fail(NOTIFY_RETRY);
  EXPECT_FALSE(breaker.enter("C1"));
}

TEST_F(BreakerTest, ASuccessInBetweenKeepsItClosed) {
  for (int i = 0; i < 50; ++i) {
    fail(NOTIFY_RETRY);
    if (i % 9 == 8) breaker.succeeded();
  }
  EXPECT_TRUE(breaker.enter("C1"));
}

TEST_F(BreakerTest, WhoHasNotFailedYetMayTryOnce) {
  for (int i = 0; i < 10; ++i) fail(NOTIFY_RETRY_UNSURE);
  ASSERT_FALSE(breaker.enter("C1"));
  EXPECT_TRUE(breaker.enter("C2"));
  EXPECT_FALSE(breaker.enter("C2"));
  breaker.succeeded();
  EXPECT_TRUE(breaker.enter("C1"));
}

TEST_F(BreakerTest, WhatIsNoFailureUsesUpNoTry) {
  for (int i = 0; i < 10; ++i) fail(NOTIFY_RETRY_UNSURE);
  ASSERT_TRUE(breaker.enter("C2"));
  breaker.done("C2", NOTIFY_OK_SKIPPED);  // find: was not delivered before
  EXPECT_TRUE(breaker.enter("C2"));
}

TEST_F(BreakerTest, StragglersThatFailWhileItIsHalfOpenDoNotLengthenTheWait) {
  fail(NOTIFY_BROKEN);
  ASSERT_TRUE(engine.run_until([this] { return breaker.lets_through("C1"); }));
  fail(NOTIFY_RETRY_UNSURE);
  EXPECT_TRUE(breaker.lets_through("C1"));
}

TEST_F(BreakerTest, WhereNothingCanWorkNobodyMayTry) {
  fail(NOTIFY_BROKEN);
  EXPECT_FALSE(breaker.enter("C2"));
}

TEST_F(BreakerTest, LetsOneProbeThroughAfterTheWait) {
  fail(NOTIFY_BROKEN);
  ASSERT_TRUE(engine.run_until([this] { return woken == 1; }));
  EXPECT_TRUE(breaker.enter("C1"));
  EXPECT_FALSE(breaker.enter("C1"));
}

TEST_F(BreakerTest, AFailedProbeOpensItForLonger) {
  fail(NOTIFY_BROKEN);
  Millis longest{0};
  for (int probe = 1; probe < 12; ++probe) {
    longest = std::max(longest, engine.next_timer());
    ASSERT_TRUE(engine.run_until([&] { return woken == probe; }));
    ASSERT_TRUE(breaker.enter("C1"));
    fail(NOTIFY_BROKEN);
  }
  EXPECT_GT(longest, Millis(30'000));
  EXPECT_LE(longest, Millis(300'000));
}

TEST_F(BreakerTest, ASuccessfulProbeClosesItForAll) {
  fail(NOTIFY_BROKEN);
  ASSERT_TRUE(engine.run_until([this] { return woken == 1; }));
  ASSERT_TRUE(breaker.enter("C1"));
  breaker.succeeded();
  EXPECT_EQ(woken, 2);
  EXPECT_TRUE(breaker.enter("C1"));
  EXPECT_TRUE(breaker.enter("C1"));
}

TEST_F(BreakerTest, StragglersThatFailDoNotLengthenTheWait) {
  fail(NOTIFY_BROKEN);
  const Millis wait = engine.next_timer();
  for (int i = 0; i < 100; ++i) fail(NOTIFY_BROKEN);
  EXPECT_EQ(engine.next_timer(), wait);
}

// Whom a request concerns is asked without entering.
TEST_F(BreakerTest, WhatFailsWithoutEnteringWhileItIsHalfOpenOpensItForLonger) {
  fail(NOTIFY_BROKEN);
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(engine.run_until([this] { return breaker.lets_through("C1"); }));
    breaker.failed({"", NOTIFY_BROKEN, Millis(0), false, "test"});
    EXPECT_FALSE(breaker.lets_through("C1"));
  }
  EXPECT_GT(engine.next_timer(), Millis(30'000));
}

TEST_F(BreakerTest, ObeysAWaitThatHoldsForTheWholeInstance) {
  fail(NOTIFY_RETRY_LIMITED, Millis(42'000), true);
  EXPECT_FALSE(breaker.enter("C1"));
  EXPECT_EQ(engine.next_timer(), Millis(42'000));
}

}  // namespace
}  // namespace notifyd::delivery
