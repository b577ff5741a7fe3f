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

const std::string kTokenOnly = "[slack]\ntoken = \"t\"\n";
constexpr std::string_view kRoles = "[role_to_recipients]\n\"*\" = \"ops\"\n";

struct Read {
  Settings settings;
  std::vector<std::string> warnings, faults;
};

Read checked(const std::string& text, const std::vector<std::string>& others = {}) {
  Faults faults("f.toml");
  Checked read = check(*read_toml(text, "f.toml"), "f.toml", table(), faults, others);
  return {std::move(read.settings), std::move(read.warnings), faults.lines()};
}

std::vector<std::string> faults(const std::string& text) { return checked(text).faults; }

// The settings of a [slack] section with a token and these lines.
Settings settings(const std::string& lines) {
  auto result = checked("[slack]\ntoken = \"t\"\n" + lines + "\n" + std::string(kRoles));
  EXPECT_THAT(result.faults, IsEmpty());
  return result.settings;
}

std::string refusal(const std::string& text) {
  const auto found = faults(text);
  return found.empty() ? "accepted" : found.front();
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
  const auto& roles = result.settings.find("role_to_recipients")->table;
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
  EXPECT_EQ(refusal("[slac]\ntoken = \"t\"\n" + std::string(kRoles)),
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
  EXPECT_EQ(refusal("slack = \"t\"\n" + std::string(kRoles)),
            "f.toml:1:1: slack must be a section; write [slack] alone on its line");
  EXPECT_THAT(refusal("[[slack]]\ntoken = \"t\"\n" + std::string(kRoles)),
              HasSubstr("slack must be a section"));
  EXPECT_THAT(line_refusal("role_to_recipients = 1"), HasSubstr("unknown key"));
  EXPECT_THAT(refusal("role_to_recipients = \"ops\"\n[slack]\ntoken = \"t\"\n"),
              HasSubstr("must be a section, not a text; write [role_to_recipients]"));
}

TEST(Options, RecipientsOfTheWrongTypeAreNamedByTheirRole) {
  EXPECT_EQ(refusal(kTokenOnly + "[role_to_recipients]\n\"*\" = []\ndev = 5\n"),
            "f.toml:5:7: role_to_recipients.\"dev\" must be a text or a list of texts, not a "
            "number; write \"dev\" = \"...\" or \"dev\" = [\"...\", \"...\"]");
  EXPECT_THAT(refusal(kTokenOnly + "[role_to_recipients]\n\"*\" = []\ndev = [[\"a\"]]\n"),
              HasSubstr("role_to_recipients.\"dev\" must hold texts only, not a list"));
  EXPECT_THAT(refusal(kTokenOnly + "[role_to_recipients]\n\"*\" = []\ndev = \"\"\n"),
              HasSubstr("role_to_recipients.\"dev\" holds an empty text"));
}

TEST(Options, ADottedKeyOfATableIsToldToBeQuoted) {
  const std::string head = kTokenOnly + "[role_to_recipients]\n\"*\" = \"x\"\n";
  EXPECT_THAT(faults(head + "prod.admin = \"x\"\nprod.ops.eu = [\"y\"]\n"),
              ElementsAre("f.toml:5:6: role_to_recipients: a dot divides a key that is not in "
                          "quotes; write \"prod.admin\" = \"...\", with the quotes",
                          HasSubstr("f.toml:6:10: role_to_recipients: a dot divides a key that is "
                                    "not in quotes; write \"prod.ops.eu\" = ")));
  EXPECT_THAT(faults(head + "dev = {channels = [\"x\"]}\n"),
              ElementsAre("f.toml:5:7: role_to_recipients.\"dev\" must be a text or a list of "
                          "texts, not a section; write \"dev\" = \"...\" or \"dev\" = [\"...\", "
                          "\"...\"]"));
  EXPECT_THAT(faults(head + "[role_to_recipients.dev]\nx = \"y\"\n"),
              ElementsAre(HasSubstr("role_to_recipients.\"dev\" must be a text or a list")));
}

TEST(Options, AValueThatNobodyFilledInIsRefusedWhereItIs) {
  EXPECT_THAT(faults("[slack]\ntoken = \"/run/${NAME}\"\napi_url = \"{url}\"\nadmins = [\"a\", "
                     "\"$ADMIN\"]\n[role_to_recipients]\n\"*\" = [\"{{ channel }}\", \"<@U1>\"]\n"),
              ElementsAre(StartsWith("f.toml:2:9: slack.token names an environment variable"),
                          StartsWith("f.toml:3:11: slack.api_url is a template"),
                          StartsWith("f.toml:4:16: slack.admins names an environment variable"),
                          StartsWith("f.toml:6:8: role_to_recipients.\"*\" is a template")));
}

TEST(Options, ATextThatIsATemplateIsTakenAsItStands) {
  const std::vector<Option> options{{.name = "hook.body", .verbatim = true},
                                    {.name = "hook.title"}};
  Faults faults("f.toml");
  const auto tree = read_toml("[hook]\nbody = \"{{title}}\"\ntitle = \"{{title}}\"\n", "f.toml");
  const Checked read = check(*tree, "f.toml", options, faults);
  EXPECT_THAT(faults.lines(), ElementsAre(StartsWith("f.toml:3:9: hook.title is a template")));
  EXPECT_EQ(read.settings.text("hook.body"), "{{title}}");
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
  EXPECT_EQ(refusal("[slack]\ntoken = \" \"\n" + std::string(kRoles)),
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
  EXPECT_THAT(result.faults, IsEmpty());
  EXPECT_THAT(result.warnings,
              ElementsAre("f.toml:3:1: slack.recipients does nothing; write roles"));
}

TEST(Options, SectionsOfOthersAreLeftAlone) {
  const std::string text = "[teleport]\nx = 1\n[slack]\ntoken = \"t\"\n" + std::string(kRoles);
  EXPECT_THAT(checked(text, {"teleport"}).faults, IsEmpty());
  EXPECT_THAT(refusal(text), HasSubstr("unknown section [teleport]"));
}

TEST(Options, NoErrorQuotesTheValueOfASecret) {
  for (const char* line : {"token = [\"hush\"]", "token = {hush = 1}"}) {
    const std::string message =
        refusal("[slack]\n" + std::string(line) + "\n" + std::string(kRoles));
    EXPECT_THAT(message, HasSubstr("slack.token must be a text"));
    EXPECT_THAT(message, Not(HasSubstr("hush")));
  }
}

TEST(Options, MistakeInAFallbackNamesTheOption) {
  const std::vector<Option> broken{{.name = "limit", .type = Type::kInt, .fallback = "ten"}};
  Faults found;
  check(Tree(), "f.toml", broken, found);
  EXPECT_THAT(found.lines(), ElementsAre(StartsWith("the fallback of option limit: ")));
}

// ---- All at once ----

TEST(Options, EachIsJudgedWhateverIsWrongWithOthers) {
  EXPECT_THAT(faults("[slack]\nlimit = \"x\"\npatience = \"soon\"\nadmins = [1, \"a\", 2]\n"
                     "colour = 1\n[role_to_recipients]\na = 1\nb = [\"\"]\n"),
              ElementsAre(HasSubstr(":1:1: slack.token is missing"), HasSubstr(":2:9: slack.limit"),
                          HasSubstr(":3:12: slack.patience"), HasSubstr(":4:11: slack.admins"),
                          HasSubstr(":4:19: slack.admins"), HasSubstr(":5:1: unknown key"),
                          HasSubstr(":6:1: role_to_recipients has no \"*\""),
                          HasSubstr(":7:5: role_to_recipients.\"a\""),
                          HasSubstr(":8:6: role_to_recipients.\"b\"")));
}

TEST(Options, WhatIsWrongHasItsFallbackAndItsPlace) {
  const auto read = checked("[slack]\ntoken = \"t\"\nlimit = \"x\"\n" + std::string(kRoles));
  EXPECT_EQ(read.settings.integer("slack.limit"), 10);
  EXPECT_EQ(read.settings.find("slack.limit")->at.str(), "f.toml:3:9");
  EXPECT_TRUE(read.settings.wrong.contains("slack.limit"));
}

TEST(Options, AMisspeltOneIsReadAsWhatItWasMeantToBe) {
  const auto read = checked("[slac]\ntokn = 5\nlimt = 7\n[role_to_recipent]\n\"*\" = \"ops\"\n");
  EXPECT_THAT(read.faults,
              ElementsAre(HasSubstr(":1:2: unknown section [slac]; did you mean [slack]?"),
                          HasSubstr(":2:1: unknown key \"tokn\""),
                          HasSubstr(":2:8: slack.token must be a text"),
                          HasSubstr(":3:1: unknown key \"limt\""),
                          HasSubstr(":4:2: unknown section [role_to_recipent]")));
  EXPECT_EQ(read.settings.integer("slack.limit"), 7);
}

TEST(Options, AMisspeltOneDoesNotTakeThePlaceOfTheRightOne) {
  const auto read = checked("[slack]\ntokn = \"u\"\ntoken = \"t\"\n" + std::string(kRoles));
  EXPECT_EQ(read.faults.size(), 1U);
  EXPECT_EQ(read.settings.text("slack.token"), "t");
}

// ---- Whom a module's complaint is about ----

TEST(Settings, AComplaintIsAboutTheOptionOrTheEntryThatItBeginsWith) {
  const auto read = checked(
      "[slack]\ntoken = \"/run/token\"\nlimit = 3\n[role_to_recipients]\n\"*\" = \"ops\"\n"
      "\"dev.ops team\" = [\n  \"x\"\n]\n");
  const auto place = [&](const char* line) { return read.settings.subject_of(line).at.str(); };
  EXPECT_EQ(place("slack.limit is too small"), "f.toml:3:9");
  EXPECT_EQ(place("slack.limit: too small"), "f.toml:3:9");
  EXPECT_EQ(place("role_to_recipients.\"dev.ops team\" holds nobody"), "f.toml:6:18");
  EXPECT_EQ(place("role_to_recipients.\"*\": \"a b\" is no channel"), "f.toml:5:7");
  EXPECT_EQ(place("role_to_recipients has no \"*\""), "f.toml:4:1");
  EXPECT_EQ(place("slack.patience is too long"), "f.toml") << "not written";
  EXPECT_EQ(place("role_to_recipients.\"qa\" is not there"), "f.toml");
  EXPECT_EQ(place("the moon is missing"), "f.toml");
  EXPECT_EQ(read.settings.subject_of("slack.limit is").found, FoundIn::kText);
  EXPECT_EQ(read.settings.subject_of("slack.token is").found, FoundIn::kMachine) << "in a file";
}

TEST(Settings, WhatIsKnownToBeWrongCoversItsEntries) {
  const auto read = checked("[slack]\ntoken = \"t\"\n[role_to_recipients]\n\"*\" = 1\nb = \"x\"\n");
  const auto wrong = [&](const char* line) {
    return read.settings.is_wrong(read.settings.subject_of(line));
  };
  EXPECT_TRUE(wrong("role_to_recipients.\"*\" is odd"));
  EXPECT_FALSE(wrong("role_to_recipients.\"b\" is odd"));
  EXPECT_FALSE(wrong("slack.token is odd"));
  EXPECT_FALSE(wrong("the moon is odd"));
  const auto without = checked("[slack]\n");
  EXPECT_TRUE(without.settings.is_wrong(without.settings.subject_of("slack.token is empty")));
}

TEST(Settings, SecretIsReadFromItsFileEachTime) {
  const test::TempDir dir;
  const std::string path = dir.write("token", "one\n");
  const auto result = checked("[slack]\ntoken = \"" + path + "\"\n" + std::string(kRoles));
  EXPECT_EQ(*result.settings.secret("slack.token"), "one");
  dir.write("token", "two\n");
  EXPECT_EQ(*result.settings.secret("slack.token"), "two");
}

TEST(Settings, SecretWhoseFileIsMissingNamesKeyAndFile) {
  const auto result = checked("[slack]\ntoken = \"/nowhere/token\"\n" + std::string(kRoles));
  const auto secret = result.settings.secret("slack.token");
  ASSERT_FALSE(secret.ok());
  EXPECT_THAT(secret.error().message,
              StartsWith("f.toml:2:9: slack.token: file /nowhere/token cannot be read ("));
}

TEST(Settings, SecretThatIsNotSetIsNotFound) {
  EXPECT_EQ(Settings().secret("slack.token").error().code, Errc::kNotFound);
}

TEST(Check, KeyInASectionCanBeClaimedByAnotherReader) {
  const std::string text = kTokenOnly + "ca_file = 1\n" + std::string(kRoles);
  EXPECT_THAT(checked(text, {"slack.ca_file"}).faults, IsEmpty());
  EXPECT_THAT(
      checked("\"slack.ca_file\" = 1\n" + kTokenOnly + std::string(kRoles), {"slack.ca_file"})
          .faults,
      ElementsAre(HasSubstr("unknown key")))
      << "it is not the same at the top";
}

TEST(Check, ClaimedKeyIsKnownWhereOneLikeItIsWritten) {
  const std::string text = kTokenOnly + "ca_fil = 1\n" + std::string(kRoles);
  EXPECT_THAT(
      checked(text, {"slack.ca_file"}).faults,
      ElementsAre(HasSubstr("unknown key \"ca_fil\" in [slack]; did you mean \"ca_file\"?")));
}

TEST(Check, ClaimedKeyOutsideItsSectionIsToldWhereItBelongs) {
  const std::string text = "ca_file = 1\n" + kTokenOnly + std::string(kRoles);
  EXPECT_THAT(checked(text, {"slack.ca_file"}).faults,
              ElementsAre(HasSubstr("unknown key \"ca_file\"; it belongs under [slack]")));
}

TEST(Check, SectionMayHoldNothingButAClaimedKey) {
  const std::string text = kTokenOnly + "[other]\nca_file = 1\nmore = 2\n" + std::string(kRoles);
  EXPECT_THAT(checked(text, {"other.ca_file"}).faults,
              ElementsAre(HasSubstr("unknown key \"more\" in [other]; known here: ca_file")));
}

}  // namespace
}  // namespace notifyd::config
