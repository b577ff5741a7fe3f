#include "config/default_paths.h"

#include <gtest/gtest.h>

namespace notifyd::config {
namespace {

Surroundings of_a_user() {
  return {.program_dir = "/opt/x/bin",
          .state_directory = "",
          .xdg_runtime_dir = "",
          .temp_dir = "/tmp",
          .uid = 1000};
}

TEST(DefaultPaths, ModulesAreBesideTheProgram) {
  EXPECT_EQ(default_modules_dir(of_a_user()), "/opt/x/lib/teleport-notifyd/modules");
}

TEST(DefaultPaths, RuntimeDirIsSystemdsWhenItGivesOne) {
  Surroundings around = of_a_user();
  around.state_directory = "/var/lib/a:/var/lib/b";
  EXPECT_EQ(default_runtime_dir(around), "/var/lib/a");
}

TEST(DefaultPaths, RuntimeDirOfRootIsUnderVarLib) {
  Surroundings around = of_a_user();
  around.uid = 0;
  EXPECT_EQ(default_runtime_dir(around), "/var/lib/teleport-notifyd");
}

TEST(DefaultPaths, RuntimeDirOfAUserIsTheSessionsOrUnderTheTemporaryOne) {
  Surroundings around = of_a_user();
  EXPECT_EQ(default_runtime_dir(around), "/tmp/teleport-notifyd-1000");
  around.xdg_runtime_dir = "/run/user/1000";
  EXPECT_EQ(default_runtime_dir(around), "/run/user/1000/teleport-notifyd");
}

TEST(DefaultPaths, ConfDIsBesideTheFileEvenWhenItIsNotThere) {
  EXPECT_EQ(default_conf_d("/nowhere/notifyd.toml"), "/nowhere/conf.d");
  EXPECT_EQ(default_conf_d("notifyd.toml"), "conf.d");
}

TEST(DefaultPaths, SurroundingsKnowWhereTheProgramIs) {
  EXPECT_EQ(surroundings().program_dir.front(), '/');
}

}  // namespace
}  // namespace notifyd::config
