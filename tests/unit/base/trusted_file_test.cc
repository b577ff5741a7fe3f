#include "base/trusted_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "support/temp_dir.h"

namespace notifyd {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string fault_of(const std::string& path) {
  const auto text = read_trusted(path, 5);
  return text ? "read " + *text : text.error().message;
}

void set_mode(const std::string& path, mode_t mode) { ASSERT_EQ(::chmod(path.c_str(), mode), 0); }

TEST(TrustedFile, IsReadWholeUpToTheLastByteAllowed) {
  const test::TempDir dir;
  EXPECT_EQ(fault_of(dir.write("f", "12345")), "read 12345");
  EXPECT_EQ(fault_of(dir.write("f", "123456")), "is larger than 5 bytes");
}

TEST(TrustedFile, SaysWhatTheSystemSays) {
  const test::TempDir dir;
  EXPECT_EQ(fault_of(dir.path("none")), "cannot be read (No such file or directory)");
  EXPECT_EQ(read_trusted(dir.path("none"), 5).error().code, Errc::kNotFound);
  EXPECT_EQ(fault_of(dir.path()), "cannot be read (Is a directory)");
}

TEST(TrustedFile, ThatIsAPipeIsRefusedAtOnce) {
  const test::TempDir dir;
  ASSERT_EQ(::mkfifo(dir.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(fault_of(dir.path("pipe")), "cannot be read (it is no regular file)");
}

TEST(TrustedFile, ThatOthersCanWriteIsRefused) {
  const test::TempDir dir;
  const std::string path = dir.write("f", "1");
  set_mode(path, 0646);
  EXPECT_THAT(fault_of(path), AllOf(StartsWith(path + " (mode 0646"), HasSubstr("chmod o-w")));
  EXPECT_EQ(read_trusted(path, 5).error().code, kUntrusted);
}

TEST(TrustedFile, InADirectoryThatOthersCanWriteIsRefused) {
  const test::TempDir dir;
  const std::string path = dir.write("sub/f", "1");
  set_mode(dir.path("sub"), 0777);
  EXPECT_THAT(fault_of(path), StartsWith(dir.path("sub") + " (mode 0777"));
  set_mode(dir.path("sub"), 01777);
  EXPECT_EQ(fault_of(path), "read 1");
}

TEST(TrustedFile, MayBeBehindALink) {
  const test::TempDir dir;
  dir.write("a/f", "1");
  std::filesystem::create_symlink("a/f", dir.path("link"));
  EXPECT_EQ(fault_of(dir.path("link")), "read 1");
}

TEST(TrustedFile, OfSomebodyElseIsRefused) {
  const test::TempDir dir;
  const std::string path = dir.write("f", "1");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  if (status.st_uid == 0) {
    if (::chown(path.c_str(), 4321, 4321) != 0) GTEST_SKIP() << "files cannot be given away here";
    EXPECT_THAT(fault_of(path), HasSubstr("belongs to user 4321"));
    return;
  }
  const auto text = read_trusted(path, 5, {status.st_uid + 1, status.st_gid + 1});
  EXPECT_THAT(text.error().message, HasSubstr("belongs to user " + std::to_string(status.st_uid)));
}

TEST(TrustedFile, IsADescriptorOfOursOnlyByItsNumber) {
  for (const char* ours : {"/dev/stdin", "/dev/fd/0", "/proc/self/fd/12"}) {
    EXPECT_TRUE(is_own_descriptor(ours)) << ours;
  }
  for (const char* path : {"/dev/fd/../shm/token", "/proc/self/fd/../root/etc/passwd", "/dev/fd/",
                           "/dev/fd/3/token", "/dev/stdin/", "/etc/token"}) {
    EXPECT_FALSE(is_own_descriptor(path)) << path;
  }
}

TEST(TrustedFile, IsJudgedWhereThePathLeadsOutOfOurDescriptors) {
  const test::TempDir dir;
  const std::string path = dir.write("f", "1");
  set_mode(path, 0646);
  EXPECT_THAT(fault_of("/proc/self/fd/../root" + path), HasSubstr("(mode 0646"));
}

TEST(TrustedDirectory, IsListedSortedAndWithoutOtherExtensions) {
  const test::TempDir dir;
  for (const char* name : {"b.x", "a.x", "c.y", ".x"}) dir.write(name, "");
  EXPECT_THAT(*list_trusted(dir.path(), ".x"), ElementsAre(dir.path("a.x"), dir.path("b.x")));
}

TEST(TrustedDirectory, ThatOthersCanAddToIsNotListed) {
  const test::TempDir dir;
  set_mode(dir.path(), 01777);
  EXPECT_EQ(list_trusted(dir.path(), ".x").error().code, kUntrusted);
}

std::string made(const std::string& path) {
  const auto directory = make_trusted_directory(path);
  return directory ? directory->path : directory.error().message;
}

TEST(TrustedDirectory, IsMadeForThisUserOnly) {
  const test::TempDir dir;
  ASSERT_EQ(made(dir.path("a/b/run")), dir.path("a/b/run"));
  struct stat status {};
  ASSERT_EQ(::stat(dir.path("a/b/run").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_EQ(made(dir.path("a/b/run/")), dir.path("a/b/run"));
}

TEST(TrustedDirectory, IsNotMadeWhereOthersCanWrite) {
  const test::TempDir dir;
  std::filesystem::create_directory(dir.path("open"));
  set_mode(dir.path("open"), 0777);
  EXPECT_THAT(made(dir.path("open/run")), StartsWith(dir.path("open") + " (mode 0777"));
  EXPECT_FALSE(std::filesystem::exists(dir.path("open/run")));
}

TEST(TrustedDirectory, ThatIsAFileIsRefused) {
  const test::TempDir dir;
  EXPECT_EQ(made(dir.write("file", "")), dir.path("file") + " is no directory");
}

TEST(TrustedDirectory, ThatCannotBeMadeSaysWhy) {
  EXPECT_THAT(made("/proc/nowhere/run"), HasSubstr("cannot be made ("));
}

}  // namespace
}  // namespace notifyd
