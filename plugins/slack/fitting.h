// Slack's limits, and the most of somebody else's values that keeps them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "escape.h"
#include "text.h"

namespace slack {

inline constexpr std::size_t kTextLimit = 3000;      // Slack's, of one text object
inline constexpr std::size_t kBlocksLimit = 12'900;  // about where Slack says msg_blocks_too_long

inline bool texts_fit(const nlohmann::json& node) {
  if (node.is_string()) return length(node.get_ref<const std::string&>()) <= kTextLimit;
  return !node.is_structured() || std::all_of(node.begin(), node.end(), texts_fit);
}

inline bool fits(const nlohmann::json& blocks) {
  constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
  return texts_fit(blocks) && blocks.dump(-1, ' ', false, kReplace).size() <= kBlocksLimit;
}

inline bool fits(const std::string& text) { return length(text) <= kTextLimit; }

// `build` with the greatest limit per value, of those from `most` on, that fits; with `least`
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
