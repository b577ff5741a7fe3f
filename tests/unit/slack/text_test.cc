#include "text.h"

#include <gtest/gtest.h>

namespace slack {
namespace {

TEST(Text, MakesInvalidUtf8Valid) {
  EXPECT_EQ(clean("a\xff\xc3(\xe2\x82"), "a\uFFFD\uFFFD(\uFFFD\uFFFD");
  EXPECT_EQ(clean("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(clean("\xc0\xaf"), "\uFFFD\uFFFD");            // an overlong slash
  EXPECT_EQ(clean("grün ✅ 🎉"), "grün ✅ 🎉");
}

TEST(Text, ShowsWhatNobodySees) {
  EXPECT_EQ(clean(std::string("a\0b\x1b[1m", 7) + "\u202Etxt\u200B"), "a␀b␛[1m⟨U+202E⟩txt⟨U+200B⟩");
  EXPECT_EQ(clean("a\tb\nc\r\nd\re\u2028f"), "a\tb\nc\nd␍e⟨U+2028⟩f");
}

TEST(Text, CountsUtf16Units) {
  EXPECT_EQ(length("abc"), 3U);
  EXPECT_EQ(length("äöü"), 3U);
  EXPECT_EQ(length("🎉"), 2U);
}

TEST(Text, CutsOnCharacterBoundaries) {
  EXPECT_EQ(cut("äöü", 2), "äö");
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abc", 0), "");
  EXPECT_EQ(cut("xe\u0301y", 2), "x") << "an accent stays with its letter";
  EXPECT_EQ(cut("x👩\u200D🚀y", 2), "x") << "a joined emoji stays whole";
  EXPECT_EQ(cut("x👩\u200D🚀y", 3), "x");
  EXPECT_EQ(cut("x👩\u200D🚀y", 4), "x👩\u200D🚀");
  EXPECT_EQ(cut("👍🏽", 1), "");
}

TEST(Text, CutsATextOfNothingButMarks) {
  std::string marks = "e";
  for (int i = 0; i < 100; ++i) marks += "\u0301";
  EXPECT_EQ(cut(marks, 50).size(), 1U + 49U * 2U);
}

TEST(Text, CutBytesKeepsCharactersWhole) {
  EXPECT_EQ(cut_bytes("aää", 4), "aä");
  EXPECT_EQ(cut_bytes("aää", 5), "aää");
}

TEST(Text, KnowsWhatCannotBeMarkup) {
  for (const char* harmless : {"alice", "alice@example.com", "a-b_c.d+e", "1111-2222", "a__b"}) {
    EXPECT_TRUE(is_harmless(harmless)) << harmless;
  }
  for (const char* harmful : {"", "@here", "<!here>", "a b", "a*b", "_a_", "a`b", "ä", "a\nb",
                              "a._b_.c", "a-_b_", "a@_b_.c", "a._b"}) {
    EXPECT_FALSE(is_harmless(harmful)) << harmful;
  }
}

}  // namespace
}  // namespace slack
