#include "text.h"

#include <algorithm>

namespace slack {
namespace {

constexpr std::string_view kGreekBacktick = "\u1FEF";
constexpr std::string_view kAlsoHarmless = "._+-@";

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Where the code point before byte `end` begins, in valid UTF-8.
std::size_t begin_of_last(std::string_view text, std::size_t end) {
  do --end;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U);
  return end;
}

}  // namespace

std::string clean(std::string_view text) {
  constexpr auto kNowhere = std::string_view::npos;
  const bool folds = text.find('\r') != kNowhere || text.find(kGreekBacktick) != kNowhere;
  if (!folds) return notify::visible(text, "\n\t");
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, kGreekBacktick.size()) == kGreekBacktick) {
      folded.push_back('`');
      i += kGreekBacktick.size() - 1;
    } else if (text[i] != '\r' || text.substr(i, 2) != "\r\n") {
      folded.push_back(text[i]);
    }
  }
  return notify::visible(folded, "\n\t");
}

std::string_view trim(std::string_view text) {
  while (!text.empty()) {
    const Rune first = decode(text);
    if (!notify::is_space(first.value)) break;
    text.remove_prefix(first.bytes);
  }
  while (!text.empty()) {
    const std::size_t last = begin_of_last(text, text.size());
    if (!notify::is_space(decode(text.substr(last)).value)) break;
    text = text.substr(0, last);
  }
  return text;
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (text = trim(text); !text.empty();) {
    const Rune rune = decode(text);
    if (!notify::is_space(rune.value)) {
      out.append(text.substr(0, rune.bytes));
    } else if (out.empty() || out.back() != ' ') {
      out.push_back(' ');
    }
    text.remove_prefix(rune.bytes);
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t limit) {
  const std::string_view kept = cut(text, limit);
  return std::string(kept) + (kept.size() < text.size() ? "..." : "");
}

bool is_harmless(std::string_view text) {
  if (text.empty() || text.front() == '@' || text.back() == '@') return false;
  // Markup needs a border around it: _so_ and a._so_.b are italic, so_so is not.
  if (!is_alnum(text.front()) || !is_alnum(text.back())) return false;
  for (std::size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1)) {
    const auto in_word = [&](std::size_t i) { return is_alnum(text[i]) || text[i] == '_'; };
    if (!in_word(at - 1) || !in_word(at + 1)) return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || kAlsoHarmless.find(c) != std::string_view::npos;
  });
}

bool is_harmless_path(std::string_view text) {
  if (!text.empty() && text.front() == '/') text.remove_prefix(1);
  while (text.find('/') != std::string_view::npos) {
    const std::size_t end = text.find('/');
    if (!is_harmless(text.substr(0, end))) return false;
    text.remove_prefix(end + 1);
  }
  return is_harmless(text);
}

}  // namespace slack
