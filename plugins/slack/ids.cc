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

}  // namespace

bool is_answered_user(std::string_view text) { return has_form(text, kUsers); }
bool is_answered_channel(std::string_view text) { return has_form(text, kChannels); }

bool is_team(std::string_view text) { return has_form(text, "T"); }

bool is_ts(std::string_view text) {
  return !text.empty() && text.size() <= kLongestTs && is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace slack
