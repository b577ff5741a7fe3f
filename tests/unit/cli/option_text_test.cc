#include "cli/option_text.h"

#include <gmock/gmock.h>

#include "config/check.h"
#include "config/tree.h"

namespace notifyd::cli {
namespace {

using config::Option;
using config::Type;
using testing::HasSubstr;
using testing::Not;

std::vector<Option> options() {
  return {
      {.name = "role_to_recipients", .type = Type::kTable, .required = true, .help = "who"},
      {.name = "slack.token", .required = true, .secret = true, .help = "the bot's token"},
      {.name = "slack.wait", .type = Type::kDuration, .fallback = "1m30s"},
      {.name = "slack.limit", .type = Type::kInt, .fallback = "10"},
      {.name = "slack.notify", .type = Type::kBool, .fallback = "true"},
      {.name = "slack.admins", .type = Type::kList, .fallback = "[\"a\", \"b\"]"},
      {.name = "slack.greeting", .fallback = "say \"hi\""},
      {.name = "slack.recipients", .type = Type::kList, .ignored = true},
      {.name = "top"},
  };
}

TEST(OptionText, KindNamesTypeAndDefault) {
  EXPECT_EQ(kind_of(options()[1]), "text, secret, required");
  EXPECT_EQ(kind_of(options()[2]), "duration, default 1m30s");
}

TEST(OptionText, SampleSaysWhatEachOptionIs) {
  const std::string sample = sample_conf("slack", options());
  EXPECT_THAT(sample, HasSubstr("#module = \"slack\"\n"));
  EXPECT_THAT(
      sample,
      HasSubstr(
          "\n[slack]\n# The bot's token.\n# A value "
          "that begins with / is the path of a file that holds it.\n# Text, secret, required.\n"
          "token = \"\"\n"));
  EXPECT_THAT(sample, HasSubstr("#wait = \"1m30s\"\n"));
  EXPECT_THAT(sample, HasSubstr("#limit = 10\n"));
  EXPECT_THAT(sample, HasSubstr("#admins = [\"a\", \"b\"]\n"));
  EXPECT_THAT(sample, HasSubstr("#greeting = \"say \\\"hi\\\"\"\n"));
  EXPECT_THAT(sample, HasSubstr("[role_to_recipients]\n# Who.\n"));
  EXPECT_THAT(sample, Not(HasSubstr("recipients = ")));
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string refusal(const std::string& text) {
  const auto tree = config::read_toml(text, "slack.toml");
  if (!tree) return tree.error().message;
  config::Faults faults;
  config::check(*tree, "slack.toml", options(), faults);
  return faults.empty() ? "accepted" : faults.lines().front();
}

TEST(OptionText, SampleNeedsOnlyItsEmptyValuesFilledIn) {
  const std::string sample = sample_conf("slack", options());
  EXPECT_THAT(refusal(sample), HasSubstr("slack.token is empty; write token = "));
  EXPECT_EQ(refusal(replaced(sample, "token = \"\"", "token = \"t\"")), "accepted");
}

TEST(OptionText, SampleWithEveryCommentedKeySwitchedOnIsAccepted) {
  std::string sample = replaced(sample_conf("slack", options()), "token = \"\"", "token = \"t\"");
  sample = replaced(sample, "#module = \"slack\"\n", "");
  for (const char* key : {"wait", "limit", "notify", "admins", "greeting", "top", "\"key\""}) {
    sample = replaced(sample, "#" + std::string(key) + " =", std::string(key) + " =");
  }
  sample = replaced(sample, "[\"...\", \"...\"]", "[\"a\", \"b\"]");
  EXPECT_EQ(refusal(sample), "accepted");
}

}  // namespace
}  // namespace notifyd::cli
