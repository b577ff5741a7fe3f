#include "base/file.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace notifyd {
namespace {

using testing::ElementsAre;

TEST(ListDirectory, IsSortedAndLeavesOutOtherExtensions) {
  const test::TempDir dir;
  for (const char* name : {"b.x", "a.x", "c.y", ".x"}) dir.write(name, "");
  EXPECT_THAT(*list_directory(dir.path(), ".x"), ElementsAre(dir.path("a.x"), dir.path("b.x")));
}

TEST(ListDirectory, SaysWhyItCannotBeRead) {
  const test::TempDir dir;
  const auto listed = list_directory(dir.path("none"), ".x");
  EXPECT_EQ(listed.error().code, Errc::kNotFound);
  EXPECT_EQ(listed.error().message, "No such file or directory");
}

}  // namespace
}  // namespace notifyd
