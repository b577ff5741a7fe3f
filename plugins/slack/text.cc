#include "text.h"

#include <algorithm>
#include <array>

namespace slack {
namespace {

constexpr char32_t kJoiner = 0x200D;
// A cut steps back over at most this many marks, so that a text of nothing but marks is cut too.
constexpr std::size_t kMostMarks = 16;
constexpr std::string_view kAlsoInLocalPart = "!#$%&'*+/=?^_`{|}~-.";
constexpr std::string_view kAlsoHarmless = "._+-@";

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool in_any(const std::array<Range, N>& ranges, char32_t rune) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [rune](const Range& r) { return rune >= r.first && rune <= r.last; });
}

constexpr std::array kDirections{Range{0x061C, 0x061C}, Range{0x200E, 0x200F},
                                 Range{0x202A, 0x202E}, Range{0x2066, 0x2069}};
constexpr std::array kControls{Range{0x00, 0x08}, Range{0x0B, 0x0C}, Range{0x0E, 0x1F},
                               Range{0x7F, 0x9F}};
constexpr std::array kMarks{
    Range{0x0300, 0x036F},   Range{0x0483, 0x0489},   Range{0x0591, 0x05BD},
    Range{0x064B, 0x065F},   Range{0x0900, 0x0903},   Range{0x093A, 0x094D},
    Range{0x0E31, 0x0E3A},   Range{0x0E47, 0x0E4E},   Range{0x1AB0, 0x1AFF},
    Range{0x1DC0, 0x1DFF},   Range{0x20D0, 0x20FF},   Range{0x3099, 0x309A},
    Range{0xFE00, 0xFE0F},   Range{0xFE20, 0xFE2F},   Range{0x1F3FB, 0x1F3FF},
    Range{0xE0020, 0xE007F}, Range{0xE0100, 0xE01EF}, Range{kJoiner, kJoiner}};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// How many bytes the sequence that begins with `lead` has; 0: it begins none.
std::size_t sequence_bytes(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The least value that a sequence of so many bytes may hold.
constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};

bool is_scalar(char32_t value, std::size_t bytes) {
  return value >= kLeast.at(bytes) && value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
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

bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.') {
    return false;
  }
  if (local.find("..") != std::string_view::npos) return false;
  return std::all_of(local.begin(), local.end(), [](char c) {
    return is_alnum(c) || kAlsoInLocalPart.find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.front() == '.' || domain.back() == '.') return false;
  if (domain.front() == '-' || domain.back() == '-') return false;
  if (domain.find("..") != std::string_view::npos) return false;
  return std::all_of(domain.begin(), domain.end(), [](char c) {
    return is_alnum(c) || c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

Rune decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = sequence_bytes(lead);
  if (bytes == 0 || bytes > text.size()) return {};
  if (bytes == 1) return {lead, 1};
  auto value = static_cast<char32_t>(lead & (0xFFU >> (bytes + 1)));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (next & 0x3FU);
  }
  return is_scalar(value, bytes) ? Rune{value, bytes} : Rune{};
}

void append(std::string& out, char32_t rune) {
  const auto byte = [&out](char32_t value) { out.push_back(static_cast<char>(value)); };
  const auto tail = [&byte](char32_t value) { byte(0x80U | (value & 0x3FU)); };
  if (rune < 0x80) return byte(rune);
  if (rune < 0x800) {
    byte(0xC0U | (rune >> 6U));
    return tail(rune);
  }
  if (rune < 0x10000) {
    byte(0xE0U | (rune >> 12U));
  } else {
    byte(0xF0U | (rune >> 18U));
    tail(rune >> 12U);
  }
  tail(rune >> 6U);
  tail(rune);
}

std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Rune rune = decode(text);
    text.remove_prefix(rune.bytes);
    if (in_any(kControls, rune.value) || in_any(kDirections, rune.value)) continue;
    append(out, rune.value);
  }
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : trim(text)) {
    if (!is_space(c)) {
      out.push_back(c);
    } else if (out.empty() || out.back() != ' ') {
      out.push_back(' ');
    }
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

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > 254) return false;
  return is_local_part(text.substr(0, at)) && is_domain(text.substr(at + 1));
}

bool is_harmless(std::string_view text) {
  if (text.empty() || text.front() == '@' || text.back() == '@') return false;
  // Markup needs a border around it: _so_ is italic, so_so is not.
  if (!is_alnum(text.front()) || !is_alnum(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || kAlsoHarmless.find(c) != std::string_view::npos;
  });
}

}  // namespace slack
