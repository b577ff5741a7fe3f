#include "config/tree.h"

#include <gmock/gmock.h>

namespace notifyd::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Kind = Value::Kind;

Tree parsed(std::string_view text) {
  auto tree = read_toml(text, "t.toml");
  EXPECT_TRUE(tree.ok()) << (tree ? "" : tree.error().message);
  return tree ? *std::move(tree) : Tree();
}

std::string refusal(std::string_view text) {
  const auto tree = read_toml(text, "t.toml");
  return tree ? "accepted" : tree.error().message;
}

const Value& value(const Tree& tree, const std::string& key) {
  return tree.find(key)->second.data();
}

TEST(Tree, KeepsTheTypesApart) {
  const Tree tree = parsed(R"(
text = "007"
number = 7
fraction = 1.5
yes = true
day = 2026-11-22
list = []
[section]
)");
  EXPECT_EQ(value(tree, "text").kind, Kind::kText);
  EXPECT_EQ(value(tree, "text").text, "007");
  EXPECT_EQ(value(tree, "number").kind, Kind::kInteger);
  EXPECT_EQ(value(tree, "number").integer, 7);
  EXPECT_EQ(value(tree, "fraction").kind, Kind::kFloat);
  EXPECT_EQ(value(tree, "fraction").text, "1.5");
  EXPECT_EQ(value(tree, "yes").kind, Kind::kBoolean);
  EXPECT_TRUE(value(tree, "yes").boolean);
  EXPECT_EQ(value(tree, "day").kind, Kind::kDate);
  EXPECT_EQ(value(tree, "day").text, "2026-11-22");
  EXPECT_EQ(value(tree, "list").kind, Kind::kList);
  EXPECT_EQ(value(tree, "section").kind, Kind::kTable);
}

TEST(Tree, KnowsWhereKeysAndValuesStand) {
  const Tree tree = parsed("\n[slack]\n  token = \"x\"\n");
  const Tree& slack = tree.find("slack")->second;
  EXPECT_EQ(slack.data().line, 2U);
  const Value& token = value(slack, "token");
  EXPECT_EQ(token.key_line, 3U);
  EXPECT_EQ(token.key_column, 3U);
  EXPECT_EQ(token.line, 3U);
  EXPECT_EQ(token.column, 11U);
}

TEST(Tree, KeepsTheOrderOfTheFile) {
  const Tree tree = parsed("z = 1\na = 2\n[m]\n[b]\n");
  std::vector<std::string> keys;
  for (const auto& member : tree) keys.push_back(member.first);
  EXPECT_THAT(keys, ElementsAre("z", "a", "m", "b"));
}

TEST(Tree, TakesDotsAndStarsInKeysAsTheyAre) {
  const Tree tree = parsed("[r]\n\"a.dev\" = \"x\"\n\"*\" = \"y\"\n");
  const Tree& r = tree.find("r")->second;
  EXPECT_EQ(value(r, "a.dev").text, "x");
  EXPECT_EQ(value(r, "*").text, "y");
}

TEST(Tree, SaysWhatIsWrongWithTheSyntaxAndWhatToWrite) {
  EXPECT_EQ(refusal("a = \"x\nb = 1\n"),
            "t.toml:1:7: a text is not closed; end it on its line with the quote that it begins "
            "with");
  EXPECT_THAT(refusal("a = xoxb\n"), HasSubstr("put a text in quotes (key = \"text\")"));
  EXPECT_THAT(refusal("a = 1\na = 2\n"),
              HasSubstr("t.toml:2:5: \"a\" is there twice; keep one of them"));
  EXPECT_THAT(refusal("a = {b = 1, b = 2}\n"), HasSubstr("this key or section is there twice"));
  EXPECT_THAT(refusal("[s]\n[s]\n"), HasSubstr("is there twice; keep one of them"));
  EXPECT_THAT(refusal("a\n"), HasSubstr("a key has no value; write key = \"text\""));
  EXPECT_THAT(refusal("a =\n"), HasSubstr("a key has no value; write key = \"text\""));
  EXPECT_THAT(refusal("[s\n"), HasSubstr("a section header is not well formed; write [section]"));
  EXPECT_THAT(refusal("a = [1\n"), HasSubstr("a list is not well formed"));
  EXPECT_THAT(refusal("a = \"\\q\"\n"), HasSubstr("an escape in a text is not known"));
  EXPECT_THAT(refusal("a = \"\xff\"\n"), HasSubstr("the file is not UTF-8; save it as UTF-8"));
  EXPECT_THAT(refusal("a = 1 b = 2\n"), HasSubstr("begin a new line"));
}

TEST(Tree, SaysThatAKeyWithOtherCharactersBelongsInQuotes) {
  for (const char* text :
       {"[r]\ngr\u00f6\u00dfe = \"x\"\n", "[r]\n\u043f\u0440\u043e\u0434 = \"x\"\n",
        "[r]\n* = \"x\"\n", "[r]\nalice@example.com = \"x\"\n", "[r]\ndev ops = \"x\"\n",
        "[r]\ndev/ops = \"x\"\n", "[r]\n  dev:ops=\"x\"\n", "[r]\na.gr\u00fcn = [\"x\"]\n"}) {
    EXPECT_THAT(refusal(text), testing::ContainsRegex("^t.toml:2:[0-9]+: put the key in quotes: "))
        << text;
  }
  EXPECT_THAT(refusal("[gr\u00f6\u00dfe]\n"), HasSubstr("put the section in quotes"));
}

TEST(Tree, NamesWhatCameAlongWhenTextWasCopied) {
  EXPECT_THAT(refusal("a = \u201Cx\u201D\n"),
              HasSubstr("t.toml:1:5: there is U+201C (a typographic quote), as comes along when"));
  EXPECT_THAT(refusal("a\u00A0= 1\n"), HasSubstr("1:2: there is U+00A0 (a no-break space)"));
  EXPECT_THAT(refusal("\u200B[a]\n"), HasSubstr("1:1: there is U+200B (a space that nobody sees"));
  EXPECT_THAT(refusal("gr\u00f6 = \"\"\n\u00A0b = 1\n"), HasSubstr("1:3: put the key"));
}

TEST(Tree, SaysHowBooleansAreWritten) {
  EXPECT_THAT(refusal("a = True\n"), HasSubstr("written in small letters and without quotes"));
}

TEST(Tree, NeverQuotesTheLineThatDoesNotParse) {
  for (const char* broken :
       {"token = xoxb-13-secret\n", "token = \"xoxb-13-secret\nx = 1\n", "token = 13secret\n",
        "token = 2026-11-22Tsecret\n", "token = [\"secret\"\n", "token = \"secret\" \"secret\"\n",
        "token secret\n", "token = {secret\n", "[slack.secret\n", "token = 'secret\n",
        "token = 1\ntoken = 'secret'\n", "xoxb-secret = 2\nxoxb-secret = 3\n", "xoxb/secret = 2\n",
        "token\u00A0= \"secret\"\n"}) {
    EXPECT_THAT(refusal(broken), Not(HasSubstr("secret"))) << broken;
    EXPECT_THAT(refusal(broken), testing::StartsWith("t.toml:")) << broken;
  }
}

TEST(Tree, RefusesTextWithNul) {
  EXPECT_EQ(refusal("a = \"x\\u0000y\"\n"), "t.toml:1:5: a text holds \\u0000; remove it");
  EXPECT_EQ(refusal("\"x\\u0000y\" = 1\n"), "t.toml:1:1: a text holds \\u0000; remove it");
}

TEST(Tree, RefusesWhatIsNestedTooDeeply) {
  EXPECT_THAT(refusal("a = " + std::string(5000, '[')), HasSubstr("nested too deeply"));
}

TEST(Tree, RefusesMoreThanOneMebibyte) {
  EXPECT_EQ(refusal(std::string(1024 * 1024 + 1, '#')),
            "t.toml: is larger than 1 MiB; this is not a configuration file");
}

TEST(Tree, NamesAFileThatCannotBeRead) {
  Faults faults;
  EXPECT_FALSE(read_toml_file("/nowhere/notifyd.toml", faults));
  EXPECT_THAT(faults.lines(),
              ElementsAre("/nowhere/notifyd.toml: cannot be read (No such file or directory); name "
                          "another with --config"));
}

}  // namespace
}  // namespace notifyd::config
