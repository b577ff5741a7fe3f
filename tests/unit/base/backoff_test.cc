#include "base/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace notifyd {
namespace {

constexpr Millis kBase{250};
constexpr Millis kCap{30'000};

struct Range {
  Millis shortest = Millis::max();
  Millis longest = Millis(0);
};

// Of many waits after so many failures.
Range waits_after(unsigned failures, Millis base = kBase, Millis cap = kCap) {
  Range range;
  Jitter jitter(1);
  for (int i = 0; i < 1000; ++i) {
    const Millis wait = jitter.backoff(failures, base, cap);
    range.shortest = std::min(range.shortest, wait);
    range.longest = std::max(range.longest, wait);
  }
  return range;
}

TEST(Backoff, DoublesItsBoundWithEachFailureUpToTheCap) {
  Millis bound = kBase;
  for (unsigned failures = 0; failures < 12; ++failures) {
    const Millis longest = waits_after(failures).longest;
    EXPECT_LE(longest, bound);
    EXPECT_GT(longest, bound * 9 / 10);
    bound = std::min(bound * 2, kCap);
  }
}

TEST(Backoff, StaysAtTheCapHoweverManyFailures) { EXPECT_LE(waits_after(1'000'000).longest, kCap); }

TEST(Backoff, JittersFromHalfTheBaseUp) {
  const Millis shortest = waits_after(20).shortest;
  EXPECT_GE(shortest, kBase / 2);
  EXPECT_LT(shortest, kCap / 20);
}

TEST(Backoff, NeverExceedsACapThatIsBelowTheBase) {
  EXPECT_LE(waits_after(3, kBase, Millis(100)).longest, Millis(100));
}

TEST(Backoff, RepeatsWithItsSeed) {
  Jitter one(7);
  Jitter same(7);
  for (unsigned i = 0; i < 20; ++i) {
    EXPECT_EQ(one.backoff(i, kBase, kCap), same.backoff(i, kBase, kCap));
  }
}

TEST(Jitter, BetweenStaysWithinItsBounds) {
  Jitter jitter(1);
  for (int i = 0; i < 1000; ++i) {
    const Millis wait = jitter.between(Millis(10), Millis(12));
    EXPECT_GE(wait, Millis(10));
    EXPECT_LE(wait, Millis(12));
  }
}

}  // namespace
}  // namespace notifyd
