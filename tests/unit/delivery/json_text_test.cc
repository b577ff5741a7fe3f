#include "delivery/json_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notifyd::delivery {
namespace {

using nlohmann::json;

std::string text_of(std::string_view value) {
  JsonText text;
  text.value(value);
  return text.take();
}

TEST(JsonText, WritesObjectsAndArraysInsideEachOther) {
  JsonText text;
  text.open_object();
  text.key("a");
  text.open_array();
  text.value(1);
  text.open_array();
  text.close_array();
  text.open_object();
  text.member("b", "c");
  text.member("d", -2);
  text.close_object();
  text.close_array();
  text.key("e");
  text.open_object();
  text.close_object();
  text.close_object();
  EXPECT_EQ(text.take(), R"({"a":[1,[],{"b":"c","d":-2}],"e":{}})");
}

TEST(JsonText, WritesTextsAsTheLibraryDoes) {
  for (const std::string value : {"", "plain ~ text", "a \"quoted\" one", "back\\slash",
                                  "line\nbreak\x01\x7f", "Grüße ☃", "no \xff UTF-8 \xc3"}) {
    EXPECT_EQ(text_of(value), json(value).dump(-1, ' ', false, json::error_handler_t::replace));
  }
}

}  // namespace
}  // namespace notifyd::delivery
