#include "ids.h"

#include <algorithm>

namespace slack {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestTs = 32;
constexpr std::string_view kUsers = "UW";
constexpr std::string_view kChannels = "CGD";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper_or_digit(char c) { return (c >= 'A' && c <= 'Z') || is_digit(c); }

bool has_form(std::string_view text, std::string_view prefixes) {
  return text.size() > 1 && text.size() <= kLongestId &&
         prefixes.find(text.front()) != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), is_upper_or_digit);
}

// A word in capitals that has no digit is rather a name that somebody miswrote.
bool is_written_id(std::string_view text, std::string_view prefixes) {
  if (text.size() < 3 || !has_form(text, prefixes)) return false;
  return text.size() >= 9 || std::any_of(text.begin(), text.end(), is_digit);
}

}  // namespace

bool is_user_id(std::string_view text) { return is_written_id(text, kUsers); }
bool is_channel_id(std::string_view text) { return is_written_id(text, kChannels); }

bool is_answered_user(std::string_view text) { return has_form(text, kUsers); }
bool is_answered_channel(std::string_view text) { return has_form(text, kChannels); }

bool is_ts(std::string_view text) {
  return !text.empty() && text.size() <= kLongestTs && is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace slack
