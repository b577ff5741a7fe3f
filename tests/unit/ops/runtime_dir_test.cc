#include "ops/runtime_dir.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/temp_dir.h"

namespace notifyd::ops {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& path) {
  const auto made = make_runtime_dir(path);
  return made ? "accepted" : made.error().message;
}

TEST(RuntimeDir, IsMadeForThisUserOnly) {
  const test::TempDir dir;
  ASSERT_EQ(refusal(dir.path("a/b/run")), "accepted");
  struct stat status {};
  ASSERT_EQ(::stat(dir.path("a/b/run").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST(RuntimeDir, ThatIsThereAlreadyIsTaken) {
  const test::TempDir dir;
  EXPECT_EQ(refusal(dir.path("run")), "accepted");
  EXPECT_EQ(refusal(dir.path("run/")), "accepted");
}

TEST(RuntimeDir, ThatOthersCanWriteIsRefused) {
  const test::TempDir dir;
  std::filesystem::create_directory(dir.path("open"));
  ASSERT_EQ(::chmod(dir.path("open").c_str(), 0777), 0);
  EXPECT_EQ(refusal(dir.path("open")),
            "runtime_dir: " + dir.path("open") +
                " can be written by other users; set runtime_dir in notifyd.toml to a directory "
                "that only this program's user can write");
}

TEST(RuntimeDir, ThatIsALinkOrAFileIsRefused) {
  const test::TempDir dir;
  std::filesystem::create_directory_symlink(dir.path(), dir.path("link"));
  EXPECT_THAT(refusal(dir.path("link")), HasSubstr("is no directory"));
  EXPECT_THAT(refusal(dir.write("file", "")), HasSubstr("is no directory"));
}

TEST(RuntimeDir, ThatCannotBeMadeIsNamed) {
  EXPECT_THAT(refusal("/proc/nowhere/run"), HasSubstr("/proc/nowhere/run cannot be made ("));
}

}  // namespace
}  // namespace notifyd::ops
