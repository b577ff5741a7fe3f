// UTF-8 text from the far side: made valid, measured and cut without breaking a character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "notify/clip.hpp"
#include "notify/text.hpp"

namespace slack {

using notify::append;
using notify::decode;
using notify::Rune;

// Valid UTF-8 in which all can be seen, in lines: characters that nobody sees, or that turn the
// direction of writing, are marks such as ⟨U+202E⟩, "\r\n" is a newline, and what Unicode takes for
// a backtick is one.
std::string clean(std::string_view text);

// White space of any script counts.
std::string_view trim(std::string_view text);
std::string one_line(std::string_view text);  // every run of white space becomes one space
std::string lower(std::string_view text);     // ASCII only

// Slack does not say whether its limits count code points or UTF-16 units. There are never more
// code points than units, so what keeps this length keeps both.
inline std::size_t length(std::string_view text) {
  return notify::length(text, notify::Unit::kUtf16);
}

// The longest start of `text` of at most `limit` code points that ends where a reader sees a
// character end.
inline std::string_view cut(std::string_view text, std::size_t limit) {
  return notify::clipped(text, limit, notify::Unit::kCodePoints);
}
std::string shortened(std::string_view text, std::size_t limit);  // cut, with "..." if it was
inline std::string cut_bytes(std::string_view text, std::size_t limit) {
  return std::string(notify::clipped(text, limit, notify::Unit::kBytes));
}

// Letters, digits and . _ + - with @ inside: nothing in it can be markup or a mention.
bool is_harmless(std::string_view text);
bool is_harmless_path(std::string_view text);  // such names with slashes before and between them

}  // namespace slack
