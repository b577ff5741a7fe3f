#include "config/host_config.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace notifyd::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kHost = "[teleport]\nidentity = \"/id\"\n";

class HostConfigTest : public testing::Test {
 protected:
  std::string host(std::string_view text = kHost) { return dir_.write("notifyd.toml", text); }
  void instance(const std::string& file, std::string_view text = "") {
    dir_.write("conf.d/" + file, text);
  }
  std::string refusal(std::string_view text = kHost) {
    const auto config = load_notifyd_config(host(text));
    return config ? "accepted" : config.error().message;
  }
  std::string in_dir(const std::string& rest) const { return dir_.path() + rest; }

  test::TempDir dir_;
};

TEST_F(HostConfigTest, EveryFileOfConfDIsAnInstanceNamedByIt) {
  instance("work.toml", "module = \"slack\"\n");
  instance("slack.toml");
  instance(".hidden.toml", "broken");
  instance("notes.txt", "broken");
  instance("slack.toml.bak", "broken");
  const auto config = load_notifyd_config(host());
  ASSERT_TRUE(config.ok()) << config.error().message;
  ASSERT_EQ(config->instances.size(), 2U);
  EXPECT_EQ(config->instances[0].name, "slack");
  EXPECT_EQ(config->instances[0].module, "slack");
  EXPECT_EQ(config->instances[1].name, "work");
  EXPECT_EQ(config->instances[1].module, "slack");
  EXPECT_EQ(config->instances[1].file, in_dir("conf.d/work.toml"));
  EXPECT_FALSE(config->upstream_form);
}

TEST_F(HostConfigTest, FindsItsDirectoriesWhenTheFileNamesNone) {
  instance("slack.toml");
  const auto config = load_notifyd_config(host());
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_THAT(config->modules_dir, HasSubstr("/lib/teleport-notifyd/modules"));
  EXPECT_EQ(config->conf_d, in_dir("conf.d"));
  EXPECT_FALSE(config->runtime_dir.empty());
}

TEST_F(HostConfigTest, TakesTheDirectoriesThatTheFileNames) {
  dir_.write("elsewhere/slack.toml", "");
  const auto config =
      load_notifyd_config(host("modules_dir = \"/m\"\nruntime_dir = \"/r\"\nconf_d = \"" +
                               in_dir("elsewhere") + "\"\n" + std::string(kHost)));
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->modules_dir, "/m");
  EXPECT_EQ(config->runtime_dir, "/r");
  EXPECT_EQ(config->instances.size(), 1U);
}

TEST_F(HostConfigTest, AnyInstanceMayAllowInsecureAddresses) {
  instance("slack.toml", "allow_insecure = true\n");
  instance("work.toml");
  const auto config = load_notifyd_config(host());
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_TRUE(config->instances[0].allow_insecure);
  EXPECT_EQ(config->instances[0].allow_insecure_at.str(), in_dir("conf.d/slack.toml:1:18"));
  EXPECT_FALSE(config->instances[1].allow_insecure);
  EXPECT_TRUE(check_instance(config->instances[0], {}).ok())
      << "it is the host's, not the module's";
}

TEST_F(HostConfigTest, AllowInsecureIsTrueOrFalse) {
  instance("slack.toml", "allow_insecure = \"yes\"\n");
  EXPECT_EQ(refusal(), in_dir("conf.d/slack.toml:1:18: allow_insecure must be true or false; write "
                              "allow_insecure = true"));
}

TEST_F(HostConfigTest, RefusesAFileWhoseNameCannotNameAnInstance) {
  instance("My Slack.toml");
  EXPECT_EQ(refusal(), in_dir("conf.d/My Slack.toml") +
                           ": the file's name is the notifier's name and may hold a-z, 0-9, _ and "
                           "- only; rename the file, for example to slack-emea.toml");
}

TEST_F(HostConfigTest, RefusesAModuleThatIsNoName) {
  instance("slack.toml", "module = \"../slack\"\n");
  EXPECT_EQ(refusal(), in_dir("conf.d/slack.toml") +
                           ":1:10: module names no module; write module = \"slack\" for "
                           "libnotify_slack.so");
}

TEST_F(HostConfigTest, WithoutInstancesSaysWhereToPutOne) {
  dir_.write("conf.d/readme", "");
  EXPECT_EQ(refusal(),
            in_dir("notifyd.toml") + ": conf_d, which is " + in_dir("conf.d") +
                ", has no *.toml file; put one file for each notifier there, such as slack.toml "
                "(teleport-notifyd configure slack prints one)");
}

TEST_F(HostConfigTest, ConfDThatIsNotThereIsNamed) {
  EXPECT_THAT(refusal("conf_d = \"/nowhere\"\n" + std::string(kHost)),
              HasSubstr("conf_d, which is /nowhere, cannot be read (No such file or directory)"));
}

TEST_F(HostConfigTest, UnknownKeyAtTheTopNamesTheNearest) {
  EXPECT_EQ(
      refusal("module_dir = \"/m\"\n"),
      in_dir("notifyd.toml") + ":1:1: unknown key \"module_dir\"; did you mean \"modules_dir\"?");
}

TEST_F(HostConfigTest, UpstreamsFileGivenToThisProgramIsToldWhatToRun) {
  EXPECT_EQ(refusal("[teleport]\nidentity = \"/id\"\n[slack]\ntoken = \"t\"\n"),
            in_dir("notifyd.toml") +
                ":3:2: [slack] belongs in a file of conf.d, such as conf.d/slack.toml; move it "
                "there, or run this file as it is: teleport-slack start --config " +
                in_dir("notifyd.toml"));
}

TEST_F(HostConfigTest, TeleportSectionInConfDIsToldWhereItBelongs) {
  instance("slack.toml", "[teleport]\naddr = \"a:1\"\n");
  EXPECT_EQ(refusal(), in_dir("conf.d/slack.toml") +
                           ":1:2: [teleport] holds for all notifiers; move it to " +
                           in_dir("notifyd.toml"));
}

TEST_F(HostConfigTest, AnEmptyAddressSaysWhatToWrite) {
  EXPECT_THAT(refusal("[teleport]\naddr = \"\"\nidentity = \"/id\"\n"),
              StartsWith(in_dir("notifyd.toml") +
                         ":2:8: teleport.addr is empty; write addr = \"auth.example.com:3025\""));
}

TEST_F(HostConfigTest, AKeyThatLooksLikeATokenIsNotShown) {
  EXPECT_THAT(refusal("xoxb-1234-SECRET = 1\n"),
              HasSubstr(":1:1: unknown key \"xox...\"; known here: "));
}

TEST_F(HostConfigTest, WithoutConfDNamesThePlaceBesideTheFile) {
  EXPECT_THAT(refusal(), HasSubstr("conf_d, which is " + in_dir("conf.d") + ", cannot be read"));
}

TEST_F(HostConfigTest, ErrorsOfTheHostsSectionsComeWithTheirPlace) {
  EXPECT_THAT(refusal("[teleport]\naddr = \"a:1\"\n"),
              StartsWith(in_dir("notifyd.toml") + ":1:1: [teleport] has no credentials"));
  EXPECT_THAT(refusal("[log]\nseverity = \"loud\"\n" + std::string(kHost)),
              StartsWith(in_dir("notifyd.toml") + ":2:12: log.severity is not known"));
}

class InstanceTest : public testing::Test {
 protected:
  Result<Checked> checked(const std::string& text) {
    const std::string file = dir_.write("slack.toml", text);
    return check_instance({"slack", "slack", file, *read_toml_file(file), {"module"}},
                          {{.name = "slack.token", .required = true, .secret = true}});
  }
  test::TempDir dir_;
};

TEST_F(InstanceTest, IsCheckedAgainstItsModulesOptions) {
  EXPECT_TRUE(checked("module = \"slack\"\n[slack]\ntoken = \"t\"\n").ok());
  EXPECT_THAT(checked("[slack]\ntokn = \"t\"\n").error().message,
              HasSubstr("unknown key \"tokn\" in [slack]; did you mean \"token\"?"));
}

TEST_F(InstanceTest, WithAMistypedModuleKeyIsToldTheRightOne) {
  EXPECT_THAT(checked("modul = \"slack\"\n").error().message,
              HasSubstr("unknown key \"modul\"; did you mean \"module\"?"));
}

TEST_F(InstanceTest, WhoseTokenFileIsMissingIsRefused) {
  EXPECT_EQ(checked("[slack]\ntoken = \"/nowhere/token\"\n").error().message,
            dir_.path("slack.toml") +
                ":2:9: slack.token: file /nowhere/token cannot be read (No such file or "
                "directory); write the secret into that file, or name the file that has it");
}

TEST_F(InstanceTest, WhoseTokenFileIsEmptyIsRefused) {
  const std::string token = dir_.write("token", "\n");
  EXPECT_THAT(checked("[slack]\ntoken = \"" + token + "\"\n").error().message,
              HasSubstr(":2:9: slack.token: file " + token + " is empty; write the secret"));
}

}  // namespace
}  // namespace notifyd::config
