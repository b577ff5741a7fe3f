// Slack's markup as far as code goes: what a text says outside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace notifyd::test {

// `text` with "[code]" for each of its code spans. Nothing: one does not end, is empty, or, being
// inline, goes over a line, so that nobody knows what Slack takes for code.
inline std::optional<std::string> outside_code(std::string_view text) {
  std::string outside;
  for (;;) {
    const std::size_t open = text.find('`');
    outside += text.substr(0, open);
    if (open == std::string_view::npos) return outside;
    text.remove_prefix(open);
    const std::string_view fence = text.substr(0, 3) == "```" ? "```" : "`";
    const std::size_t close = text.find(fence, fence.size());
    if (close == std::string_view::npos || close == fence.size()) return std::nullopt;
    const std::string_view code = text.substr(fence.size(), close - fence.size());
    if (fence == "`" && code.find('\n') != std::string_view::npos) return std::nullopt;
    outside += "[code]";
    text.remove_prefix(close + fence.size());
  }
}

// The same without what keeps backticks in a block from meeting: the only unseen character of ours.
inline std::string without_breaks(std::string_view text) {
  constexpr std::string_view kBreak = "`\uFEFF";
  std::string out;
  while (!text.empty()) {
    const std::size_t at = text.find(kBreak);
    out += text.substr(0, at);
    if (at == std::string_view::npos) break;
    out += '`';
    text.remove_prefix(at + kBreak.size());
  }
  return out;
}

}  // namespace notifyd::test
