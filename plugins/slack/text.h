// UTF-8 text from the far side: made valid, measured and cut without breaking a character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slack {

// One code point at the start of `text`, which must not be empty. Invalid bytes: U+FFFD, one byte.
struct Rune {
  char32_t value = 0xFFFD;
  std::size_t bytes = 1;
};
Rune decode(std::string_view text);
void append(std::string& out, char32_t rune);

// Valid UTF-8 without control characters other than newline and tab, and without the invisible
// characters that turn the direction of writing (they can make an id read as another one).
std::string clean(std::string_view text);

std::string_view trim(std::string_view text);
std::string one_line(std::string_view text);  // every run of white space becomes one space
std::string lower(std::string_view text);     // ASCII only

// Slack does not say whether its limits count code points or UTF-16 units. There are never more
// code points than units, so what keeps this length keeps both.
std::size_t length(std::string_view text);

// The longest start of `text` of at most `limit` code points that ends where a reader sees a
// character end: not inside a sequence with combining marks, variation selectors or joiners.
std::string_view cut(std::string_view text, std::size_t limit);
std::string shortened(std::string_view text, std::size_t limit);  // cut, with "..." if it was
std::string cut_bytes(std::string_view text, std::size_t limit);

// A bare address as users.lookupByEmail takes it: no display name, no quoted local part.
bool is_email(std::string_view text);

// Letters, digits and . _ + - with @ inside: nothing in it can be markup or a mention.
bool is_harmless(std::string_view text);

}  // namespace slack
