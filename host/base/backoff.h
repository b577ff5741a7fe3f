// Jitter: how long to wait before the next try. Capped exponential backoff with jitter, so
// that many who lost the same server do not come back together.
#pragma once

#include <cstdint>
#include <random>

#include "base/engine.h"

namespace notifyd {

// Not thread-safe. One seed, one sequence of waits.
class Jitter {
 public:
  explicit Jitter(std::uint64_t seed) : random_(seed) {}

  // Somewhere up to a bound that is `base` at first and doubles with each failure up to `cap`;
  // never less than half of `base`, so that no try follows another at once.
  Millis backoff(unsigned failures, Millis base, Millis cap);

  // Somewhere between the two, both possible.
  Millis between(Millis low, Millis high);

 private:
  std::mt19937_64 random_;
};

}  // namespace notifyd
