#include "cli/commands.h"

#include <gmock/gmock.h>

#include <fstream>

#include "cli/samples.h"
#include "unit/cli/installation.h"

namespace notifyd::cli {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

class Commands : public testing::Test {
 protected:
  Commands() { here_.write("conf.d/good.toml", ""); }

  // `start` with the log in a file, and a daemon that ends like this.
  Installation::Ran start(const config::Faults& end = {},
                          const std::vector<std::string>& flags = {}) {
    std::ifstream before(here_.path("notifyd.toml"));
    std::string text((std::istreambuf_iterator<char>(before)), {});
    here_.write("notifyd.toml", text + "[log]\noutput = \"" + here_.path("log") + "\"\n");
    std::vector<std::string> line{"teleport-notifyd", "start", "-c", here_.path("notifyd.toml")};
    line.insert(line.end(), flags.begin(), flags.end());
    return Installation::run(line,
                             [&](const config::HostConfig& config, const auto&, auto, const auto&) {
                               seen_ = config;
                               return end;
                             });
  }
  std::string log() const {
    std::ifstream file(here_.path("log"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Installation here_;
  config::HostConfig seen_;
};

TEST_F(Commands, StartHandsTheConfigurationToTheDaemon) {
  const auto ran = start();
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.err, IsEmpty());
  EXPECT_EQ(seen_.instances.size(), 1U);
  EXPECT_THAT(log(), AllOf(HasSubstr("INFO  starting program=\"teleport-notifyd v"),
                           Not(HasSubstr("DEBUG"))));
}

TEST_F(Commands, StartWithDebugLogsAtDebug) {
  start({}, {"-d"});
  EXPECT_EQ(seen_.log.severity, Severity::kDebug);
  EXPECT_THAT(log(), HasSubstr("DEBUG severity is debug because of --debug"));
}

TEST_F(Commands, StartThatFailsSaysWhyInTheLogAndOnStderr) {
  config::Faults faults;
  faults.add({"f.toml", 3, 4}, "write y");
  faults.add({"f.toml", 1, 2}, "write \"x\"");
  const auto ran = start(faults);
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_EQ(ran.err, "f.toml:1:2: write \"x\"\nf.toml:3:4: write y\n2 things to mend\n");
  EXPECT_THAT(log(), ContainsRegex("ERROR cannot start: f.toml:1:2: write \"x\"\n.*"
                                   "ERROR cannot start: f.toml:3:4: write y\n.*"
                                   "ERROR cannot start: 2 things to mend\n"));
}

TEST_F(Commands, StartWithALogThatCannotBeSaysAllElseOnStderr) {
  const std::string file =
      here_.write("notifyd.toml", "[teleport]\nidentty = \"/id\"\n[log]\noutput = \"" +
                                      here_.path("none/log") + "\"\n");
  const auto ran =
      Installation::run({"teleport-notifyd", "start", "-c", file},
                        [&](const config::HostConfig& config, const auto&, auto, const auto&) {
                          seen_ = config;
                          return config.faults;
                        });
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_EQ(seen_.log.output, "stderr");
  EXPECT_THAT(seen_.faults.lines(),
              testing::ElementsAre(HasSubstr(":2:1: unknown key \"identty\""),
                                   HasSubstr(":4:10: log.output: " + here_.path("none"))));
}

TEST_F(Commands, StartLogsTheWarningsOfTheConfiguration) {
  const std::string file =
      here_.write("teleport-slack.toml",
                  "[http]\nlisten = \"x\"\n[teleport]\nidentity = \"/id\"\n[log]\noutput = \"" +
                      here_.path("log") + "\"\n");
  const auto ran = Installation::run(
      {"teleport-slack", "start", "-c", file},
      [](const auto&, const auto&, auto, const auto&) { return config::Faults(); });
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(log(), HasSubstr("WARN  " + file + ":1:2: [http] does nothing"));
}

TEST_F(Commands, StartWithoutItsFileNamesIt) {
  const auto ran = Installation::run({"teleport-slack", "start", "-c", "/nowhere.toml"},
                                     [&](const config::HostConfig& config, const auto&, auto,
                                         const auto&) { return config.faults; });
  EXPECT_EQ(ran.code, kFailed);
}

TEST_F(Commands, ConfigurePrintsTheSamples) {
  EXPECT_EQ(Installation::run({"teleport-slack", "configure"}).out, sample_teleport_slack_toml());
  EXPECT_EQ(Installation::run({"teleport-notifyd", "configure"}).out, sample_notifyd_toml());
}

TEST_F(Commands, ConfigureAModulePrintsItsOptions) {
  const auto ran = Installation::run(
      {"teleport-notifyd", "configure", "good", "-c", here_.path("notifyd.toml")});
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("[good]\n"), HasSubstr("#wait = \"1m30s\"\n")));
}

TEST_F(Commands, ConfigureAnUnknownModuleNamesTheNearest) {
  const auto ran = Installation::run(
      {"teleport-notifyd", "configure", "goood", "--modules-dir", here_.path("modules")});
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_THAT(ran.err, HasSubstr("did you mean \"good\"?"));
}

TEST_F(Commands, ModulesListsWhatIsThere) {
  const auto ran =
      Installation::run({"teleport-notifyd", "modules", "-c", here_.path("notifyd.toml")});
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_EQ(ran.out,
            "good v1.2, ABI 1.0, libnotify_good.so\n"
            "  good.token  text. help\n"
            "  good.wait   duration, default 1m30s. help\n"
            "  good.odd    true or false, default true. help\n");
}

TEST_F(Commands, ModulesFailsForOneThatCannotBeLoadedAndStillListsTheOthers) {
  here_.install("major");
  const auto ran =
      Installation::run({"teleport-notifyd", "modules", "-c", here_.path("notifyd.toml")});
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_THAT(ran.out, HasSubstr("good v1.2"));
  EXPECT_THAT(ran.err, HasSubstr("libnotify_major.so"));
}

TEST_F(Commands, VersionIsInUpstreamsForm) {
  EXPECT_THAT(Installation::run({"teleport-slack", "version"}).out,
              MatchesRegex("teleport-slack v[0-9]+\\.[0-9]+\\.[0-9]+ git:[0-9a-z]+ c\\+\\+20\n"));
}

TEST_F(Commands, WrongLineGoesToStderrAndIsTwo) {
  const auto ran = Installation::run({"teleport-notifyd", "nonsense"});
  EXPECT_EQ(ran.code, kUsage);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr("nonsense"));
}

}  // namespace
}  // namespace notifyd::cli
