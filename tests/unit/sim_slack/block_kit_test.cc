#include "sim/slack/block_kit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notifyd::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> problems(const Json& blocks, LengthUnit unit = LengthUnit::kCodePoints) {
  return block_problems(blocks, unit, "/blocks");
}

Json one(Json block) { return Json::array({std::move(block)}); }
Json text(const char* type, std::size_t length, const char* character = "a") {
  std::string repeated;
  for (std::size_t i = 0; i < length; ++i) repeated += character;
  return {{"type", type}, {"text", repeated}};
}
Json section(Json text) { return {{"type", "section"}, {"text", std::move(text)}}; }
Json button(std::size_t label) {
  return {{"type", "button"}, {"text", text("plain_text", label)}, {"action_id", "go"}};
}
Json actions(Json elements) { return {{"type", "actions"}, {"elements", std::move(elements)}}; }

TEST(BlockKit, FiftyBlocksAreTheMost) {
  EXPECT_THAT(problems(Json(std::vector<Json>(50, {{"type", "divider"}}))), IsEmpty());
  EXPECT_THAT(problems(Json(std::vector<Json>(51, {{"type", "divider"}}))),
              ElementsAre("no more than 50 items allowed [json-pointer:/blocks]"));
}

TEST(BlockKit, AMarkdownBlockCountsAsWhatItIsStoredAs) {
  Json blocks(std::vector<Json>(48, {{"type", "divider"}}));
  blocks.push_back({{"type", "markdown"}, {"text", "one\ntwo\n"}});
  EXPECT_THAT(problems(blocks), IsEmpty());
  blocks.back()["text"] = "# head\ntext\n---\n";
  EXPECT_THAT(problems(blocks),
              ElementsAre("no more than 50 items allowed [json-pointer:/blocks]"));
}

TEST(BlockKit, TypesThatDoNotExistAreNamed) {
  EXPECT_THAT(problems(one({{"type", "headline"}})),
              ElementsAre("unsupported type: headline [json-pointer:/blocks/0/type]"));
  EXPECT_THAT(problems(one(actions(Json::array({{{"type", "lever"}}})))),
              ElementsAre("unsupported type: lever [json-pointer:/blocks/0/elements/0/type]"));
}

TEST(BlockKit, ASectionNeedsTextOrFields) {
  EXPECT_THAT(problems(one({{"type", "section"}})),
              ElementsAre("must define either `text` or `fields` [json-pointer:/blocks/0/type]"));
}

struct Limit {
  const char* name;
  std::size_t most;
  Json (*block)(std::size_t length);
  const char* pointer;
};

class LimitTest : public ::testing::TestWithParam<Limit> {};

TEST_P(LimitTest, HoldsAtItsEdges) {
  const Limit& limit = GetParam();
  EXPECT_THAT(problems(one(limit.block(limit.most))), IsEmpty());
  EXPECT_THAT(problems(one(limit.block(limit.most + 1))),
              ElementsAre("must be less than " + std::to_string(limit.most + 1) +
                          " characters [json-pointer:" + limit.pointer + "]"));
  EXPECT_THAT(problems(one(limit.block(0))),
              ElementsAre(std::string("must be more than 0 characters [json-pointer:") +
                          limit.pointer + "]"));
}

Json with_button(const char* key, std::size_t length) {
  Json element = button(1);
  element[key] = std::string(length, 'a');
  return actions(Json::array({element}));
}

INSTANTIATE_TEST_SUITE_P(
    , LimitTest,
    ::testing::Values(
        Limit{"section", 3000, [](std::size_t n) { return section(text("mrkdwn", n)); },
              "/blocks/0/text/text"},
        Limit{"field", 2000,
              [](std::size_t n) {
                return Json{{"type", "section"}, {"fields", Json::array({text("mrkdwn", n)})}};
              },
              "/blocks/0/fields/0/text"},
        Limit{"header", 150,
              [](std::size_t n) {
                return Json{{"type", "header"}, {"text", text("plain_text", n)}};
              },
              "/blocks/0/text/text"},
        Limit{"button", 75, [](std::size_t n) { return actions(Json::array({button(n)})); },
              "/blocks/0/elements/0/text/text"},
        Limit{"value", 2000, [](std::size_t n) { return with_button("value", n); },
              "/blocks/0/elements/0/value"},
        Limit{"url", 3000, [](std::size_t n) { return with_button("url", n); },
              "/blocks/0/elements/0/url"},
        Limit{"action_id", 255, [](std::size_t n) { return with_button("action_id", n); },
              "/blocks/0/elements/0/action_id"},
        Limit{"block_id", 255,
              [](std::size_t n) {
                return Json{{"type", "divider"}, {"block_id", std::string(n, 'a')}};
              },
              "/blocks/0/block_id"}),
    [](const auto& each) { return each.param.name; });

TEST(BlockKit, CharactersAreCodePointsOrUtf16Units) {
  const Json blocks = one(section(text("mrkdwn", 3000, "\xF0\x9F\x94\x92")));
  EXPECT_THAT(problems(blocks, LengthUnit::kCodePoints), IsEmpty());
  EXPECT_THAT(problems(blocks, LengthUnit::kUtf16),
              ElementsAre("must be less than 3001 characters [json-pointer:/blocks/0/text/text]"));
}

TEST(BlockKit, WrongKindsOfTextMatchNoSchema) {
  EXPECT_THAT(problems(one({{"type", "header"}, {"text", text("mrkdwn", 1)}})),
              ElementsAre("failed to match all allowed schemas [json-pointer:/blocks/0/text]"));
  EXPECT_THAT(problems(one(section("just a string"))),
              ElementsAre("failed to match all allowed schemas [json-pointer:/blocks/0/text]"));
}

TEST(BlockKit, ArraysHaveFewestAndMost) {
  const auto context = [](std::size_t count) {
    return one({{"type", "context"}, {"elements", std::vector<Json>(count, text("mrkdwn", 1))}});
  };
  EXPECT_THAT(problems(context(10)), IsEmpty());
  EXPECT_THAT(problems(context(11)),
              ElementsAre("no more than 10 items allowed [json-pointer:/blocks/0/elements]"));
  EXPECT_THAT(problems(context(0)),
              ElementsAre("no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"));
}

TEST(BlockKit, IdsAreUnique) {
  EXPECT_THAT(problems(one(actions(Json::array({button(1), button(1)})))),
              ElementsAre("`action_id` \"go\" already exists "
                          "[json-pointer:/blocks/0/elements/1/action_id]"));
  const Json divider = {{"type", "divider"}, {"block_id", "same"}};
  EXPECT_THAT(problems(Json::array({divider, divider})),
              ElementsAre("`block_id` \"same\" already exists [json-pointer:/blocks/1/block_id]"));
}

TEST(BlockKit, PropertiesAreKnownAndThere) {
  EXPECT_THAT(problems(one({{"type", "divider"}, {"colour", "red"}})),
              ElementsAre("invalid additional property: colour [json-pointer:/blocks/0]"));
  EXPECT_THAT(problems(one({{"type", "header"}})),
              ElementsAre("missing required field: text [json-pointer:/blocks/0]"));
  Json bad = button(1);
  bad["style"] = "default";
  EXPECT_THAT(problems(one(actions(Json::array({bad})))),
              ElementsAre("must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"));
}

TEST(BlockKit, EverythingThatIsWrongIsSaid) {
  const Json blocks = Json::array({{{"type", "section"}}, {{"type", "nothing"}}});
  EXPECT_THAT(problems(blocks), ::testing::SizeIs(2));
}

TEST(BlockKit, NoShapeOfInputIsTooOdd) {
  for (const char* odd : {"[1]", "[null]", "[[]]", R"([{"type":1}])",
                          R"([{"type":"actions","elements":[{"type":"button","confirm":1}]}])",
                          R"([{"type":"section","text":null,"fields":{}}])",
                          R"([{"type":"context","elements":["x"]}])"}) {
    EXPECT_FALSE(problems(Json::parse(odd)).empty()) << odd;
  }
}

}  // namespace
}  // namespace notifyd::sim
