#include "sim/demo/installation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "demo_fixture.h"

namespace notifyd::sim {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

class InstallationTest : public ::testing::Test, protected DemoFixture {};

TEST_F(InstallationTest, BeginsWithTheDaemonsOwnModuleAndPlainRouting) {
  const Installation installation(world, options);
  EXPECT_EQ(module_of(installation), "first build");
  EXPECT_THAT(routing_of(installation),
              HasSubstr("\"dba\" = [\"access-requests\", \"dave@example.com\"]\n"));
}

TEST_F(InstallationTest, EachFileBecomesWhatTheSetupSays) {
  const Installation installation(world, options);
  ASSERT_TRUE(installation.apply({.blue = true}));
  EXPECT_EQ(module_of(installation), "blue build");
  ASSERT_TRUE(installation.apply({.dba_also = true}));
  EXPECT_EQ(module_of(installation), "first build");
  EXPECT_THAT(
      routing_of(installation),
      HasSubstr("\"dba\" = [\"access-requests\", \"prod-approvals\", \"dave@example.com\"]\n"));
}

TEST_F(InstallationTest, OnlyItsOwnerMayWriteTheModule) {
  fs::permissions(dir.path("modules/libnotify_slack.so"), fs::perms::all);
  const Installation installation(world, options);
  const auto status = fs::status(installation.directory() + "/modules/libnotify_slack.so");
  EXPECT_EQ(status.permissions(), fs::perms::owner_all);
}

TEST_F(InstallationTest, ABuildThatIsNotThereIsNamed) {
  const Installation installation(world, options);
  fs::remove_all(dir.path("blue"));
  const Result<> applied = installation.apply({.blue = true});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().message, dir.path("blue/libnotify_slack.so") +
                                         " is missing; build the target notify_slack_blue");
  EXPECT_EQ(module_of(installation), "first build");
}

TEST_F(InstallationTest, WithoutModulesNothingIsLeftBehindAndTheOptionIsNamed) {
  options.modules_dir = dir.path("nowhere");
  try {
    const Installation installation(world, options);
    ADD_FAILURE() << "no modules, and no complaint";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("--modules DIR"));
  }
  EXPECT_TRUE(fs::is_empty(temporary.dir.path()));
}

TEST_F(InstallationTest, IsGoneInTheEnd) {
  std::optional<Installation> installation(std::in_place, world, options);
  EXPECT_TRUE(fs::exists(installation->config()));
  installation.reset();
  EXPECT_TRUE(fs::is_empty(temporary.dir.path()));
}

TEST_F(InstallationTest, OnlyALogThatIsWantedStays) {
  std::optional<Installation> installation(std::in_place, world, options);
  const std::string directory = installation->directory();
  const std::string log = installation->log();
  std::ofstream(log) << "why it ended";
  installation->keep_log();
  installation.reset();
  EXPECT_EQ(contents(log), "why it ended");
  EXPECT_EQ(std::distance(fs::directory_iterator(directory), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace notifyd::sim
