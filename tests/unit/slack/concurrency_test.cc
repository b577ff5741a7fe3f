#include "concurrency.h"

#include <gtest/gtest.h>

namespace slack {
namespace {

constexpr std::size_t kFirst = 4, kMost = 16;

// Takes all that there is to take.
std::size_t fill(Concurrency& calls) {
  std::size_t taken = 0;
  for (; !calls.full(); ++taken) calls.take();
  return taken;
}

// One round: all that are under way come back, and as many as may then take their places. Gives how
// many those are.
std::size_t round(Concurrency& calls, std::size_t under_way, bool well = true) {
  for (std::size_t i = 0; i < under_way; ++i) calls.leave(well, true);
  return fill(calls);
}

TEST(Concurrency, BeginsWithFew) {
  Concurrency calls(kFirst, kMost);
  EXPECT_EQ(fill(calls), kFirst);
}

TEST(Concurrency, DoublesWithEachRoundThatComesBackWellUpToTheMost) {
  Concurrency calls(kFirst, kMost);
  std::size_t now = fill(calls);
  now = round(calls, now);
  EXPECT_EQ(now, 8U);
  now = round(calls, now);
  EXPECT_EQ(now, 16U);
  EXPECT_EQ(round(calls, now), 16U);
}

TEST(Concurrency, StaysAsItIsWhileNobodyWaits) {
  Concurrency calls(kFirst, kMost);
  for (int i = 0; i < 100; ++i) {
    calls.take();
    calls.leave(true, false);
  }
  EXPECT_EQ(fill(calls), kFirst);
}

TEST(Concurrency, IsHalfAfterWhatDidNotComeBackWell) {
  Concurrency calls(kFirst, kMost);
  const std::size_t most = round(calls, round(calls, fill(calls)));
  ASSERT_EQ(most, kMost);
  calls.leave(false, true);
  for (std::size_t i = 1; i < most; ++i) {
    EXPECT_EQ(calls.full(), most - i >= 7) << i;
    calls.leave(true, false);
  }
}

TEST(Concurrency, NeverFallsBelowItsBeginning) {
  Concurrency calls(kFirst, kMost);
  std::size_t now = fill(calls);
  for (int i = 0; i < 10; ++i) now = round(calls, now, false);
  EXPECT_EQ(now, kFirst);
}

TEST(Concurrency, AfterALimitOneCallShowsWhetherItStillHolds) {
  Concurrency calls(kFirst, kMost);
  std::size_t under_way = fill(calls);
  calls.limited();
  for (; under_way > 0; --under_way) calls.leave_narrowed();
  EXPECT_EQ(fill(calls), 1U);
  calls.leave(true, true);
  EXPECT_EQ(fill(calls), 2U);
}

TEST(Concurrency, AfterALimitThoseThatHangAreNotTheOneCall) {
  Concurrency calls(kFirst, kMost);
  fill(calls);
  calls.limited();
  calls.leave_narrowed();
  EXPECT_EQ(fill(calls), 1U) << "beside three that hang";
}

TEST(Concurrency, GrowsByOneARoundFromHalfOfWhatMetTheLimit) {
  Concurrency calls(kFirst, kMost);
  std::size_t now = round(calls, round(calls, fill(calls)));
  ASSERT_EQ(now, kMost);
  calls.limited();
  for (; now > 0; --now) calls.leave_narrowed();
  now = fill(calls);
  while (now < kMost / 2) now = round(calls, now);
  EXPECT_EQ(now, 8U);
  now = round(calls, now);
  EXPECT_EQ(now, 9U);
  EXPECT_EQ(round(calls, now), 10U);
}

}  // namespace
}  // namespace slack
