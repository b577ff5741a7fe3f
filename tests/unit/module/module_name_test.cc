#include "module/module_name.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace notifyd::modules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ModuleName, IsOfTheFilesNameByTheScheme) {
  EXPECT_EQ(*module_name("/a/libnotify_slack.so"), "slack");
  EXPECT_EQ(*module_name("libnotify_ms-teams_2.so"), "ms-teams_2");
  for (const char* bad :
       {"slack.so", "libnotify_.so", "libnotify_slack", "libnotify_a b.so", "x/"}) {
    EXPECT_THAT(module_name(bad).error().message, HasSubstr("libnotify_<name>.so")) << bad;
  }
}

TEST(ModuleName, LeadsBackToTheFile) {
  EXPECT_EQ(module_path("/m", "slack"), "/m/libnotify_slack.so");
  EXPECT_EQ(*module_name(module_path("/m", "slack")), "slack");
}

TEST(ModuleNames, AreOfWhatCouldBeAModule) {
  const notifyd::test::TempDir dir;
  for (const char* file : {"libnotify_b.so", "libnotify_a.so", "libnotify_.so", "c.so", "d.txt"}) {
    dir.write(file, "");
  }
  EXPECT_THAT(module_names(dir.path()), ElementsAre("a", "b"));
  EXPECT_THAT(module_names(dir.path("none")), IsEmpty());
}

}  // namespace
}  // namespace notifyd::modules
