#include "daemon/lineup.h"

#include <gmock/gmock.h>

#include "sim/teleport/pki.h"
#include "support/installation.h"

namespace notifyd::daemon {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class LineupTest : public testing::Test {
 protected:
  Lineup lineup() {
    const auto config = config::load_notifyd_config(here_.path("notifyd.toml"));
    faults_ = config.faults;
    return make_lineup(config, {}, Log(), faults_);
  }
  std::string refusal() {
    lineup();
    return faults_.empty() ? "accepted" : faults_.lines().front();
  }
  test::Installation here_;
  config::Faults faults_;
};

TEST_F(LineupTest, InstancesOfOneModuleShareItsLibraryAndHaveTheirOwnSettings) {
  here_.write("conf.d/good.toml", "[good]\ntoken = \"a\"\n");
  here_.write("conf.d/work.toml", "module = \"good\"\n[good]\ntoken = \"b\"\n");
  const auto made = lineup();
  ASSERT_THAT(faults_.lines(), IsEmpty());
  ASSERT_EQ(made.entries.size(), 2U);
  EXPECT_EQ(made.entries[0].library, made.entries[1].library);
  EXPECT_EQ(made.entries[0].settings.text("good.token"), "a");
  EXPECT_EQ(made.entries[1].settings.text("good.token"), "b");
}

TEST_F(LineupTest, ModuleThatIsNotInstalledIsNamedWithTheNearest) {
  here_.write("conf.d/goood.toml", "");
  EXPECT_EQ(refusal(),
            here_.path("conf.d/goood.toml") +
                ":1:1: no module \"goood\": " + here_.path("modules") +
                " has no libnotify_goood.so; did you mean \"good\"? If so, write module = "
                "\"good\" at the top of the file");
}

TEST_F(LineupTest, ModuleThatIsNearNoneIsToldWhatIsThere) {
  here_.write("conf.d/telegram.toml", "");
  EXPECT_THAT(refusal(),
              HasSubstr("has no libnotify_telegram.so; there is good; write module = \"good\" at "
                        "the top of the file"));
}

// The file need not be a module: nothing is loaded before the one that is missing is named.
TEST_F(LineupTest, ModuleThatIsNearNoneIsToldTheUsualOneWhereItIsThere) {
  here_.write("modules/libnotify_slack.so", "");
  here_.write("conf.d/zz-team.toml", "");
  EXPECT_THAT(refusal(), HasSubstr("write module = \"slack\" at the top of the file"));
}

TEST_F(LineupTest, ModuleThatTheFileNamesIsRefusedWhereItIsWritten) {
  here_.write("conf.d/work.toml", "# us\nmodule = \"telegram\"\n");
  const std::string message = refusal();
  EXPECT_THAT(message,
              StartsWith(here_.path("conf.d/work.toml") + ":2:10: no module \"telegram\""));
  EXPECT_THAT(message, EndsWith("; there is good"));
}

TEST_F(LineupTest, ModuleThatCannotBeLoadedIsNamed) {
  here_.install("major");
  here_.write("conf.d/major.toml", "");
  EXPECT_THAT(refusal(), HasSubstr(here_.path("modules/libnotify_major.so")));
}

TEST_F(LineupTest, ModuleThatCannotBeLoadedIsSaidOnceHoweverManyFilesUseIt) {
  here_.install("major");
  here_.write("conf.d/a.toml", "module = \"major\"\n");
  here_.write("conf.d/b.toml", "module = \"major\"\n");
  lineup();
  EXPECT_EQ(faults_.size(), 1U);
}

TEST_F(LineupTest, EntryWithFaultsIsThereForItsModuleToSayMore) {
  here_.write("conf.d/good.toml", "[good]\nwait = \"soon\"\n");
  EXPECT_EQ(lineup().entries.size(), 1U);
  EXPECT_EQ(faults_.size(), 1U);
}

TEST_F(LineupTest, FileThatAllowsInsecureAddressesIsWarnedOf) {
  here_.write("conf.d/good.toml", "allow_insecure = true\n[good]\ntoken = \"a\"\n");
  const auto made = lineup();
  ASSERT_THAT(faults_.lines(), IsEmpty());
  EXPECT_TRUE(made.entries.at(0).allow_insecure);
  EXPECT_THAT(made.warnings, testing::ElementsAre(StartsWith(here_.path("conf.d/good.toml") +
                                                             ":1:18: allow_insecure lets")));
}

// ---- CAs beside the system's ----

class LineupCaTest : public LineupTest {
 protected:
  LineupCaTest() {
    here_.write("conf.d/good.toml", "[good]\ntoken = \"a\"\nca_file = \"" + file() + "\"\n");
  }
  std::string file() const { return here_.path("ca.pem"); }
  std::string place() const { return here_.path("conf.d/good.toml") + ":3:11: good.ca_file: "; }
  // Whether it counts as unchanged when it runs with what `before` was.
  bool is_kept(const LineupEntry& before) {
    const auto config = config::load_notifyd_config(here_.path("notifyd.toml"));
    LineupOptions options;
    options.running["good"] = {
        before.config, before.library->hash(), {}, digest_of({}), before.extra_cas};
    const Lineup made = make_lineup(config, options, Log(), faults_);
    return made.kept.size() == 1;
  }

  const sim::Pki one_, other_;
};

TEST_F(LineupCaTest, AreReadWhenTheyAreJudged) {
  here_.write("ca.pem", one_.ca_pem());
  const auto made = lineup();
  ASSERT_THAT(faults_.lines(), IsEmpty());
  here_.write("ca.pem", "another");
  EXPECT_THAT(*made.entries.at(0).extra_cas, HasSubstr("-----BEGIN CERTIFICATE-----"));
}

TEST_F(LineupCaTest, FileThatIsMissingIsNamedWhereItIsWritten) {
  EXPECT_EQ(refusal(), place() + file() +
                           ": cannot be read (No such file or directory); put the CA's certificate "
                           "there, as a PEM block, or remove the key");
}

TEST_F(LineupCaTest, FileWithoutACertificateIsNamedWhereItIsWritten) {
  here_.write("ca.pem", "nothing of the kind");
  EXPECT_THAT(refusal(), StartsWith(place() + file() + " holds no certificate; it must have"));
}

TEST_F(LineupCaTest, FileThatOthersMayWriteIsRefused) {
  here_.write("ca.pem", one_.ca_pem());
  std::filesystem::permissions(file(), std::filesystem::perms(0666));
  EXPECT_THAT(refusal(), testing::AllOf(StartsWith(place() + file()), HasSubstr("chmod")));
}

TEST_F(LineupCaTest, ChangedOnesMakeAnotherGenerationAndTheSameDoNot) {
  here_.write("ca.pem", one_.ca_pem());
  const auto before = lineup();
  EXPECT_TRUE(is_kept(before.entries.at(0)));
  here_.write("ca.pem", other_.ca_pem());
  EXPECT_FALSE(is_kept(before.entries.at(0)));
  here_.write("ca.pem", one_.ca_pem());
  EXPECT_TRUE(is_kept(before.entries.at(0)));
}

// ---- Advice that its reader can follow ----

TEST_F(LineupTest, WithoutAnyModuleSaysWhatEachFormCanSet) {
  std::filesystem::remove_all(here_.path("modules"));
  std::filesystem::create_directory(here_.path("modules"));
  here_.write("conf.d/good.toml", "");
  EXPECT_THAT(refusal(), HasSubstr("and no other module; install one, or set modules_dir in " +
                                   here_.path("notifyd.toml")));
  config::HostConfig upstream;
  upstream.upstream_form = upstream.is_read = true;
  upstream.modules_dir = here_.path("modules");
  upstream.instances.push_back({"slack", "slack", "/etc/teleport-slack.toml", {}, {}});
  config::Faults faults;
  make_lineup(upstream, {.loading = Loading::kToLook}, Log(), faults);
  EXPECT_THAT(faults.lines(),
              testing::ElementsAre(EndsWith("has no libnotify_slack.so, and no other module; "
                                            "modules come with the program: install both again, "
                                            "together")));
}

TEST(StagingPlace, SaysWhatEachFormCanSet) {
  config::HostConfig config;
  config.file = "/etc/teleport-notifyd/notifyd.toml";
  EXPECT_THAT(staging_place(config).advice,
              HasSubstr("set runtime_dir in /etc/teleport-notifyd/notifyd.toml"));
  config.upstream_form = true;
  EXPECT_THAT(staging_place(config).advice, HasSubstr("set STATE_DIRECTORY in the environment"));
  EXPECT_THAT(staging_place(config).advice, testing::Not(HasSubstr("runtime_dir")));
}

TEST_F(LineupTest, RuntimeDirThatOthersCanWriteIsRefused) {
  here_.write("conf.d/good.toml", "");
  std::filesystem::create_directory(here_.path("run"));
  std::filesystem::permissions(here_.path("run"), std::filesystem::perms::all);
  EXPECT_THAT(refusal(), HasSubstr(here_.path("run") + " (mode 0777"));
}

}  // namespace
}  // namespace notifyd::daemon
