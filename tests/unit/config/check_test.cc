#include "config/check.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace notifyd::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<Option> table() {
  return {
      {.name = "slack.token", .required = true, .secret = true, .help = "the bot's token"},
      {.name = "slack.api_url", .fallback = "https://slack.com/api/"},
      {.name = "slack.notify_requester", .type = Type::kBool, .fallback = "true"},
      {.name = "slack.limit", .type = Type::kInt, .fallback = "10"},
      {.name = "slack.patience", .type = Type::kDuration, .fallback = "1m30s"},
      {.name = "slack.admins", .type = Type::kList, .fallback = "[\"a\", \"b\"]"},
      {.name = "slack.recipients",
       .type = Type::kList,
       .ignored = true,
       .help = "does nothing; write roles"},
      {.name = "role_to_recipients", .type = Type::kTable, .required = true},
  };
}

constexpr std::string_view kRoles = "[role_to_recipients]\n\"*\" = \"ops\"\n";

Result<Checked> checked(const std::string& text, const std::vector<std::string>& others = {}) {
  return check(*read_toml(text, "f.toml"), "f.toml", table(), others);
}

// The settings of a [slack] section with a token and these lines.
Settings settings(const std::string& lines) {
  auto result = checked("[slack]\ntoken = \"t\"\n" + lines + "\n" + std::string(kRoles));
  EXPECT_TRUE(result.ok()) << (result ? "" : result.error().message);
  return result ? result->settings : Settings();
}

std::string refusal(const std::string& text) {
  const auto result = checked(text);
  return result ? "accepted" : result.error().message;
}

std::string line_refusal(const std::string& line) {
  return refusal("[slack]\ntoken = \"t\"\n" + line + "\n" + std::string(kRoles));
}

TEST(Options, GiveWhatIsWritten) {
  const Settings s = settings(
      "api_url = \"http://127.0.0.1/\"\nnotify_requester = false\nlimit = 3\npatience = \"2h\"\n"
      "admins = \"one\"");
  EXPECT_EQ(s.text("slack.api_url"), "http://127.0.0.1/");
  EXPECT_FALSE(s.flag("slack.notify_requester"));
  EXPECT_EQ(s.integer("slack.limit"), 3);
  EXPECT_EQ(s.integer("slack.patience"), 7'200'000);
  EXPECT_THAT(s.find("slack.admins")->values, ElementsAre("one"));
  EXPECT_TRUE(s.find("slack.limit")->set);
}

TEST(Options, GiveTheFallbackOfWhatIsNotWritten) {
  const Settings s = settings("");
  EXPECT_EQ(s.text("slack.api_url"), "https://slack.com/api/");
  EXPECT_TRUE(s.flag("slack.notify_requester"));
  EXPECT_EQ(s.integer("slack.limit"), 10);
  EXPECT_EQ(s.integer("slack.patience"), 90'000);
  EXPECT_THAT(s.find("slack.admins")->values, ElementsAre("a", "b"));
  EXPECT_FALSE(s.find("slack.limit")->set);
}

TEST(Options, TableTakesATextOrAListForAnyKey) {
  const auto result = checked(
      "[slack]\ntoken = \"t\"\n[role_to_recipients]\n\"*\" = []\n\"dev.ops\" = \"a\"\n"
      "dev = [\"b\", \"c\"]\n");
  ASSERT_TRUE(result.ok());
  const auto& roles = result->settings.find("role_to_recipients")->table;
  EXPECT_THAT(roles.at("*"), IsEmpty());
  EXPECT_THAT(roles.at("dev.ops"), ElementsAre("a"));
  EXPECT_THAT(roles.at("dev"), ElementsAre("b", "c"));
}

TEST(Options, UnknownKeyIsRefusedWithTheNearestKnownOne) {
  EXPECT_EQ(line_refusal("notify_requestor = true"),
            "f.toml:3:1: unknown key \"notify_requestor\" in [slack]; did you mean "
            "\"notify_requester\"?");
}

TEST(Options, UnknownSectionIsRefusedWithTheNearestKnownOne) {
  EXPECT_EQ(refusal("[slac]\ntoken = \"t\"\n"),
            "f.toml:1:2: unknown section [slac]; did you mean [slack]?");
}

TEST(Options, KeyInTheWrongPlaceIsToldWhereItBelongs) {
  EXPECT_EQ(refusal("token = \"t\"\n"),
            "f.toml:1:1: unknown key \"token\"; it belongs under [slack]");
}

TEST(Options, UnknownKeyThatIsNearNothingIsToldWhatIsKnown) {
  EXPECT_THAT(line_refusal("colour = 1"), HasSubstr("known here: admins, api_url, limit, "));
}

TEST(Options, DottedKeyInQuotesIsNotASection) {
  EXPECT_THAT(refusal("\"slack.token\" = \"t\"\n"), HasSubstr("unknown key \"slack.token\""));
}

TEST(Options, WrongTypesAreNamedWithWhatToWrite) {
  EXPECT_EQ(line_refusal("limit = \"007\""),
            "f.toml:3:9: slack.limit must be a whole number, not a text; write limit = 10 under "
            "[slack]");
  EXPECT_THAT(line_refusal("limit = 1.5"), HasSubstr("must be a whole number, not a fraction"));
  EXPECT_THAT(line_refusal("notify_requester = \"true\""),
              HasSubstr("must be true or false, not a text; write notify_requester = true"));
  EXPECT_THAT(line_refusal("api_url = 5"),
              HasSubstr("must be a text, not a number; write api_url"));
  EXPECT_THAT(line_refusal("api_url = []"), HasSubstr("must be a text, not a list"));
  EXPECT_THAT(line_refusal("patience = 90"),
              HasSubstr("must be a duration, not a number; write patience = \"1m30s\""));
  EXPECT_THAT(line_refusal("patience = \"soon\""),
              HasSubstr("slack.patience is no duration; write one such as \"1m30s\""));
  EXPECT_THAT(line_refusal("admins = 5"), HasSubstr("must be a text or a list of texts"));
  EXPECT_THAT(line_refusal("admins = [\"a\", 5]"),
              StartsWith("f.toml:3:16: slack.admins must hold texts only, not a number"));
}

TEST(Options, SectionAndValueAreNotTakenForEachOther) {
  EXPECT_EQ(refusal("slack = \"t\"\n"),
            "f.toml:1:1: slack must be a section; write [slack] alone on its line");
  EXPECT_THAT(refusal("[[slack]]\ntoken = \"t\"\n"), HasSubstr("slack must be a section"));
  EXPECT_THAT(line_refusal("role_to_recipients = 1"), HasSubstr("unknown key"));
  EXPECT_THAT(refusal("role_to_recipients = \"ops\"\n[slack]\ntoken = \"t\"\n"),
              HasSubstr("must be a section, not a text; write [role_to_recipients]"));
}

TEST(Options, RecipientsOfTheWrongTypeAreNamedByTheirRole) {
  EXPECT_EQ(refusal("[role_to_recipients]\ndev = 5\n"),
            "f.toml:2:7: role_to_recipients.\"dev\" must be a text or a list of texts, not a "
            "number; write \"dev\" = \"...\" or \"dev\" = [\"...\", \"...\"]");
  EXPECT_THAT(refusal("[role_to_recipients]\ndev = [[\"a\"]]\n"),
              HasSubstr("role_to_recipients.\"dev\" must hold texts only, not a list"));
  EXPECT_THAT(refusal("[role_to_recipients]\ndev = \"\"\n"),
              HasSubstr("role_to_recipients.\"dev\" holds an empty text"));
}

TEST(Options, MissingKeyPointsAtItsSection) {
  EXPECT_EQ(refusal("\n[slack]\n" + std::string(kRoles)),
            "f.toml:2:1: slack.token is missing; write token = \"...\" under [slack] (the bot's "
            "token)");
}

TEST(Options, MissingSectionPointsAtTheFile) {
  EXPECT_THAT(refusal(std::string(kRoles)),
              StartsWith("f.toml:1:1: slack.token is missing; write"));
}

TEST(Options, EmptyRequiredTextIsMissingToo) {
  EXPECT_EQ(refusal("[slack]\ntoken = \" \"\n"),
            "f.toml:2:9: slack.token is empty; write token = \"...\" under [slack]");
}

TEST(Options, RequiredTableNeedsAStarAndAnEmptyListIsEnough) {
  EXPECT_EQ(refusal("[slack]\ntoken = \"t\"\n[role_to_recipients]\ndev = \"a\"\n"),
            "f.toml:3:1: role_to_recipients has no \"*\", which is for all that have no line of "
            "their own; write \"*\" = [\"...\"] under [role_to_recipients], or \"*\" = [] for "
            "none");
  EXPECT_THAT(refusal("[slack]\ntoken = \"t\"\n"),
              HasSubstr("role_to_recipients is missing; write [role_to_recipients] and under it "
                        "\"*\" = \"...\""));
  EXPECT_EQ(refusal("[slack]\ntoken = \"t\"\n[role_to_recipients]\n\"*\" = []\n"), "accepted");
}

TEST(Options, WhatDoesNothingIsAWarning) {
  const auto result = checked("[slack]\ntoken = \"t\"\nrecipients = 5\n" + std::string(kRoles));
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->warnings,
              ElementsAre("f.toml:3:1: slack.recipients does nothing; write roles"));
}

TEST(Options, SectionsOfOthersAreLeftAlone) {
  const std::string text = "[teleport]\nx = 1\n[slack]\ntoken = \"t\"\n" + std::string(kRoles);
  EXPECT_TRUE(checked(text, {"teleport"}).ok());
  EXPECT_THAT(refusal(text), HasSubstr("unknown section [teleport]"));
}

TEST(Options, NoErrorQuotesTheValueOfASecret) {
  for (const char* line : {"token = [\"hush\"]", "token = {hush = 1}"}) {
    const std::string message = refusal("[slack]\n" + std::string(line) + "\n");
    EXPECT_THAT(message, HasSubstr("slack.token must be a text"));
    EXPECT_THAT(message, Not(HasSubstr("hush")));
  }
}

TEST(Options, MistakeInAFallbackNamesTheOption) {
  const std::vector<Option> broken{{.name = "limit", .type = Type::kInt, .fallback = "ten"}};
  const auto result = check(Tree(), "f.toml", broken);
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, StartsWith("the fallback of option limit: "));
}

TEST(Settings, SecretIsReadFromItsFileEachTime) {
  const test::TempDir dir;
  const std::string path = dir.write("token", "one\n");
  const auto result = checked("[slack]\ntoken = \"" + path + "\"\n" + std::string(kRoles));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result->settings.secret("slack.token"), "one");
  dir.write("token", "two\n");
  EXPECT_EQ(*result->settings.secret("slack.token"), "two");
}

TEST(Settings, SecretWhoseFileIsMissingNamesKeyAndFile) {
  const auto result = checked("[slack]\ntoken = \"/nowhere/token\"\n" + std::string(kRoles));
  ASSERT_TRUE(result.ok());
  const auto secret = result->settings.secret("slack.token");
  ASSERT_FALSE(secret.ok());
  EXPECT_THAT(secret.error().message,
              StartsWith("f.toml:2:9: slack.token: file /nowhere/token cannot be read ("));
}

TEST(Settings, SecretThatIsNotSetIsNotFound) {
  EXPECT_EQ(Settings().secret("slack.token").error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace notifyd::config
