// The blocks of a message, written straight to JSON, and whether they keep Slack's limits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slack {

inline constexpr std::size_t kTextLimit = 3000;      // Slack's, of one text object
inline constexpr std::size_t kBlocksLimit = 12'900;  // about where Slack says msg_blocks_too_long

bool fits(std::string_view text);

// All text is mrkdwn, and verbatim: Slack makes no link of evil.example and no mention of #general.
class Blocks {
 public:
  Blocks& section(std::string_view text);
  Blocks& context(const std::vector<std::string>& texts);

  std::string json() && { return std::move(json_) + "]"; }
  bool fit() const { return texts_fit_ && json_.size() < kBlocksLimit; }

 private:
  void begin_block();
  void add_text(std::string_view text);

  std::string json_ = "[";  // all but its end
  bool texts_fit_ = true;
};

inline bool fits(const Blocks& blocks) { return blocks.fit(); }

}  // namespace slack
