#include "teleport/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace notifyd::teleport {
namespace {

// The longest of many first, second, ... waits: what the ceiling comes down to.
std::vector<Millis> ceilings(int tries) {
  std::vector<Millis> longest(static_cast<std::size_t>(tries));
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Backoff backoff(Millis(250), Millis(30'000), seed);
    for (Millis& max : longest) max = std::max(max, backoff.next());
  }
  return longest;
}

TEST(Backoff, DoublesItsCeilingUpToTheCap) {
  const std::vector<Millis> longest = ceilings(12);
  Millis ceiling(250);
  for (const Millis max : longest) {
    EXPECT_LE(max, ceiling);
    EXPECT_GT(max, ceiling * 9 / 10);
    ceiling = std::min(ceiling * 2, Millis(30'000));
  }
}

TEST(Backoff, JittersOverTheWholeRange) {
  Millis shortest(30'000);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Backoff backoff(Millis(30'000), Millis(30'000), seed);
    shortest = std::min(shortest, backoff.next());
  }
  EXPECT_LT(shortest, Millis(1000));
}

TEST(Backoff, BeginsAnewAfterReset) {
  Backoff backoff(Millis(250), Millis(30'000), 1);
  for (int i = 0; i < 1000; ++i) (void)backoff.next();
  backoff.reset();
  EXPECT_LE(backoff.next(), Millis(250));
}

TEST(Backoff, BetweenStaysWithinItsBounds) {
  Backoff backoff(Millis(1), Millis(1), 1);
  for (int i = 0; i < 1000; ++i) {
    const Millis delay = backoff.between(Millis(10), Millis(12));
    EXPECT_GE(delay, Millis(10));
    EXPECT_LE(delay, Millis(12));
  }
}

}  // namespace
}  // namespace notifyd::teleport
