#include "module/module_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/trusted_path.h"
#include "module_dir.h"

namespace notifyd::modules {
namespace {

using test::ModuleDir;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string fault_of(const std::string& path, const ReadOptions& options = {}) {
  const auto file = read_module_file(path, options);
  return file ? "accepted" : file.error().message;
}

TEST(ModuleFile, IsReadWithItsName) {
  ModuleDir dir;
  const auto file = read_module_file(dir.add("good"));
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->name, "good");
  EXPECT_EQ(file->path, dir.path("libnotify_good.so"));
  EXPECT_EQ(file->bytes, test::bytes_of(file->path));
}

TEST(ModuleFile, ThatIsMissingIsNamed) {
  ModuleDir dir;
  const std::string path = dir.path("libnotify_none.so");
  EXPECT_EQ(fault_of(path), path + ": open: No such file or directory");
}

TEST(ModuleFile, MustBeARegularFile) {
  ModuleDir dir;
  std::filesystem::create_directory(dir.path("libnotify_dir.so"));
  EXPECT_THAT(fault_of(dir.path("libnotify_dir.so")), HasSubstr("not a regular file"));
  std::filesystem::create_symlink(dir.add("good"), dir.path("libnotify_link.so"));
  EXPECT_THAT(fault_of(dir.path("libnotify_link.so")), HasSubstr("symbolic link"));
}

TEST(ModuleFile, MustNotBeEmpty) {
  ModuleDir dir;
  EXPECT_THAT(fault_of(dir.add_bytes("empty", "")), HasSubstr("it is empty"));
}

TEST(ModuleFile, MustNotBeWritableByOthers) {
  ModuleDir dir;
  const std::string path = dir.add("good");
  ASSERT_EQ(::chmod(path.c_str(), 0646), 0);
  EXPECT_EQ(fault_of(path),
            path + ": " + path + " (mode 0646, user " + std::to_string(geteuid()) + ", group " +
                std::to_string(getegid()) +
                ") can be written by others than root and the daemon's user; run chmod o-w " +
                path);
}

TEST(ModuleFile, NorMayItsDirectory) {
  ModuleDir dir;
  const std::string path = dir.add("good");
  for (const mode_t mode : {0777U, 01777U}) {
    ASSERT_EQ(::chmod(dir.path().c_str(), mode), 0);
    EXPECT_THAT(fault_of(path), AllOf(StartsWith(path + ": its directory: "), HasSubstr("go-w")));
  }
}

TEST(ModuleFile, MayBeInADirectoryThatWeMayPassAndNotList) {
  ModuleDir dir;
  const std::string path = dir.add("good");
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  own_trust();  // whom we are, as asked for at the start
  ASSERT_EQ(::chmod(dir.path().c_str(), 0311), 0);
  const uid_t before = geteuid();
  // Root may list everything.
  if (before == 0 && ::seteuid(4321) != 0) GTEST_SKIP() << "root cannot be left here";
  const std::string fault = fault_of(path);
  ASSERT_EQ(::seteuid(before), 0);
  ASSERT_EQ(::chmod(dir.path().c_str(), 0700), 0);
  EXPECT_EQ(fault, "accepted");
}

TEST(ModuleFile, BelongsToRootOrToTheDaemonsUser) {
  ModuleDir dir;
  const std::string path = dir.add("good");
  if (geteuid() != 0 || ::chown(path.c_str(), 4321, 4321) != 0) {
    GTEST_SKIP() << "only root can give a file away";
  }
  EXPECT_THAT(fault_of(path), AllOf(StartsWith(path + ": "), HasSubstr("belongs to user 4321")));
}

TEST(ModuleFile, ThatChangesOnceWhileItIsReadIsReadAgain) {
  ModuleDir dir;
  const std::string path = dir.add("good");
  int reads = 0;
  ReadOptions options;
  options.second_try = std::chrono::milliseconds(0);
  options.while_reading = [&] {
    if (++reads == 1) std::ofstream(path, std::ios::app) << "more";
  };
  const auto file = read_module_file(path, options);
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(reads, 2);
  EXPECT_THAT(file->bytes, ::testing::EndsWith("more"));
}

TEST(ModuleFile, ThatKeepsChangingIsRefusedForNow) {
  ModuleDir dir;
  const std::string path = dir.add("good");
  ReadOptions options;
  options.second_try = std::chrono::milliseconds(0);
  options.while_reading = [&] { std::ofstream(path, std::ios::app) << "more"; };
  EXPECT_THAT(fault_of(path, options), HasSubstr("it changes while it is read"));
}

}  // namespace
}  // namespace notifyd::modules
