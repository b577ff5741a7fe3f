// Small things about text that the standard library leaves out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace notifyd {

// Empty parts are left out: split("a,,b", ',') is {"a", "b"}.
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string lower_ascii(std::string text);

// At most `max` bytes, never ending inside a UTF-8 sequence.
std::string_view cut_utf8(std::string_view text, std::size_t max);

// The same text with U+FFFD in place of every byte that is not UTF-8.
std::string mend_utf8(std::string text);

bool is_control(char c);  // of ASCII

// UTF-8 without a character that nobody sees or that steers a terminal: a mark such as ␛ or
// ⟨U+202E⟩ stands for each (notify/text.hpp has which). The ASCII characters in `kept` stay.
std::string visible(std::string_view text, std::string_view kept = "");

// Somebody else's text as it may stand in a log or a message: visible, in one line of at most `max`
// bytes.
std::string one_line(std::string_view text, std::size_t max);

}  // namespace notifyd
