#include "config/host_config.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace notifyd::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kHost = "[teleport]\nidentity = \"/id\"\n";

class HostConfigTest : public testing::Test {
 protected:
  std::string host(std::string_view text = kHost) { return dir_.write("notifyd.toml", text); }
  void instance(const std::string& file, std::string_view text = "") {
    dir_.write("conf.d/" + file, text);
  }
  std::vector<std::string> faults(std::string_view text = kHost) {
    return load_notifyd_config(host(text)).faults.lines();
  }
  std::string refusal(std::string_view text = kHost) {
    const auto found = faults(text);
    return found.empty() ? "accepted" : found.front();
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
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  ASSERT_EQ(config.instances.size(), 2U);
  EXPECT_EQ(config.instances[0].name, "slack");
  EXPECT_EQ(config.instances[0].module, "slack");
  EXPECT_EQ(config.instances[1].name, "work");
  EXPECT_EQ(config.instances[1].module, "slack");
  EXPECT_EQ(config.instances[1].file, in_dir("conf.d/work.toml"));
  EXPECT_FALSE(config.upstream_form);
}

TEST_F(HostConfigTest, FindsItsDirectoriesWhenTheFileNamesNone) {
  instance("slack.toml");
  const auto config = load_notifyd_config(host());
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_THAT(config.modules_dir, HasSubstr("/lib/teleport-notifyd/modules"));
  EXPECT_EQ(config.conf_d, in_dir("conf.d"));
  EXPECT_FALSE(config.runtime_dir.empty());
}

TEST_F(HostConfigTest, TakesTheDirectoriesThatTheFileNames) {
  dir_.write("elsewhere/slack.toml", "");
  const auto config =
      load_notifyd_config(host("modules_dir = \"/m\"\nruntime_dir = \"/r\"\nconf_d = \"" +
                               in_dir("elsewhere") + "\"\n" + std::string(kHost)));
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_EQ(config.modules_dir, "/m");
  EXPECT_EQ(config.runtime_dir, "/r");
  EXPECT_EQ(config.instances.size(), 1U);
}

TEST_F(HostConfigTest, AnyInstanceMayAllowInsecureAddresses) {
  instance("slack.toml", "allow_insecure = true\n");
  instance("work.toml");
  const auto config = load_notifyd_config(host());
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_TRUE(config.instances[0].allow_insecure);
  EXPECT_EQ(config.instances[0].allow_insecure_at.str(), in_dir("conf.d/slack.toml:1:18"));
  EXPECT_FALSE(config.instances[1].allow_insecure);
  Faults found;
  check_instance(config.instances[0], {}, found);
  EXPECT_THAT(found.lines(), IsEmpty()) << "it is the host's, not the module's";
}

TEST_F(HostConfigTest, AllowInsecureIsTrueOrFalse) {
  instance("slack.toml", "allow_insecure = \"yes\"\n");
  EXPECT_EQ(refusal(), in_dir("conf.d/slack.toml:1:18: allow_insecure must be true or false; write "
                              "allow_insecure = true"));
}

TEST_F(HostConfigTest, CaFileStandsInTheSectionOfTheModuleAndIsTheHosts) {
  instance("work.toml", "module = \"slack\"\n[slack]\nca_file = \"/etc/ca.pem\"\n");
  const auto config = load_notifyd_config(host());
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_EQ(config.instances.at(0).ca_file, "/etc/ca.pem");
  EXPECT_EQ(config.instances.at(0).ca_file_at.str(), in_dir("conf.d/work.toml:3:11"));
  Faults found;
  const Checked checked = check_instance(config.instances.at(0), {}, found);
  EXPECT_THAT(found.lines(), IsEmpty());
  EXPECT_EQ(checked.settings.find("slack.ca_file"), nullptr);
}

TEST_F(HostConfigTest, CaFileIsAText) {
  instance("slack.toml", "[slack]\nca_file = [\"/etc/ca.pem\"]\n");
  EXPECT_EQ(refusal(), in_dir("conf.d/slack.toml:2:11: slack.ca_file must be a text, not a list; "
                              "write ca_file = \"...\" under [slack]"));
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

TEST_F(HostConfigTest, RefusesASumThatIsNone) {
  instance("slack.toml", "sha256 = \"abc\"\n");
  EXPECT_THAT(refusal(), HasSubstr("slack.toml:1:10: sha256 must be 64 hexadecimal digits"));
}

TEST_F(HostConfigTest, WithoutInstancesSaysWhereToPutOneAndGoesOn) {
  dir_.write("conf.d/readme", "");
  const HostConfig config = load_notifyd_config(host());
  EXPECT_TRUE(config.faults.empty());
  EXPECT_THAT(config.warnings,
              ElementsAre(in_dir("notifyd.toml") + ": conf_d, which is " + in_dir("conf.d") +
                          ", has no *.toml file yet; put one file for each notifier there, such as "
                          "slack.toml (teleport-notifyd configure slack prints one) and reload"));
}

TEST_F(HostConfigTest, ConfDThatIsNotThereIsNamed) {
  EXPECT_THAT(refusal("conf_d = \"/nowhere\"\n" + std::string(kHost)),
              HasSubstr("conf_d, which is /nowhere, cannot be read (No such file or directory)"));
}

TEST_F(HostConfigTest, UnknownKeyAtTheTopNamesTheNearest) {
  EXPECT_EQ(
      refusal("module_dir = \"/m\"\n" + std::string(kHost)),
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
  EXPECT_THAT(
      refusal("[teleport]\naddr = \"\"\nidentity = \"/id\"\n"),
      StartsWith(in_dir("notifyd.toml") +
                 ":2:8: teleport.addr is empty; write addr = \"teleport.example.com:443\""));
}

TEST_F(HostConfigTest, AKeyThatLooksLikeATokenIsNotShown) {
  EXPECT_THAT(refusal("xoxb-1234-SECRET = 1\n" + std::string(kHost)),
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

// ---- All at once ----

TEST_F(HostConfigTest, EverythingThatIsWrongIsSaidInTheOrderOfTheFile) {
  instance("slack.toml");
  const std::string at = in_dir("notifyd.toml");
  EXPECT_THAT(faults("module_dir = \"/m\"\n[teleport]\naddr = 5\nclient_key = \"/k\"\n"
                     "refresh_identity = \"yes\"\n[log]\nseverity = \"loud\"\n[delivery]\n"
                     "claim_time = \"1s\"\nresync_interval = \"1s\"\n"),
              ElementsAre(StartsWith(at + ":1:1: unknown key \"module_dir\""),
                          StartsWith(at + ":3:8: teleport.addr must be a text"),
                          StartsWith(at + ":4:14: [teleport] has client_key without"),
                          StartsWith(at + ":5:20: teleport.refresh_identity must be true"),
                          StartsWith(at + ":7:12: log.severity is not known"),
                          StartsWith(at + ":9:14: delivery.claim_time must be"),
                          StartsWith(at + ":10:19: delivery.resync_interval is shorter")));
}

TEST_F(HostConfigTest, EachFileOfConfDIsJudgedWhateverTheOthersHold) {
  instance("a.toml", "module = \"slack\"\ntoken = \"x\n");
  instance("b.toml", "module = \"../x\"\nallow_insecure = 1\n[log]\n");
  instance("c d.toml", "module = \"slack\"\n");
  instance("slack.toml");
  const auto config = load_notifyd_config(host("[teleport]\n"));
  EXPECT_THAT(config.faults.lines(),
              ElementsAre(StartsWith(in_dir("notifyd.toml:1:1: [teleport] has no credentials")),
                          StartsWith(in_dir("conf.d/a.toml:2:11: a text is not closed")),
                          StartsWith(in_dir("conf.d/b.toml:1:10: module names no module")),
                          StartsWith(in_dir("conf.d/b.toml:2:18: allow_insecure must be true")),
                          StartsWith(in_dir("conf.d/b.toml:3:2: [log] holds for all notifiers")),
                          StartsWith(in_dir("conf.d/c d.toml: the file's name"))));
  EXPECT_EQ(config.instances.size(), 2U) << "those whose module is known";
}

TEST_F(HostConfigTest, WhatIsNoTomlHidesNoOtherFile) {
  instance("slack.toml", "[log]\n");
  EXPECT_THAT(faults("[teleport\n"),
              ElementsAre(StartsWith(in_dir("notifyd.toml:1:10: a section header")),
                          StartsWith(in_dir("conf.d/slack.toml:1:2: [log] holds for all"))));
}

TEST_F(HostConfigTest, WhatIsNoTomlIsTheOnlyThingSaidWithoutConfD) {
  EXPECT_THAT(faults("[teleport\n"), ElementsAre(HasSubstr("a section header")));
}

TEST_F(HostConfigTest, WhatTheMachineLacksComesAfterWhatTheTextTells) {
  EXPECT_THAT(faults("conf_d = \"/nowhere\"\n[teleport]\nidentity = \"/id\"\nidentity_owner = "
                     "\"nobody-here\"\n[log]\nseverity = \"loud\"\n"),
              ElementsAre(HasSubstr(":6:12: log.severity"), HasSubstr(":1:10: conf_d, which is"),
                          HasSubstr(":4:18: no user of this machine")));
}

TEST_F(HostConfigTest, AMisspeltKeyIsNotMissingToo) {
  instance("slack.toml");
  EXPECT_THAT(faults("[teleport]\nidentty = \"/id\"\n"),
              ElementsAre(HasSubstr(":2:1: unknown key \"identty\"")));
  EXPECT_THAT(faults("[teleprt]\nidentity = \"/id\"\n"),
              ElementsAre(HasSubstr(":1:2: unknown section [teleprt]")));
  EXPECT_THAT(faults("identity = \"/id\"\n"),
              ElementsAre(HasSubstr(":1:1: unknown key \"identity\"; it belongs under")));
  EXPECT_THAT(faults("[teleport]\nidentity = 5\n"),
              ElementsAre(HasSubstr(":2:12: teleport.identity must be a text")));
}

TEST_F(HostConfigTest, AMisspeltModuleIsTheOneThatWasMeant) {
  instance("work.toml", "modul = \"slack\"\n");
  const auto config = load_notifyd_config(host());
  ASSERT_EQ(config.instances.size(), 1U);
  EXPECT_EQ(config.instances[0].module, "slack");
}

TEST_F(HostConfigTest, RecipientsOfOldBecomeTheStarInConfDToo) {
  instance("slack.toml", "[slack]\nrecipients = [\"a\"]\n");
  instance("mail.toml", "[slack]\nrecipients = [\"a\"]\n");
  const auto config = load_notifyd_config(host());
  EXPECT_EQ(config.instances.at(1).tree.count("role_to_recipients"), 1U);
  EXPECT_EQ(config.instances.at(0).tree.count("role_to_recipients"), 0U) << "another module's";
  EXPECT_THAT(config.warnings,
              ElementsAre(HasSubstr("slack.toml:2:1: slack.recipients is the old")));
}

TEST_F(HostConfigTest, AnEmptyListInConfDTellsNobody) {
  instance("slack.toml", "[role_to_recipients]\n\"*\" = \"a\"\ndev = []\n");
  const auto config = load_notifyd_config(host());
  const Tree& roles = config.instances.at(0).tree.find("role_to_recipients")->second;
  EXPECT_EQ(roles.count("dev"), 1U);
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST_F(HostConfigTest, UpstreamsFileIsOneThingToMendBesideItsTypos) {
  EXPECT_THAT(faults("[teleport]\nidentity = \"/id\"\nadr = \"a:1\"\n[slack]\ntoken = \"t\"\n"
                     "[role_to_recipients]\n\"*\" = \"x\"\n"),
              ElementsAre(HasSubstr(":3:1: unknown key \"adr\""),
                          HasSubstr(":4:2: [slack] belongs in a file of conf.d")));
}

class InstanceTest : public testing::Test {
 protected:
  std::vector<std::string> faults(const std::string& text) {
    const std::string file = dir_.write("slack.toml", text);
    Faults found;
    check_instance({"slack", "slack", file, *read_toml_file(file, found), {"module"}},
                   {{.name = "slack.token", .required = true, .secret = true}}, found);
    return found.lines();
  }
  test::TempDir dir_;
};

TEST_F(InstanceTest, IsCheckedAgainstItsModulesOptions) {
  EXPECT_THAT(faults("module = \"slack\"\n[slack]\ntoken = \"t\"\n"), IsEmpty());
  EXPECT_THAT(faults("[slack]\ntokn = \"t\"\n"),
              ElementsAre(HasSubstr("unknown key \"tokn\" in [slack]; did you mean \"token\"?")));
}

TEST_F(InstanceTest, WithAMistypedModuleKeyIsToldTheRightOne) {
  EXPECT_THAT(faults("modul = \"slack\"\n[slack]\ntoken = \"t\"\n"),
              ElementsAre(HasSubstr("unknown key \"modul\"; did you mean \"module\"?")));
}

TEST_F(InstanceTest, WhoseTokenFileIsMissingIsRefused) {
  EXPECT_EQ(faults("[slack]\ntoken = \"/nowhere/token\"\n").at(0),
            dir_.path("slack.toml") +
                ":2:9: slack.token: file /nowhere/token cannot be read (No such file or "
                "directory); write the secret into that file, or name the file that has it");
}

TEST_F(InstanceTest, WhoseTokenFileIsEmptyIsRefused) {
  const std::string token = dir_.write("token", "\n");
  EXPECT_THAT(faults("[slack]\ntoken = \"" + token + "\"\n").at(0),
              HasSubstr(":2:9: slack.token: file " + token + " is empty; write the secret"));
}

}  // namespace
}  // namespace notifyd::config
