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

}  // namespace
}  // namespace slack
