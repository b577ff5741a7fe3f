// notify/text.hpp: somebody else's text, fit to be shown. Optional: module.hpp needs none of it,
// and nothing here crosses the boundary of abi.h. C++20, the standard library only.
//
// Requesters, reviewers and chat services write what the daemon logs and what a module shows.
// Characters that nobody sees can make an approval out of a denial: they turn the direction of
// writing, begin a line, steer a terminal, or hide in an id. visible() leaves nothing of the kind:
//
//   notify::visible("ok\u202Eteg\x1b[2K")  // "ok⟨U+202E⟩teg␛[2K"
//
// Any thread; pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace notify {

// One code point at the start of a text. Bytes that are no UTF-8: U+FFFD, one byte each.
struct Rune {
  char32_t value = 0xFFFD;
  std::size_t bytes = 1;
};

namespace detail {

struct RuneRange {
  char32_t first, last;
};

// `ranges` are sorted and don't overlap.
template <std::size_t N>
constexpr bool in_ranges(const std::array<RuneRange, N>& ranges, char32_t rune) {
  const auto* after = std::upper_bound(ranges.begin(), ranges.end(), rune,
                                       [](char32_t r, const RuneRange& x) { return r < x.first; });
  return after != ranges.begin() && rune <= (after - 1)->last;
}

// What is never seen as itself: controls (C0, DEL, C1), what turns the direction of writing, what
// separates lines, fillers and spaces without width or ink, tags, annotations, private characters
// and those that are none. Joiners and variation selectors belong to real text and are judged by
// their neighbours (stays_joined). The flags of England, Scotland and Wales, which are spelt in
// tags, and Mongolian selectors are shown as marks: what else could be hidden there is worse.
inline constexpr std::array kUnseen{
    RuneRange{0x0000, 0x001F},   RuneRange{0x007F, 0x009F},   RuneRange{0x00AD, 0x00AD},
    RuneRange{0x034F, 0x034F},   RuneRange{0x061C, 0x061C},   RuneRange{0x115F, 0x1160},
    RuneRange{0x17B4, 0x17B5},   RuneRange{0x180B, 0x180F},   RuneRange{0x200B, 0x200F},
    RuneRange{0x2028, 0x202E},   RuneRange{0x2060, 0x206F},   RuneRange{0x2800, 0x2800},
    RuneRange{0x3164, 0x3164},   RuneRange{0xE000, 0xF8FF},   RuneRange{0xFDD0, 0xFDEF},
    RuneRange{0xFE00, 0xFE0F},   RuneRange{0xFEFF, 0xFEFF},   RuneRange{0xFFA0, 0xFFA0},
    RuneRange{0xFFF0, 0xFFFC},   RuneRange{0xFFFE, 0xFFFF},   RuneRange{0x13430, 0x1343F},
    RuneRange{0x16FE4, 0x16FE4}, RuneRange{0x1BCA0, 0x1BCA3}, RuneRange{0x1D159, 0x1D159},
    RuneRange{0x1D173, 0x1D17A}, RuneRange{0x1FFFE, 0x1FFFF}, RuneRange{0x2FFFE, 0x2FFFF},
    RuneRange{0x3FFFE, 0xDFFFF}, RuneRange{0xE0000, 0x10FFFF}};

// What may be an emoji by itself or with U+FE0F.
inline constexpr std::array kEmoji{
    RuneRange{0x00A9, 0x00A9}, RuneRange{0x00AE, 0x00AE},  RuneRange{0x203C, 0x203C},
    RuneRange{0x2049, 0x2049}, RuneRange{0x2122, 0x2122},  RuneRange{0x2139, 0x2139},
    RuneRange{0x2190, 0x21FF}, RuneRange{0x2300, 0x23FF},  RuneRange{0x2460, 0x24FF},
    RuneRange{0x25A0, 0x27BF}, RuneRange{0x2900, 0x297F},  RuneRange{0x2B00, 0x2BFF},
    RuneRange{0x3030, 0x3030}, RuneRange{0x303D, 0x303D},  RuneRange{0x3297, 0x3297},
    RuneRange{0x3299, 0x3299}, RuneRange{0x1F000, 0x1FAFF}};

// Scripts in which a joiner or non-joiner between two letters is spelling: Arabic and its kin,
// those of India, Khmer.
inline constexpr std::array kJoining{RuneRange{0x0620, 0x08FF}, RuneRange{0x0900, 0x0DFF},
                                     RuneRange{0x1780, 0x17B3}, RuneRange{0x17B6, 0x17D3},
                                     RuneRange{0xFB50, 0xFDCF}, RuneRange{0xFE70, 0xFEFC}};

inline constexpr std::array kIdeographs{RuneRange{0x3400, 0x9FFF}, RuneRange{0xF900, 0xFAFF},
                                        RuneRange{0x20000, 0x2FFFD}, RuneRange{0x30000, 0x3FFFD}};

// What stands above or below the letter before it. Not all of Unicode's, but of every script in
// which people have piled them up; those of India are told by their places (is_combining).
inline constexpr std::array kCombining{
    RuneRange{0x0300, 0x036F},   RuneRange{0x0483, 0x0489},   RuneRange{0x0591, 0x05BD},
    RuneRange{0x05BF, 0x05BF},   RuneRange{0x05C1, 0x05C2},   RuneRange{0x05C4, 0x05C5},
    RuneRange{0x05C7, 0x05C7},   RuneRange{0x0610, 0x061A},   RuneRange{0x064B, 0x065F},
    RuneRange{0x0670, 0x0670},   RuneRange{0x06D6, 0x06DC},   RuneRange{0x06DF, 0x06E4},
    RuneRange{0x06E7, 0x06E8},   RuneRange{0x06EA, 0x06ED},   RuneRange{0x0711, 0x0711},
    RuneRange{0x0730, 0x074A},   RuneRange{0x07A6, 0x07B0},   RuneRange{0x07EB, 0x07F3},
    RuneRange{0x0816, 0x0819},   RuneRange{0x081B, 0x0823},   RuneRange{0x0825, 0x0827},
    RuneRange{0x0829, 0x082D},   RuneRange{0x0859, 0x085B},   RuneRange{0x0898, 0x089F},
    RuneRange{0x08CA, 0x08E1},   RuneRange{0x08E3, 0x08FF},   RuneRange{0x0D81, 0x0D83},
    RuneRange{0x0DCA, 0x0DDF},   RuneRange{0x0E31, 0x0E31},   RuneRange{0x0E34, 0x0E3A},
    RuneRange{0x0E47, 0x0E4E},   RuneRange{0x0EB1, 0x0EB1},   RuneRange{0x0EB4, 0x0EBC},
    RuneRange{0x0EC8, 0x0ECE},   RuneRange{0x0F18, 0x0F19},   RuneRange{0x0F35, 0x0F35},
    RuneRange{0x0F37, 0x0F37},   RuneRange{0x0F39, 0x0F39},   RuneRange{0x0F71, 0x0F84},
    RuneRange{0x0F86, 0x0F87},   RuneRange{0x0F8D, 0x0FBC},   RuneRange{0x102D, 0x103E},
    RuneRange{0x1058, 0x1059},   RuneRange{0x135D, 0x135F},   RuneRange{0x17B6, 0x17D3},
    RuneRange{0x17DD, 0x17DD},   RuneRange{0x18A9, 0x18A9},   RuneRange{0x1920, 0x193B},
    RuneRange{0x1A17, 0x1A1B},   RuneRange{0x1A55, 0x1A7F},   RuneRange{0x1AB0, 0x1AFF},
    RuneRange{0x1B34, 0x1B44},   RuneRange{0x1B6B, 0x1B73},   RuneRange{0x1CD0, 0x1CD2},
    RuneRange{0x1CD4, 0x1CE8},   RuneRange{0x1DC0, 0x1DFF},   RuneRange{0x20D0, 0x20FF},
    RuneRange{0x2CEF, 0x2CF1},   RuneRange{0x2DE0, 0x2DFF},   RuneRange{0x302A, 0x302F},
    RuneRange{0x3099, 0x309A},   RuneRange{0xA66F, 0xA672},   RuneRange{0xA674, 0xA67D},
    RuneRange{0xA69E, 0xA69F},   RuneRange{0xA6F0, 0xA6F1},   RuneRange{0xA8E0, 0xA8F1},
    RuneRange{0xA926, 0xA92D},   RuneRange{0xA947, 0xA953},   RuneRange{0xA9B3, 0xA9C0},
    RuneRange{0xFB1E, 0xFB1E},   RuneRange{0xFE20, 0xFE2F},   RuneRange{0x101FD, 0x101FD},
    RuneRange{0x10376, 0x1037A}, RuneRange{0x10F46, 0x10F50}, RuneRange{0x11038, 0x11046},
    RuneRange{0x16AF0, 0x16AF4}, RuneRange{0x16B30, 0x16B36}, RuneRange{0x1CF00, 0x1CF46},
    RuneRange{0x1D165, 0x1D169}, RuneRange{0x1D17B, 0x1D182}, RuneRange{0x1D185, 0x1D18B},
    RuneRange{0x1D1AA, 0x1D1AD}, RuneRange{0x1D242, 0x1D244}, RuneRange{0x1DA00, 0x1DA6C},
    RuneRange{0x1E000, 0x1E02A}, RuneRange{0x1E130, 0x1E136}, RuneRange{0x1E8D0, 0x1E8D6},
    RuneRange{0x1E944, 0x1E94A}};

inline constexpr std::size_t kMostCombining = 8;  // Hebrew has four, Burmese five, Tibetan more

// Arabic letters that are drawn otherwise when more follows: a joiner behind them can be seen.
inline constexpr std::array kArabicJoined{
    RuneRange{0x0626, 0x0626}, RuneRange{0x0628, 0x0628}, RuneRange{0x062A, 0x062E},
    RuneRange{0x0633, 0x0647}, RuneRange{0x0649, 0x064A}, RuneRange{0x0678, 0x0687},
    RuneRange{0x069A, 0x06BF}, RuneRange{0x06C1, 0x06C2}, RuneRange{0x06CC, 0x06CC},
    RuneRange{0x06CE, 0x06CE}, RuneRange{0x06D0, 0x06D1}, RuneRange{0x06FA, 0x06FC},
    RuneRange{0x06FF, 0x06FF}};

// What ends a word and no mark takes the place of: spaces, ASCII but its letters, quotes, dashes;
// controls, which "\n" is one of, and their pictures.
inline constexpr std::array kBetweenWords{
    RuneRange{0x0000, 0x0040}, RuneRange{0x005B, 0x0060}, RuneRange{0x007B, 0x007F},
    RuneRange{0x00A0, 0x00A0}, RuneRange{0x00AB, 0x00AB}, RuneRange{0x00B7, 0x00B7},
    RuneRange{0x00BB, 0x00BB}, RuneRange{0x060C, 0x060D}, RuneRange{0x061B, 0x061B},
    RuneRange{0x061E, 0x061F}, RuneRange{0x2000, 0x200A}, RuneRange{0x2010, 0x2027},
    RuneRange{0x202F, 0x205E}, RuneRange{0x2400, 0x2421}, RuneRange{0x3000, 0x3000}};

// Devanagari to Malayalam lie alike, 128 places each.
constexpr bool is_indic(char32_t rune) { return rune >= 0x0900 && rune <= 0x0D7F; }
constexpr bool is_virama(char32_t rune) {
  return (is_indic(rune) && (rune & 0x7FU) == 0x4D) || rune == 0x0DCA;
}
constexpr bool is_combining(char32_t rune) {
  if (rune < 0x0300) return false;
  if (!is_indic(rune)) return in_ranges(kCombining, rune);
  const char32_t place = rune & 0x7FU;
  return place <= 0x03 || (place >= 0x3A && place <= 0x4E && place != 0x3D) ||
         (place >= 0x51 && place <= 0x57) || place == 0x62 || place == 0x63;
}
constexpr bool is_emoji(char32_t rune) { return in_ranges(kEmoji, rune); }

// Whether a joiner or selector is part of what people write: one between what it joins, or behind
// what it selects a form of. `base` is what stands before it and before a selector. 0: nothing.
constexpr bool stays_joined(char32_t rune, char32_t base, char32_t before, char32_t after) {
  constexpr char32_t kNonJoiner = 0x200C, kJoiner = 0x200D, kText = 0xFE0E, kPicture = 0xFE0F;
  constexpr char32_t kKeycap = 0x20E3;
  if (rune == kJoiner || rune == kNonJoiner) {
    if (in_ranges(kJoining, before) && in_ranges(kJoining, after)) return true;
    if (rune == kNonJoiner) return false;
    if (in_ranges(kArabicJoined, before) && in_ranges(kBetweenWords, after)) return true;
    const bool behind_emoji = is_emoji(base) && (before == base || before == kPicture);
    return is_virama(before) || (behind_emoji && is_emoji(after));
  }
  if (rune == kText || rune == kPicture) {
    const bool key = (before >= '0' && before <= '9') || before == '#' || before == '*';
    return is_emoji(before) || (key && after == kKeycap);
  }
  const bool selects = (rune >= 0xFE00 && rune <= 0xFE02) || (rune >= 0xE0100 && rune <= 0xE01EF);
  return selects && in_ranges(kIdeographs, before);
}

constexpr std::array<std::size_t, 256> make_sequence_bytes() {
  std::array<std::size_t, 256> bytes{};  // 0: begins no sequence
  for (std::size_t lead = 0; lead < 0x80; ++lead) bytes[lead] = 1;
  for (std::size_t lead = 0xC2; lead <= 0xDF; ++lead) bytes[lead] = 2;
  for (std::size_t lead = 0xE0; lead <= 0xEF; ++lead) bytes[lead] = 3;
  for (std::size_t lead = 0xF0; lead <= 0xF4; ++lead) bytes[lead] = 4;
  return bytes;
}
inline constexpr std::array kSequenceBytes = make_sequence_bytes();
// The least value that a sequence of so many bytes may hold.
inline constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};

}  // namespace detail

// `text` must not be empty.
inline Rune decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = detail::kSequenceBytes[lead];
  if (bytes == 0 || bytes > text.size()) return {};
  if (bytes == 1) return {lead, 1};
  auto value = static_cast<char32_t>(lead & (0xFFU >> (bytes + 1)));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (next & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  const bool good = value >= detail::kLeast[bytes] && value <= 0x10FFFF && !surrogate;
  return good ? Rune{value, bytes} : Rune{};
}

inline void append(std::string& out, char32_t rune) {
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

// White space that has a width: not only ASCII's.
constexpr bool is_space(char32_t rune) {
  return rune == ' ' || (rune >= 0x09 && rune <= 0x0D) || rune == 0xA0 || rune == 0x1680 ||
         (rune >= 0x2000 && rune <= 0x200A) || rune == 0x202F || rune == 0x205F || rune == 0x3000;
}

namespace detail {

// "␛", "⟨U+202E⟩".
inline void append_mark(std::string& out, char32_t rune) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  if (rune < 0x20) return append(out, 0x2400 + rune);
  if (rune == 0x7F) return append(out, 0x2421);
  out += "\u27E8U+";
  for (unsigned digits = rune > 0xFFFFF ? 6 : rune > 0xFFFF ? 5 : 4; digits > 0; --digits) {
    out += kHex[(rune >> (4 * (digits - 1))) & 0xFU];
  }
  out += "\u27E9";
}

inline bool is_plain(char c, std::string_view kept) {
  return (c >= ' ' && c <= '~') ||
         (static_cast<unsigned char>(c) < 0x80 && kept.find(c) != std::string_view::npos);
}

// Takes a text rune by rune. `kept`: controls that the caller deals with.
class Visible {
 public:
  Visible(std::size_t size, std::string_view kept) : kept_(kept) { out_.reserve(size); }

  void take(char32_t rune, char32_t after) {
    if (is_combining(rune) && !in_ranges(kUnseen, rune)) {
      if (++combining_ > kMostCombining) return;
      append(out_, rune);
      base_ = before_ = rune;
      return;
    }
    say_what_is_left_out();
    if (seen(rune, after)) {
      append(out_, rune);
    } else {
      append_mark(out_, rune);
    }
    if (rune < 0xFE00 || rune > 0xFE0F) base_ = rune;
    before_ = rune;
  }

  std::string finish() {
    say_what_is_left_out();
    return std::move(out_);
  }

 private:
  bool seen(char32_t rune, char32_t after) const {
    if (rune < 0x80 && is_plain(static_cast<char>(rune), kept_)) return true;
    return !in_ranges(kUnseen, rune) || stays_joined(rune, base_, before_, after);
  }

  // A pile of them covers the lines above and below.
  void say_what_is_left_out() {
    if (combining_ > kMostCombining) {
      out_ += "\u27E8+" + std::to_string(combining_ - kMostCombining) + " marks\u27E9";
      base_ = before_ = 0x27E9;
    }
    combining_ = 0;
  }

  std::string_view kept_;
  std::string out_;
  std::size_t combining_ = 0;
  char32_t base_ = 0, before_ = 0;
};

}  // namespace detail

// `text` as UTF-8 in which all can be seen: each unseen character is a mark, more than eight
// accents on one letter are counted, bytes that are no UTF-8 are U+FFFD. Joined emoji, Persian,
// Hindi and accents stay as they are. The characters in `kept`, all of ASCII, stay too: "\n\t" for
// text of several lines. What comes out comes out of it again unchanged, but a mark is up to six
// times as long as what it stands for: cut before and after.
inline std::string visible(std::string_view text, std::string_view kept = "") {
  const auto plain = [&](char c) { return detail::is_plain(c, kept); };
  if (std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  detail::Visible seen(text.size(), kept);
  while (!text.empty()) {
    const Rune rune = decode(text);
    text.remove_prefix(rune.bytes);
    seen.take(rune.value, text.empty() ? 0 : decode(text).value);
  }
  return seen.finish();
}

}  // namespace notify
