#include <gmock/gmock.h>

#include <filesystem>

#include "config/host_config.h"
#include "support/temp_dir.h"

namespace notifyd::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kTeleport = "[teleport]\nidentity = \"/id\"\n";
const std::string kRest = "[slack]\ntoken = \"t\"\n[role_to_recipients]\n\"*\" = \"Ops\"\n";

// As the Slack module's table has it.
std::vector<Option> slack_options() {
  return {{.name = "slack.token", .required = true, .secret = true},
          {.name = "slack.apiurl"},
          {.name = "slack.recipients", .type = Type::kList, .ignored = true},
          {.name = "slack.secret", .secret = true, .ignored = true},
          {.name = "role_to_recipients", .type = Type::kTable, .required = true}};
}

class UpstreamConfig : public testing::Test {
 protected:
  HostConfig load(const std::string& text) {
    return load_upstream_config(dir_.write("teleport-slack.toml", text));
  }
  // With the Slack part checked too.
  struct Read {
    Settings settings;
    std::vector<std::string> warnings, faults;
  };
  Read slack(const std::string& text) {
    HostConfig config = load(text);
    Checked checked = check_instance(config.instances.at(0), slack_options(), config.faults);
    std::vector<std::string> warnings = config.warnings;
    warnings.insert(warnings.end(), checked.warnings.begin(), checked.warnings.end());
    return {std::move(checked.settings), std::move(warnings), config.faults.lines()};
  }
  std::vector<std::string> faults(const std::string& text) { return slack(text).faults; }
  std::string at(const std::string& rest) const { return dir_.path("teleport-slack.toml:") + rest; }

  test::TempDir dir_;
};

TEST_F(UpstreamConfig, IsOneInstanceOfTheSlackModule) {
  const auto config = load(
      "[teleport]\naddr = \"example.com:3025\"\nidentity = \"/id\"\nrefresh_identity = true\n" +
      kRest + "[log]\noutput = \"stderr\"\nseverity = \"INFO\"\n");
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_TRUE(config.upstream_form);
  EXPECT_THAT(config.clusters.front().addrs, ::testing::ElementsAre("example.com:3025"));
  EXPECT_TRUE(config.clusters.front().refresh_identity);
  ASSERT_EQ(config.instances.size(), 1U);
  EXPECT_EQ(config.instances[0].name, "slack");
  EXPECT_EQ(config.instances[0].module, "slack");
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST_F(UpstreamConfig, MayNameTheUserWhoKeepsTheIdentity) {
  const auto config = load("[teleport]\nidentity = \"/id\"\nidentity_owner = \"970\"\n" + kRest);
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_EQ(config.clusters.front().identity_owner, 970U);
}

TEST_F(UpstreamConfig, MayNameTheCasOfSlack) {
  const auto checked = slack(
      "[teleport]\nidentity = \"/id\"\n[slack]\ntoken = \"t\"\nca_file = "
      "\"/etc/ca.pem\"\n[role_to_recipients]\n\"*\" = \"a\"\n");
  EXPECT_THAT(checked.faults, IsEmpty());
  const auto config = load_upstream_config(dir_.path("teleport-slack.toml"));
  EXPECT_EQ(config.instances.at(0).ca_file, "/etc/ca.pem");
  EXPECT_EQ(config.instances.at(0).ca_file_at.str(), at("5:11"));
}

TEST_F(UpstreamConfig, KeysAreMatchedWithoutRegardToCaseAndRolesAreNot) {
  const auto checked = slack(
      "[Teleport]\nIdentity = \"/id\"\n[Slack]\nToken = \"t\"\nAPIURL = \"http://x/\"\n"
      "[role_to_recipients]\n\"*\" = \"a\"\nDev = \"b\"\n");
  EXPECT_THAT(checked.faults, IsEmpty());
  EXPECT_EQ(checked.settings.text("slack.token"), "t");
  EXPECT_EQ(checked.settings.text("slack.apiurl"), "http://x/");
  EXPECT_TRUE(checked.settings.find("role_to_recipients")->table.contains("Dev"));
}

TEST_F(UpstreamConfig, MayAllowInsecureAddressesToo) {
  const auto config = load("allow_insecure = true\n" + kTeleport + kRest);
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_TRUE(config.instances[0].allow_insecure);
  EXPECT_EQ(config.instances[0].allow_insecure_at.str(), at("1:18"));
  EXPECT_THAT(faults("allow_insecure = true\n" + kTeleport + kRest), IsEmpty());
}

TEST_F(UpstreamConfig, SameKeyInTwoCasesIsRefused) {
  EXPECT_THAT(faults(kTeleport + "[slack]\ntoken = \"t\"\nToken = \"u\"\n"),
              Contains(at("5:1: \"Token\" is there twice, in line 4 too; keep one of them")));
}

TEST_F(UpstreamConfig, KeysOfOlderReleasesAreWarnings) {
  const auto config = load(kTeleport + "[http]\nlisten = \":8081\"\n[http.basic_auth]\n" + kRest);
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_THAT(config.warnings,
              ElementsAre(at("3:2: [http] does nothing, Slack calls nobody back; remove it")));
  const auto checked = slack(kTeleport +
                             "[slack]\ntoken = \"t\"\nsecret = \"s\"\nrecipients = [\"a\"]\n"
                             "[role_to_recipients]\n\"*\" = \"a\"\n");
  EXPECT_THAT(checked.faults, IsEmpty());
  EXPECT_THAT(checked.warnings, ElementsAre(at("5:1: slack.secret does nothing; remove it"),
                                            at("6:1: slack.recipients does nothing; remove it")));
}

TEST_F(UpstreamConfig, UnknownKeysAreRefusedWithTheNearest) {
  EXPECT_THAT(faults("[teleport]\nidentty = \"/id\"\n" + kRest),
              ElementsAre(at("2:1: unknown key \"identty\" in [teleport]; did you mean "
                             "\"identity\"?")));
  EXPECT_THAT(faults(kTeleport + "[slack]\ntokn = \"t\"\n"),
              Contains(at("4:1: unknown key \"tokn\" in [slack]; did you mean \"token\"?")));
  EXPECT_EQ(faults(kTeleport + "[logs]\n" + kRest).at(0),
            at("3:2: unknown section [logs]; did you mean [log]?"));
}

TEST_F(UpstreamConfig, ReviewThatIsOffIsAcceptedInSilence) {
  const auto config = load(kTeleport + kRest + "[review]\nenabled = false\napp_token = \"x\"\n");
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST_F(UpstreamConfig, ReviewThatIsOnIsAWarning) {
  const auto config = load(kTeleport + kRest +
                           "[review]\nenabled = true\napp_token = \"x\"\n"
                           "slack_user_id_trait = \"y\"\nallow_email_username_match = true\n");
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_THAT(config.warnings,
              ElementsAre(HasSubstr("reviewing from Slack is not part of this version")));
}

TEST_F(UpstreamConfig, HostSectionThatIsAValueIsRefused) {
  EXPECT_THAT(faults("log = \"stderr\"\n" + kTeleport + kRest),
              ElementsAre(HasSubstr("log must be a section; write [log]")));
}

TEST_F(UpstreamConfig, EverythingThatIsWrongIsSaidAtOnce) {
  EXPECT_THAT(
      faults("[teleport]\nadrr = \"a:1\"\n[slack]\ntokn = \"t\"\n"
             "[role_to_recipients]\ndev = [1, \"x\", \"\"]\n[log]\nseverity = \"loud\"\n"),
      ElementsAre(HasSubstr(":1:1: [teleport] has no credentials"),
                  HasSubstr(":2:1: unknown key \"adrr\""), HasSubstr(":4:1: unknown key \"tokn\""),
                  HasSubstr(":5:1: role_to_recipients has no \"*\""),
                  HasSubstr(":6:8: role_to_recipients.\"dev\" must hold texts only"),
                  HasSubstr(":6:16: role_to_recipients.\"dev\" holds an empty text"),
                  HasSubstr(":8:12: log.severity is not known")));
}

TEST_F(UpstreamConfig, ATokenThatOthersMayReadIsAWarningInTheFileAndInItsOwn) {
  const std::string token = dir_.write("token", "t\n");
  std::filesystem::permissions(token, std::filesystem::perms(0644));
  const auto own = slack(kTeleport + "[slack]\ntoken = \"" + token +
                         "\"\n[role_to_recipients]\n\"*\" = \"a\"\n");
  EXPECT_THAT(own.faults, IsEmpty());
  EXPECT_THAT(own.warnings, ElementsAre(HasSubstr(":4:9: slack.token: " + token +
                                                  " holds a secret "
                                                  "and can be read by everybody; run chmod")));
  load(kTeleport + kRest);
  std::filesystem::permissions(dir_.path("teleport-slack.toml"), std::filesystem::perms(0644));
  HostConfig config = load_upstream_config(dir_.path("teleport-slack.toml"));
  const Checked checked = check_instance(config.instances.at(0), slack_options(), config.faults);
  EXPECT_THAT(checked.warnings,
              ElementsAre(HasSubstr("teleport-slack.toml holds a secret and can be read by")));
}

// ---- What upstream takes, or took ----

TEST_F(UpstreamConfig, RecipientsWithoutAMapBecomeItsStar) {
  const auto read =
      slack(kTeleport + "[slack]\ntoken = \"t\"\nrecipients = [\"a\", \"b@x.org\"]\n");
  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_THAT(read.warnings, ElementsAre(at("5:1: slack.recipients is the old form of "
                                            "[role_to_recipients] and is taken for \"*\" there; "
                                            "write [role_to_recipients] and under it \"*\" = "
                                            "[\"...\"] with the same recipients")));
  const auto* roles = read.settings.find("role_to_recipients");
  ASSERT_NE(roles, nullptr);
  EXPECT_THAT(roles->table.at("*"), ElementsAre("a", "b@x.org"));
  EXPECT_EQ(roles->table_at.at("*").str(), at("5:14"));
}

TEST_F(UpstreamConfig, RecipientsThatAreEmptyAreNobodysStar) {
  EXPECT_THAT(faults(kTeleport + "[slack]\ntoken = \"t\"\nrecipients = []\n"),
              ElementsAre(HasSubstr("role_to_recipients is missing")));
}

TEST_F(UpstreamConfig, AnEmptyListBesideAStarCountsAsNotWritten) {
  const auto read = slack(kTeleport +
                          "[slack]\ntoken = \"t\"\n[role_to_recipients]\n\"*\" = \"ops\"\n"
                          "\"dev\" = []\n");
  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_FALSE(read.settings.find("role_to_recipients")->table.contains("dev"));
  EXPECT_THAT(read.warnings,
              ElementsAre(at("7:9: role_to_recipients.\"dev\" is empty and counts as not written, "
                             "as it always did in this file: \"*\" is told; remove the line, or "
                             "name who is to be told")));
}

TEST_F(UpstreamConfig, AStarMayBeEmptyOnPurpose) {
  const auto read = slack(kTeleport + "[slack]\ntoken = \"t\"\n[role_to_recipients]\n\"*\" = []\n");
  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_THAT(read.settings.find("role_to_recipients")->table.at("*"), IsEmpty());
}

TEST_F(UpstreamConfig, SeveritiesOfUpstreamAreKnown) {
  for (const char* severity : {"trace", "TRACE", "debug"}) {
    const std::string log = "[log]\nseverity = \"" + std::string(severity) + "\"\n";
    EXPECT_THAT(faults(kTeleport + kRest + log), IsEmpty()) << severity;
    EXPECT_EQ(load(kTeleport + kRest + log).log.severity, Severity::kDebug) << severity;
  }
  EXPECT_EQ(load(kTeleport + kRest + "[log]\nseverity = \"\"\n").log.severity, Severity::kInfo);
}

TEST_F(UpstreamConfig, RefreshIntervalMayBeANumberOfNanoseconds) {
  const std::string text = kTeleport + "refresh_identity_interval = 120000000000\n" + kRest;
  EXPECT_THAT(faults(text), IsEmpty());
  EXPECT_EQ(load(text).clusters.front().refresh_identity_interval, std::chrono::minutes(2));
}

TEST_F(UpstreamConfig, RefreshIntervalOfNothingIsTheDefault) {
  const std::string text = kTeleport + "refresh_identity_interval = \"0s\"\n" + kRest;
  EXPECT_THAT(faults(text), IsEmpty());
  EXPECT_EQ(load(text).clusters.front().refresh_identity_interval, std::chrono::minutes(1));
}

}  // namespace
}  // namespace notifyd::config
