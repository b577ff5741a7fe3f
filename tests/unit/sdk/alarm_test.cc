#include "notify/alarm.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "fake_host.h"

namespace notify {
namespace {

class AlarmTest : public ::testing::Test {
 protected:
  std::uint64_t in(std::uint64_t ms) const { return fake_.now_ms + ms; }

  conformance::FakeHost fake_;
  Host host_{fake_.table()};
  int rung_ = 0;
  Alarm alarm_{host_, [this] { ++rung_; }};
};

TEST_F(AlarmTest, RingsOnceAtItsTime) {
  alarm_.set(in(100));
  fake_.advance(99);
  EXPECT_EQ(rung_, 0);
  fake_.advance(1);
  EXPECT_EQ(rung_, 1);
  fake_.advance(1'000);
  EXPECT_EQ(rung_, 1);
  EXPECT_FALSE(alarm_.is_set());
}

TEST_F(AlarmTest, RingsForATimeThatIsOverButNotBeforeSetReturns) {
  alarm_.set(in(0) - 500);
  EXPECT_EQ(rung_, 0);
  fake_.settle();
  EXPECT_EQ(rung_, 1);
}

TEST_F(AlarmTest, SetMovesItEitherWay) {
  alarm_.set(in(100));
  alarm_.set(in(300));
  fake_.advance(200);
  EXPECT_EQ(rung_, 0);
  alarm_.set(in(10));
  fake_.advance(10);
  EXPECT_EQ(rung_, 1);
  EXPECT_EQ(fake_.timers(), 0U);
}

TEST_F(AlarmTest, NoLaterThanMovesItForwardOnly) {
  alarm_.no_later_than(in(100));
  alarm_.no_later_than(in(300));
  fake_.advance(100);
  EXPECT_EQ(rung_, 1);
  alarm_.no_later_than(in(300));
  alarm_.no_later_than(in(50));
  fake_.advance(50);
  EXPECT_EQ(rung_, 2);
}

TEST_F(AlarmTest, StoppedItRingsNoMore) {
  alarm_.set(in(100));
  alarm_.stop();
  EXPECT_EQ(fake_.timers(), 0U);
  fake_.advance(200);
  EXPECT_EQ(rung_, 0);
}

TEST_F(AlarmTest, EndsWithItsOwner) {
  {
    Alarm shorter(host_, [this] { ++rung_; });
    shorter.set(in(100));
    EXPECT_EQ(fake_.timers(), 1U);
  }
  EXPECT_EQ(fake_.timers(), 0U);
  fake_.advance(200);
  EXPECT_EQ(rung_, 0);
}

TEST_F(AlarmTest, MayBeMovedByWhatRings) {
  int left = 3;
  std::unique_ptr<Alarm> alarm;
  alarm = std::make_unique<Alarm>(host_, [&] {
    if (--left > 0) alarm->set(in(10));
  });
  alarm->set(in(10));
  fake_.advance(100);
  EXPECT_EQ(left, 0);
}

TEST_F(AlarmTest, MayBeEndedByWhatRings) {
  std::unique_ptr<Alarm> alarm;
  alarm = std::make_unique<Alarm>(host_, [&] {
    alarm = nullptr;
    ++rung_;
  });
  alarm->set(in(10));
  fake_.advance(10);
  EXPECT_EQ(rung_, 1);
}

TEST_F(AlarmTest, WaitsOutMoreThanOneTimerOfTheHostCan) {
  constexpr std::uint64_t kSixtyDays = 60ULL * 24 * 3600 * 1000;
  alarm_.set(in(kSixtyDays));
  fake_.advance(kSixtyDays - 1);
  EXPECT_EQ(rung_, 0);
  fake_.advance(1);
  EXPECT_EQ(rung_, 1);
}

TEST_F(AlarmTest, IsDueWhenItsTimeHasComeAndTheThreadWasBusy) {
  alarm_.set(in(100));
  EXPECT_FALSE(alarm_.due());
  fake_.now_ms += 100;
  EXPECT_TRUE(alarm_.due());
  fake_.settle();
  EXPECT_FALSE(alarm_.due());
}

}  // namespace
}  // namespace notify
