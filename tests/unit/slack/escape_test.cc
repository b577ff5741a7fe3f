#include "escape.h"

#include <gtest/gtest.h>

namespace slack {
namespace {

struct Case {
  const char* text;
  const char* inline_form;
  const char* block_form;
};
class Code : public testing::TestWithParam<Case> {};

TEST_P(Code, KeepsTextText) {
  EXPECT_EQ(inline_code(GetParam().text, 10), GetParam().inline_form);
  EXPECT_EQ(block_code(GetParam().text, 10), GetParam().block_form);
}

INSTANTIATE_TEST_SUITE_P(AsUpstreamDoes, Code,
                         testing::Values(Case{"", "(empty)", "(empty)"},
                                         Case{" \n ", "(empty)", "(empty)"},
                                         Case{"abc", "`abc`", "```\nabc```"},
                                         Case{"  abc ", "`abc`", "```\nabc```"},
                                         Case{"`foo`", "`ˋfooˋ`", "```\n`\uFEFFfoo`\uFEFF```"},
                                         Case{"123456789012345", "`1234567890` (truncated)",
                                              "```\n1234567890``` (truncated)"},
                                         Case{"1234567890", "`1234567890`", "```\n1234567890```"}));

TEST(Code, CannotBeLeftByTheText) {
  EXPECT_EQ(block_code("``` <!channel>"), "```\n`\uFEFF`\uFEFF`\uFEFF &lt;!channel&gt;```");
  EXPECT_EQ(inline_code("a\n*b* <https://evil.example|ok>"),
            "`a *b* &lt;https://evil.example|ok&gt;`");
}

// A backtick ends inline code even with teleport-slack's U+FEFF behind it.
TEST(Code, InlineHoldsNothingThatIsABacktickOrMayBecomeOne) {
  EXPECT_EQ(inline_code("a` *b* `c"), "`aˋ *b* ˋc`");
  EXPECT_EQ(inline_code("a`\uFEFF *b*"), "`aˋ⟨U+FEFF⟩ *b*`");
  EXPECT_EQ(inline_code("\u1FEF *b*"), "`ˋ *b*`") << "normalising makes a backtick of U+1FEF";
  EXPECT_EQ(block_code("\u1FEF\u1FEF\u1FEF"), "```\n`\uFEFF`\uFEFF`\uFEFF```");
}

TEST(Code, OfNothingButSpaceOfAnyScriptIsEmpty) {
  EXPECT_EQ(inline_code("\u00A0\u3000 \t"), "(empty)");
  EXPECT_EQ(inline_code("\u3000a\u3000b\u00A0"), "`a b`");
}

TEST(Quoted, IsLeftNeitherByQuotesNorByBackticks) {
  EXPECT_EQ(quoted("say ”“\"„«» `ok`"), "`“say '''''' ˋokˋ”`");
  EXPECT_EQ(quoted("a\nb", 2), "`“a ”` (truncated)");
  EXPECT_EQ(quoted_name("alice@example.com"), "alice@example.com");
  EXPECT_EQ(quoted_name("/cluster/node/db-1"), "/cluster/node/db-1");
  EXPECT_EQ(quoted_name("/_it_/"), "`“/_it_/”`");
  EXPECT_EQ(quoted_name("a:x:"), "`“a:x:”`");
}

TEST(Code, CutsMultibyteTextByCharacters) {
  std::string many;
  for (int i = 0; i < 500; ++i) many += "ä";
  std::string kept;
  for (int i = 0; i < 400; ++i) kept += "ä";
  EXPECT_EQ(inline_code(many), "`" + kept + "` (truncated)");
}

// Of a megabyte nobody sees more than the limit, and nothing but that is looked at.
TEST(Code, OfAnySizeIsTheSameBeginning) {
  for (const char* part :
       {"a", "ä", "漢", "🎉", "`", "&", "\xff", "\x80", "\xc3", "a b", "\u202E"}) {
    std::string long_text;
    while (long_text.size() < 20'000) long_text += part;
    std::string longer = long_text;
    while (longer.size() < 1'000'000) longer += part;
    EXPECT_EQ(inline_code(long_text), inline_code(longer)) << part;
    EXPECT_EQ(block_code(long_text, 12), block_code(longer, 12)) << part;
    EXPECT_EQ(slack::quoted(long_text), slack::quoted(longer)) << part;
    EXPECT_EQ(list_code({long_text, "b"}, ","), list_code({longer, "b"}, ",")) << part;
  }
}

TEST(Code, SaysThatItIsCutWhereMostOfItIsSpace) {
  EXPECT_EQ(inline_code("a" + std::string(100'000, ' ') + "b"), "`a` (truncated)");
  EXPECT_EQ(list_code({"a" + std::string(100'000, ' ') + "b", "c"}, ","),
            "`a` (truncated) +1 more");
  EXPECT_EQ(inline_code(std::string(100'000, ' ') + "b"), "`b`");
}

TEST(Code, NeverCutsInsideAnEscape) {
  EXPECT_EQ(inline_code("&&&&", 2), "`&amp;&amp;` (truncated)");
}

TEST(NameText, IsRawOnlyWhenHarmless) {
  EXPECT_EQ(name_text("alice@example.com"), "alice@example.com");
  EXPECT_EQ(name_text("<!here>"), "`&lt;!here&gt;`");
  EXPECT_EQ(name_text("@channel"), "`@channel`");
}

TEST(ListCode, SaysHowManyDidNotFit) {
  EXPECT_EQ(list_code({"bar", "foo"}, ","), "`bar,foo`");
  EXPECT_EQ(list_code({"aaaa", "bbbb", "cccc", "dddd"}, ",", 9), "`aaaa,bbbb` +2 more");
  EXPECT_EQ(list_code({"aaaaaaaaaaaa", "b"}, ",", 9), "`aaaaaaaaa` (truncated) +1 more");
}

TEST(Escape, TouchesNothingButTheThreeCharacters) {
  EXPECT_EQ(escape("a&b<c>\"d'"), "a&amp;b&lt;c&gt;\"d'");
}

}  // namespace
}  // namespace slack
