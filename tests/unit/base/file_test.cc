#include "base/file.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace notifyd {
namespace {

using testing::ElementsAre;

TEST(ReadFile, IsWholeUpToTheLastByteAllowed) {
  const test::TempDir dir;
  EXPECT_EQ(*read_file(dir.write("f", "12345"), 5), "12345");
  EXPECT_EQ(read_file(dir.path("f"), 4).error().message, "is larger than 4 bytes");
}

TEST(ReadFile, SaysWhatTheSystemSays) {
  const test::TempDir dir;
  const auto missing = read_file(dir.path("none"), 5);
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
  EXPECT_EQ(missing.error().message, "cannot be read (No such file or directory)");
  EXPECT_EQ(read_file(dir.path(), 5).error().code, Errc::kInvalid);
}

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
