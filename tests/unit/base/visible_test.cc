#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "notify/text.hpp"
#include "support/hostile_texts.h"

namespace notify {
namespace {

using namespace std::string_literals;

struct Shown {
  std::string text, as;
};
class Unseen : public testing::TestWithParam<Shown> {};

TEST_P(Unseen, IsShownAsAMark) { EXPECT_EQ(visible(GetParam().text), GetParam().as); }

INSTANTIATE_TEST_SUITE_P(
    Characters, Unseen,
    testing::Values(Shown{"a\0b"s, "a␀b"}, Shown{"\x1b[31m", "␛[31m"}, Shown{"a\n", "a␊"},
                    Shown{"\x7f", "␡"}, Shown{"\u009b2J", "⟨U+009B⟩2J"},
                    Shown{"a\u202Etxt", "a⟨U+202E⟩txt"}, Shown{"a\u2028b", "a⟨U+2028⟩b"},
                    Shown{"ci\u200Bso", "ci⟨U+200B⟩so"}, Shown{"ci\u200Dso", "ci⟨U+200D⟩so"},
                    Shown{"\uFEFFx", "⟨U+FEFF⟩x"}, Shown{"a\u00ADb", "a⟨U+00AD⟩b"},
                    Shown{"\u3164", "⟨U+3164⟩"}, Shown{"\u2800", "⟨U+2800⟩"},
                    Shown{"x\uFE0F", "x⟨U+FE0F⟩"}, Shown{"\U000E0041", "⟨U+E0041⟩"},
                    Shown{"\U0010FFFF", "⟨U+10FFFF⟩"}, Shown{"\uF8FF", "⟨U+F8FF⟩"},
                    Shown{"a\xff\xc3(", "a\uFFFD\uFFFD("},
                    Shown{"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
                    Shown{"👩\u200D\u200D🚀", "👩⟨U+200D⟩⟨U+200D⟩🚀"}, Shown{"👩\u200Dx", "👩⟨U+200D⟩x"},
                    Shown{"مدير\u200D ", "مدير⟨U+200D⟩ "}, Shown{"ه\u200Dx", "ه⟨U+200D⟩x"},
                    Shown{"1\uFE0Fx", "1⟨U+FE0F⟩x"}, Shown{"❤\uFE0F\uFE0F", "❤\uFE0F⟨U+FE0F⟩"}));

class Written : public testing::TestWithParam<const char*> {};

TEST_P(Written, ByPeopleStaysAsItIs) { EXPECT_EQ(visible(GetParam()), GetParam()); }

// clang-format counts columns as wide as these are.
// clang-format off
INSTANTIATE_TEST_SUITE_P(
    Texts, Written,
    testing::Values("grüße, naïve, Việt Nam", "Vie\u0302\u0323t Nam", "漢字とかな、全角\u3000です",
                    "葛\U000E0100飾区", "한국어", "привет", "ελληνικά", "שָׁלוֹם עולם",
                    "مرحبا بالعالم", "می\u200Cخواهم", "۱۴۴۶ ه\u200D و", "سنة ه\u200D", "(ه\u200D)",
                    "ه\u200D\u060C", "क्\u200Dष क्\u200Cष",
                    "അവന്\u200D", "ශ්\u200Dරී", "ไม่ได้", "မြန်မာ", "လျှို့ဝှက်", "བསྒྲུབས",
                    "👍🏽 ✅ ❤\uFE0F 1\uFE0F\u20E3",
                    "👩🏽\u200D🚀 👨\u200D👩\u200D👧\u200D👦",
                    "❤\uFE0F\u200D🔥 🏳\uFE0F\u200D🌈 🏃\u200D♂\uFE0F 🇩🇪", "a≤b → c ⟨d⟩ ␛"));
// clang-format on

TEST(Visible, KeepsWhatTheCallerDealsWith) {
  EXPECT_EQ(visible("a\n\tb\r\x1b", "\n\t"), "a\n\tb␍␛");
}

TEST(Visible, CountsWhatIsPiledOnALetter) {
  std::string pile = "Z";
  for (int i = 0; i < 60; ++i) pile += "\u0301\u0489";
  EXPECT_EQ(visible(pile + "algo"),
            "Z\u0301\u0489\u0301\u0489\u0301\u0489\u0301\u0489⟨+112 marks⟩algo");
}

TEST(Visible, IsTheSameASecondTime) {
  for (const std::string& text : notifyd::test::hostile_texts()) {
    EXPECT_EQ(notifyd::test::let_through(visible(text)), "") << text;
    EXPECT_EQ(notifyd::test::let_through(visible(text, "\n\t"), "\n\t"), "") << text;
  }
}

TEST(Visible, IsTheSameASecondTimeWhateverFollowsAJoiner) {
  for (const std::string before :
       {"ه", "ه\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"}) {
    for (char32_t after = 0; after <= 0x3100; ++after) {
      std::string text = before + "\u200D";
      append(text, after);
      const std::string once = visible(text);
      ASSERT_EQ(visible(once), once) << std::hex << std::uint32_t{after};
    }
  }
}

// Of the planes above these two, nothing but what every plane ends with.
TEST(Visible, LeavesNoCharacterOfAnUnseenKind) {
  std::vector<std::uint32_t> left;
  const auto check = [&left](char32_t rune) {
    std::string text = "x";
    append(text, rune);
    if (visible(text + "y") == text + "y") left.push_back(rune);
  };
  for (char32_t rune = 1; rune <= 0x1FFFF; ++rune) {
    const bool control = rune < 0x20 || (rune >= 0x7F && rune < 0xA0);
    const bool turns = (rune >= 0x202A && rune <= 0x202E) || (rune >= 0x2066 && rune <= 0x2069);
    const bool none = (rune & 0xFFFEU) == 0xFFFE || (rune >= 0xFDD0 && rune <= 0xFDEF);
    if (control || turns || none || (rune >= 0xE000 && rune <= 0xF8FF)) check(rune);
  }
  for (char32_t rune = 0x2FFFE; rune <= 0x10FFFF; rune += 0x10000) check(rune);
  EXPECT_EQ(left, std::vector<std::uint32_t>());
}

}  // namespace
}  // namespace notify
