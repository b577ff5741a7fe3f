// notify/clip.hpp - text that has to fit into somebody's limit, cut where a reader sees a character
// end. C++20, header only.
//
//   notify::clip("Zoë wants access", 4, notify::Unit::kBytes, "…")  // "Z…": "…" has 3 bytes
//
// Limits are counted in whatever the far side counts: bytes, code points, or UTF-16 units as
// JavaScript and Windows do. Where a service does not say which, UTF-16 units are never fewer than
// code points. What is not split: a code point, a letter and its accents, a flag, an emoji that is
// joined of several. Bytes that are no UTF-8 count one each and are kept: see text.hpp for making
// text fit to be shown.
//
// Any thread; pure functions.
#ifndef NOTIFY_CLIP_HPP
#define NOTIFY_CLIP_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "notify/text.hpp"

namespace notify {

enum class Unit : std::uint8_t { kBytes, kCodePoints, kUtf16 };

namespace detail {

inline std::size_t units_of(const Rune& rune, Unit unit) noexcept {
  if (unit == Unit::kBytes) return rune.bytes;
  return unit == Unit::kUtf16 && rune.value >= 0x10000 ? 2 : 1;
}

constexpr char32_t kZeroWidthJoiner = 0x200D;

constexpr bool is_regional(char32_t rune) noexcept { return rune >= 0x1F1E6 && rune <= 0x1F1FF; }

// What is drawn upon what stands before it.
constexpr bool continues(char32_t rune) noexcept {
  return is_combining(rune) || rune == kZeroWidthJoiner || rune == 0x200C ||
         (rune >= 0xFE00 && rune <= 0xFE0F) || (rune >= 0x1F3FB && rune <= 0x1F3FF) ||
         (rune >= 0xE0020 && rune <= 0xE007F) || (rune >= 0xE0100 && rune <= 0xE01EF) ||
         (rune >= 0x1160 && rune <= 0x11FF);  // vowels and finals of a Korean syllable
}

// Told code point by code point, says whether the next one begins what a reader sees as a new one.
class Boundaries {
 public:
  bool before(char32_t rune) noexcept {
    const bool flag = is_regional(rune) && regionals_ % 2 == 1;
    const bool joined = last_ == kZeroWidthJoiner && is_emoji(rune);
    const bool starts = !flag && !joined && !continues(rune);
    run_ = starts ? 0 : run_ + 1;
    regionals_ = is_regional(rune) ? regionals_ + 1 : 0;
    last_ = rune;
    return starts || run_ > kLongestRun;
  }

 private:
  // A text of nothing but marks is cut too.
  static constexpr std::size_t kLongestRun = 31;
  char32_t last_ = 0;
  std::size_t regionals_ = 0, run_ = 0;
};

// The last place up to `end` at which a reader sees a character begin. At `end`, inside the text, a
// code point begins. ASCII continues nothing, so what stands before it is not looked at.
inline std::size_t last_boundary(std::string_view text, std::size_t end) noexcept {
  std::size_t at = end;
  while (at > 0 && static_cast<unsigned char>(text[at]) >= 0x80) --at;
  Boundaries boundaries;
  std::size_t last = at;
  while (at <= end) {
    const Rune rune = decode(text.substr(at));
    if (boundaries.before(rune.value)) last = at;
    at += rune.bytes;
  }
  return last;
}

}  // namespace detail

inline std::size_t length(std::string_view text, Unit unit) noexcept {
  if (unit == Unit::kBytes) return text.size();
  std::size_t units = 0;
  while (!text.empty()) {
    const Rune rune = decode(text);
    units += detail::units_of(rune, unit);
    text.remove_prefix(rune.bytes);
  }
  return units;
}

// The longest start of `text` that has at most `limit` units and splits nothing.
inline std::string_view clipped(std::string_view text, std::size_t limit, Unit unit) noexcept {
  if (text.size() <= limit) return text;  // no unit is smaller than a byte
  std::size_t end = 0, units = 0;
  while (end < text.size()) {
    const Rune rune = decode(text.substr(end));
    units += detail::units_of(rune, unit);
    if (units > limit) return text.substr(0, detail::last_boundary(text, end));
    end += rune.bytes;
  }
  return text;
}

// The same, with `mark` at its end if something was cut off. The mark counts; one that does not fit
// is left out.
inline std::string clip(std::string_view text, std::size_t limit, Unit unit,
                        std::string_view mark = "\u2026") {
  const std::string_view whole = clipped(text, limit, unit);
  if (whole.size() == text.size()) return std::string(text);
  const std::size_t mark_units = length(mark, unit);
  if (mark_units > limit) return std::string(whole);
  return std::string(clipped(text, limit - mark_units, unit)).append(mark);
}

}  // namespace notify

#endif
