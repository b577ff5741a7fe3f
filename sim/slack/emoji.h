// The emoji that this workspace knows: the usual ones of Slack's list, which is iamcal's
// emoji-data.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace notifyd::sim {

struct Emoji {
  std::string_view name;  // without colons
  std::string_view utf8;
};

std::span<const Emoji> all_emoji();
std::string_view emoji(std::string_view name);  // "" when there is no such emoji

// ":x:" to the character, wherever a known name stands between colons.
std::string with_emoji(std::string_view text);

}  // namespace notifyd::sim
