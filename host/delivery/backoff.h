// Capped exponential backoff with full jitter: the n-th wait is drawn between 0 and min(cap,
// base*2^n), and never below a floor, so that many that failed together don't come back together.
#pragma once

#include <cstdint>
#include <random>

#include "base/engine.h"

namespace notifyd::delivery {

class Jitter {
 public:
  explicit Jitter(std::uint64_t seed) : random_(seed) {}

  Millis backoff(unsigned failures, Millis base, Millis cap) {
    Millis bound = base;
    for (; failures > 0 && bound < cap; --failures) bound *= 2;
    if (bound > cap) bound = cap;
    std::uniform_int_distribution<Millis::rep> draw(base.count() / 2, bound.count());
    return Millis(draw(random_));
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace notifyd::delivery
