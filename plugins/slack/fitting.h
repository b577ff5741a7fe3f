// The most of somebody else's values that keeps Slack's limits.
#pragma once

#include <algorithm>
#include <cstddef>

#include "blocks.h"
#include "escape.h"

namespace slack {

// `build` with the greatest limit per value, of those from `most` on, that fits(); with `least`
// everything does.
template <class Build>
auto fitted(const Build& build, std::size_t most = kValueLimit, std::size_t least = 12) {
  std::size_t limit = most;
  auto built = build(limit);
  while (!fits(built) && limit > least) {
    limit = std::max(limit / 2, least);
    built = build(limit);
  }
  return built;
}

}  // namespace slack
