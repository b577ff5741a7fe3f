#include "base/text.h"

#include <algorithm>

#include "notify/text.hpp"

namespace notifyd {
namespace {

bool is_line_space(char c) { return c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (const auto part = text.substr(0, end); !part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lower_ascii(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string_view cut_utf8(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0U) == 0x80U) --max;
  return text.substr(0, max);
}

std::string mend_utf8(std::string text) {
  std::string mended;
  std::size_t good = 0;  // text[0, good) is in `mended`
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = notify::decode(std::string_view(text).substr(at)).bytes;
    if (size == 1 && static_cast<unsigned char>(text[at]) >= 0x80) {
      mended.append(text, good, at - good).append("\xEF\xBF\xBD");
      good = at + 1;
    }
    at += size;
  }
  if (good == 0) return text;
  return mended.append(text, good);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string visible(std::string_view text, std::string_view kept) {
  return notify::visible(text, kept);
}

std::string one_line(std::string_view text, std::size_t max) {
  std::string line(cut_utf8(text, max));
  std::ranges::replace_if(line, is_line_space, ' ');
  return std::string(cut_utf8(visible(line), max));  // what is mended or marked is longer
}

}  // namespace notifyd
