#include "base/backoff.h"

#include <algorithm>

namespace notifyd {

Millis Jitter::backoff(unsigned failures, Millis base, Millis cap) {
  Millis bound = std::min(base, cap);
  for (; failures > 0 && bound < cap; --failures) bound = std::min(2 * bound, cap);
  return between(std::min(base / 2, bound), bound);
}

Millis Jitter::between(Millis low, Millis high) {
  return Millis(std::uniform_int_distribution<Millis::rep>(low.count(), high.count())(random_));
}

}  // namespace notifyd
