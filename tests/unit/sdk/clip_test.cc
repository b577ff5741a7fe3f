#include "notify/clip.hpp"

#include <gtest/gtest.h>

#include "support/hostile_texts.h"

namespace notify {
namespace {

constexpr std::string_view kFamily = "👨\u200D👩\u200D👧";

TEST(Length, CountsWhatTheFarSideCounts) {
  EXPECT_EQ(length("aé😀", Unit::kBytes), 7U);
  EXPECT_EQ(length("aé😀", Unit::kCodePoints), 3U);
  EXPECT_EQ(length("aé😀", Unit::kUtf16), 4U);
  EXPECT_EQ(length("\xFF\xFE", Unit::kCodePoints), 2U) << "bytes that are no UTF-8 count one each";
}

TEST(Clip, LeavesWhatFits) {
  EXPECT_EQ(clip("", 0, Unit::kBytes), "");
  EXPECT_EQ(clip("abc", 3, Unit::kBytes), "abc");
  EXPECT_EQ(clip("né", 3, Unit::kBytes), "né");
  EXPECT_EQ(clip("né", 2, Unit::kCodePoints), "né");
}

TEST(Clip, CountsItsMark) {
  EXPECT_EQ(clip("abcdef", 4, Unit::kCodePoints), "abc…");
  EXPECT_EQ(clip("abcdef", 4, Unit::kBytes), "a…");
  EXPECT_EQ(clip("abcdef", 4, Unit::kBytes, "..."), "a...");
  EXPECT_EQ(clip("Zoë wants access", 4, Unit::kBytes), "Z…");
}

TEST(Clip, LeavesOutAMarkThatDoesNotFit) {
  EXPECT_EQ(clip("abcdef", 2, Unit::kBytes), "ab");
  EXPECT_EQ(clip("abcdef", 0, Unit::kBytes), "");
}

TEST(Clip, SplitsNoCodePoint) {
  for (std::size_t limit = 0; limit <= 8; ++limit) {
    const std::string_view kept = clipped("é😀é", limit, Unit::kBytes);
    EXPECT_EQ(length(kept, Unit::kCodePoints), limit >= 8   ? 3
                                               : limit >= 6 ? 2
                                               : limit >= 2 ? 1
                                                            : 0)
        << limit;
  }
  EXPECT_EQ(clipped("a😀", 2, Unit::kUtf16), "a") << "half a surrogate pair";
}

TEST(Clip, SplitsNothingThatAReaderSeesAsOne) {
  EXPECT_EQ(clipped("ae\u0301", 2, Unit::kCodePoints), "a") << "a letter and its accent";
  EXPECT_EQ(clipped("a" + std::string(kFamily), 4, Unit::kCodePoints), "a") << "a joined emoji";
  EXPECT_EQ(clipped("a👍🏽", 2, Unit::kCodePoints), "a") << "the colour of a hand";
  EXPECT_EQ(clipped("a\u2764\uFE0F", 2, Unit::kCodePoints), "a") << "a variation selector";
  EXPECT_EQ(clipped("🇩🇪🇫🇷", 3, Unit::kCodePoints), "🇩🇪") << "a flag, and half of the next";
  EXPECT_EQ(clipped("🇩🇪🇫🇷", 1, Unit::kCodePoints), "") << "half a flag is another country";
  EXPECT_EQ(clipped("\u1112\u1161\u11AB", 2, Unit::kCodePoints), "") << "a Korean syllable";
}

TEST(Clip, LooksBackToTheBeginningOfWhatIsJoined) {
  const std::string flags = "🇩🇪🇫🇷🇩🇪";
  EXPECT_EQ(clipped("🇩" + flags, 5, Unit::kCodePoints), "🇩🇩🇪🇫") << "flags are told from the left";
  EXPECT_EQ(clipped("x" + flags, 6, Unit::kCodePoints), "x🇩🇪🇫🇷") << "and anew behind a letter";
  EXPECT_EQ(clipped("x1\uFE0F\u20E3y", 3, Unit::kCodePoints), "x") << "a keycap begins with ASCII";
}

TEST(Clip, CutsATextOfNothingButMarks) {
  std::string marks = "a";
  for (int i = 0; i < 1'000; ++i) marks += "\u0301";
  const std::string_view kept = clipped(marks, 500, Unit::kCodePoints);
  EXPECT_GT(length(kept, Unit::kCodePoints), 400U);
  EXPECT_LE(length(kept, Unit::kCodePoints), 500U);
}

TEST(Clip, KeepsBytesThatAreNoUtf8) {
  EXPECT_EQ(clipped("\xFF\xFE\xFD", 2, Unit::kBytes), "\xFF\xFE");
  EXPECT_EQ(clipped("\xE2\x82", 1, Unit::kCodePoints), "\xE2");
}

TEST(Clip, NeverGivesMoreThanTheLimitNorWhatIsNoStart) {
  for (const std::string& text : notifyd::test::hostile_texts()) {
    for (const Unit unit : {Unit::kBytes, Unit::kCodePoints, Unit::kUtf16}) {
      for (std::size_t limit = 0; limit < 40; ++limit) {
        const std::string_view kept = clipped(text, limit, unit);
        ASSERT_LE(length(kept, unit), limit);
        ASSERT_EQ(text.compare(0, kept.size(), kept), 0);
        ASSERT_LE(length(clip(text, limit, unit), unit), limit);
      }
    }
  }
}

}  // namespace
}  // namespace notify
