#include "json.h"

#include <gtest/gtest.h>

#include <string>

namespace slack {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string list_of(std::size_t values) {
  std::string text = "[";
  for (std::size_t i = 2; i < values; ++i) text += "0,";
  return text + "0]";
}

TEST(AnswerJson, MayBeSixtyFourDeepAndNoDeeper) {
  EXPECT_TRUE(parse_answer(nested(64)).is_array());
  EXPECT_TRUE(parse_answer(nested(65)).is_discarded());
  EXPECT_TRUE(parse_answer(std::string(8U << 20U, '[')).is_discarded());
}

TEST(AnswerJson, DepthIsWhatIsOpenAtOnce) {
  std::string text = "[";
  for (int i = 0; i < 100; ++i) text += nested(63) + ",";
  EXPECT_TRUE(parse_answer(text + "0]").is_array());
}

TEST(AnswerJson, MayHaveAHundredThousandValuesAndNoMore) {
  EXPECT_TRUE(parse_answer(list_of(100'000)).is_array());
  EXPECT_TRUE(parse_answer(list_of(100'001)).is_discarded());
}

TEST(AnswerJson, OfWhatIsNoneIsDiscarded) {
  for (const char* text : {"", "<html>", "{\"ok\":true", "{\"ok\":true}}", "\"\xff\"", "1e999",
                           "\"a\nb\"", "nul", "\xef\xbb"}) {
    EXPECT_TRUE(parse_answer(text).is_discarded()) << text;
  }
}

TEST(AnswerJson, OfTwoMembersWithOneNameTheLaterOneCounts) {
  const Json answer = parse_answer(R"({"ok":true,"ts":"1","ok":false,"ts":{"a":[1,{}]}})");
  EXPECT_EQ(answer, Json({{"ok", false}, {"ts", {{"a", {1, Json::object()}}}}}));
}

TEST(AnswerJson, IsWhatTheWholeParserMakesOfIt) {
  for (const char* text :
       {"null", "-1.5e3", "[]", R"({"a":[[],{},[{"b":[null,true,-1,18446744073709551615,""]}]]})",
        R"( { "messages" : [ { "message" : { "ts" : "1" } } ] , "x" : "\u00e9\ud83d\ude00" } )",
        R"({"messages":"text","message":["list",{"text":"some"}],"text":1})"}) {
    EXPECT_EQ(parse_answer(text), Json::parse(text)) << text;
  }
}

// ---- The message that an answer repeats ----

TEST(Echo, IsNotReadWhereverItStands) {
  const Json rest = {
      {"ok", true}, {"channel", "C1"}, {"ts", "1.2"}, {"message", nullptr}, {"text", nullptr}};
  for (const char* text :
       {R"({"ok":true,"channel":"C1","ts":"1.2","text":"","message":{"a":"} b \" { c","b":[{}]}})",
        R"({"message":{"ok":false,"text":{}},"text":"\\","ok":true,"channel":"C1","ts":"1.2"})",
        R"( {"channel":"C1", "message" : {"\\":"\\"} , "ok":true,"ts":"1.2" , "text" : "[" } )"}) {
    EXPECT_EQ(parse_answer(text), rest) << text;
  }
}

TEST(Echo, IsNoMemberOfAMember) {
  const char* text = R"({"messages":[{"text":"a","message":{"ts":"1"}}],"user":"message"})";
  EXPECT_EQ(parse_answer(text), Json::parse(text));
}

TEST(Echo, IsReadAsFarAsItsEndOnly) {
  const std::string deep = R"({"ok":true,"message":{"a":)" + nested(1000) + "}}";
  EXPECT_TRUE(parse_answer(deep).is_object());
  const std::string wide = R"({"ok":true,"message":{"a":)" + list_of(200'000) + "}}";
  EXPECT_TRUE(parse_answer(wide).is_object());
}

TEST(Echo, ThatIsCutOffOrFollowedByWhatIsNoneMakesNoAnswer) {
  for (const char* text :
       {R"({"ok":true,"ts":"1","message":{"text":"a)", R"({"ok":true,"message":{"text":"a"})",
        R"({"ok":true,"message":{"text":"a\)", R"({"ok":true,"message":{"text":"a"}}})",
        R"({"ok":true,"message":{"text":"a"}} x)", R"({"ok":true,"message":{"text":"a"} "ts":"1"})",
        R"({"ok":true,"message")", R"({"ok":true,"message)", R"({"ok":true,"message":)",
        R"(["message":{}])", R"({"ok":"message":{}})"}) {
    EXPECT_TRUE(parse_answer(text).is_discarded()) << text;
  }
}

}  // namespace
}  // namespace slack
