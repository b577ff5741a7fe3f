// Backoff: how long to wait before the next try. Full jitter, so that many daemons that lost the
// same server do not come back together.
#pragma once

#include <cstdint>
#include <random>

#include "base/engine.h"

namespace notifyd::teleport {

class Backoff {
 public:
  Backoff(Millis first, Millis max, std::uint64_t seed) : first_(first), max_(max), random_(seed) {}

  // Somewhere between 0 and a ceiling that doubles up to max.
  Millis next();
  void reset() { tries_ = 0; }

  // Somewhere between the two, both possible.
  Millis between(Millis low, Millis high);

 private:
  Millis first_;
  Millis max_;
  unsigned tries_ = 0;
  std::mt19937_64 random_;
};

}  // namespace notifyd::teleport
