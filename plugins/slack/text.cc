#include "text.h"

#include <algorithm>
#include <array>

namespace slack {
namespace {

constexpr char32_t kJoiner = 0x200D;
constexpr std::string_view kGreekBacktick = "\u1FEF";
// A cut steps back over at most this many marks, so that a text of nothing but marks is cut too.
constexpr std::size_t kMostMarks = 16;
constexpr std::string_view kAlsoHarmless = "._+-@";

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool in_any(const std::array<Range, N>& ranges, char32_t rune) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [rune](const Range& r) { return rune >= r.first && rune <= r.last; });
}

constexpr std::array kMarks{
    Range{0x0300, 0x036F},   Range{0x0483, 0x0489},   Range{0x0591, 0x05BD},
    Range{0x064B, 0x065F},   Range{0x0900, 0x0903},   Range{0x093A, 0x094D},
    Range{0x0E31, 0x0E3A},   Range{0x0E47, 0x0E4E},   Range{0x1AB0, 0x1AFF},
    Range{0x1DC0, 0x1DFF},   Range{0x20D0, 0x20FF},   Range{0x3099, 0x309A},
    Range{0xFE00, 0xFE0F},   Range{0xFE20, 0xFE2F},   Range{0x1F3FB, 0x1F3FF},
    Range{0xE0020, 0xE007F}, Range{0xE0100, 0xE01EF}, Range{kJoiner, kJoiner}};

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Where the code point before byte `end` begins, in valid UTF-8.
std::size_t begin_of_last(std::string_view text, std::size_t end) {
  do --end;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U);
  return end;
}

bool joined(std::string_view text, std::size_t at) {
  if (at == 0 || at >= text.size()) return false;
  const std::size_t before = begin_of_last(text, at);
  return in_any(kMarks, decode(text.substr(at)).value) ||
         decode(text.substr(before)).value == kJoiner;
}

}  // namespace

std::string clean(std::string_view text) {
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

std::size_t length(std::string_view text) {
  std::size_t units = 0;
  while (!text.empty()) {
    const Rune rune = decode(text);
    units += rune.value >= 0x10000 ? 2 : 1;
    text.remove_prefix(rune.bytes);
  }
  return units;
}

std::string_view cut(std::string_view text, std::size_t limit) {
  std::size_t end = 0;
  for (std::size_t n = 0; n < limit && end < text.size(); ++n) {
    end += decode(text.substr(end)).bytes;
  }
  std::size_t at = end;
  for (std::size_t i = 0; i < kMostMarks && joined(text, at); ++i) at = begin_of_last(text, at);
  return text.substr(0, joined(text, at) ? end : at);
}

std::string shortened(std::string_view text, std::size_t limit) {
  const std::string_view kept = cut(text, limit);
  return std::string(kept) + (kept.size() < text.size() ? "..." : "");
}

std::string cut_bytes(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end));
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
