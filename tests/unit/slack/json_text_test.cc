#include "json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace slack {
namespace {

std::string json_of(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

TEST(QuotedText, OfEachCharacterOfAsciiIsWhatTheLibraryWrites) {
  for (int c = 0; c < 0x80; ++c) {
    const std::string text = "a" + std::string(1, static_cast<char>(c)) + "b";
    EXPECT_EQ(json_of(text), nlohmann::json(text).dump()) << c;
  }
}

TEST(QuotedText, KeepsOtherCharactersAsTheyAre) {
  const std::string text = "\u00e9 \u2705\U0001F4CB\u2028\uFFFD";
  EXPECT_EQ(json_of(text), "\"" + text + "\"");
  EXPECT_EQ(json_of(""), "\"\"");
}

TEST(QuotedText, IsValidWhateverTheBytesAre) {
  for (const char* text : {"\xff", "a\xe2\x82", "\xc0\x80z", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    const nlohmann::json read = nlohmann::json::parse(json_of(text), nullptr, false);
    ASSERT_TRUE(read.is_string()) << json_of(text);
    EXPECT_NE(read.get<std::string>().find("\uFFFD"), std::string::npos);
  }
}

}  // namespace
}  // namespace slack
