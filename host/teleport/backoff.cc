#include "teleport/backoff.h"

#include <algorithm>

namespace notifyd::teleport {

Millis Backoff::next() {
  constexpr unsigned kMaxDoublings = 20;
  const Millis ceiling =
      std::min(max_, first_ * (std::int64_t{1} << std::min(tries_, kMaxDoublings)));
  ++tries_;
  return between(Millis(0), ceiling);
}

Millis Backoff::between(Millis low, Millis high) {
  return Millis(std::uniform_int_distribution<Millis::rep>(low.count(), high.count())(random_));
}

}  // namespace notifyd::teleport
