#include <gmock/gmock.h>

#include "config/host_config.h"
#include "support/temp_dir.h"

namespace notifyd::config {
namespace {

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
  Result<HostConfig> load(const std::string& text) {
    return load_upstream_config(dir_.write("teleport-slack.toml", text));
  }
  // The Slack part, checked, of a file that loads.
  Result<Checked> slack(const std::string& text) {
    const auto config = load(text);
    if (!config) return config.error();
    return check_instance(config->instances.front(), slack_options());
  }
  std::string at(const std::string& rest) const { return dir_.path("teleport-slack.toml:") + rest; }

  test::TempDir dir_;
};

TEST_F(UpstreamConfig, IsOneInstanceOfTheSlackModule) {
  const auto config = load(
      "[teleport]\naddr = \"example.com:3025\"\nidentity = \"/id\"\nrefresh_identity = true\n" +
      kRest + "[log]\noutput = \"stderr\"\nseverity = \"INFO\"\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_TRUE(config->upstream_form);
  EXPECT_EQ(config->teleport.addr, "example.com:3025");
  EXPECT_TRUE(config->teleport.refresh_identity);
  ASSERT_EQ(config->instances.size(), 1U);
  EXPECT_EQ(config->instances[0].name, "slack");
  EXPECT_EQ(config->instances[0].module, "slack");
  EXPECT_THAT(config->warnings, IsEmpty());
  EXPECT_TRUE(check_instance(config->instances[0], slack_options()).ok());
}

TEST_F(UpstreamConfig, MayNameTheUserWhoKeepsTheIdentity) {
  const auto config = load("[teleport]\nidentity = \"/id\"\nidentity_owner = \"970\"\n" + kRest);
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->teleport.identity_owner, 970U);
}

TEST_F(UpstreamConfig, KeysAreMatchedWithoutRegardToCaseAndRolesAreNot) {
  const auto checked = slack(
      "[Teleport]\nIdentity = \"/id\"\n[Slack]\nToken = \"t\"\nAPIURL = \"http://x/\"\n"
      "[role_to_recipients]\n\"*\" = \"a\"\nDev = \"b\"\n");
  ASSERT_TRUE(checked.ok()) << checked.error().message;
  EXPECT_EQ(checked->settings.text("slack.token"), "t");
  EXPECT_EQ(checked->settings.text("slack.apiurl"), "http://x/");
  EXPECT_TRUE(checked->settings.find("role_to_recipients")->table.contains("Dev"));
}

TEST_F(UpstreamConfig, MayAllowInsecureAddressesToo) {
  const auto config = load("allow_insecure = true\n" + kTeleport + kRest);
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_TRUE(config->instances[0].allow_insecure);
  EXPECT_EQ(config->instances[0].allow_insecure_at.str(), at("1:18"));
  EXPECT_TRUE(check_instance(config->instances[0], slack_options()).ok());
}

TEST_F(UpstreamConfig, SameKeyInTwoCasesIsRefused) {
  EXPECT_EQ(load(kTeleport + "[slack]\ntoken = \"t\"\nToken = \"u\"\n").error().message,
            at("5:1: \"Token\" is there twice, in line 4 too; keep one of them"));
}

TEST_F(UpstreamConfig, KeysOfOlderReleasesAreWarnings) {
  const auto config = load(kTeleport + "[http]\nlisten = \":8081\"\n[http.basic_auth]\n" + kRest);
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_THAT(config->warnings,
              ElementsAre(at("3:2: [http] does nothing, Slack calls nobody back; remove it")));
  const auto checked = slack(kTeleport +
                             "[slack]\ntoken = \"t\"\nsecret = \"s\"\nrecipients = [\"a\"]\n"
                             "[role_to_recipients]\n\"*\" = \"a\"\n");
  ASSERT_TRUE(checked.ok()) << checked.error().message;
  EXPECT_THAT(checked->warnings, ElementsAre(at("5:1: slack.secret does nothing; remove it"),
                                             at("6:1: slack.recipients does nothing; remove it")));
}

TEST_F(UpstreamConfig, UnknownKeysAreRefusedWithTheNearest) {
  EXPECT_EQ(load("[teleport]\nidentty = \"/id\"\n").error().message,
            at("2:1: unknown key \"identty\" in [teleport]; did you mean \"identity\"?"));
  EXPECT_EQ(slack(kTeleport + "[slack]\ntokn = \"t\"\n").error().message,
            at("4:1: unknown key \"tokn\" in [slack]; did you mean \"token\"?"));
  EXPECT_EQ(slack(kTeleport + "[logs]\n" + kRest).error().message,
            at("3:2: unknown section [logs]; did you mean [log]?"));
}

TEST_F(UpstreamConfig, ReviewThatIsOffIsAcceptedInSilence) {
  const auto config = load(kTeleport + kRest + "[review]\nenabled = false\napp_token = \"x\"\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_THAT(config->warnings, IsEmpty());
}

TEST_F(UpstreamConfig, ReviewThatIsOnIsAWarning) {
  const auto config = load(kTeleport + kRest +
                           "[review]\nenabled = true\napp_token = \"x\"\n"
                           "slack_user_id_trait = \"y\"\nallow_email_username_match = true\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_THAT(config->warnings,
              ElementsAre(HasSubstr("reviewing from Slack is not part of this version")));
}

TEST_F(UpstreamConfig, HostSectionThatIsAValueIsRefused) {
  EXPECT_THAT(load("log = \"stderr\"\n" + kTeleport).error().message,
              HasSubstr("log must be a section; write [log]"));
}

}  // namespace
}  // namespace notifyd::config
