#include "ops/runtime_dir.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/trusted_file.h"
#include "config/default_paths.h"
#include "support/temp_dir.h"

namespace notifyd::ops {
namespace {

using testing::StartsWith;

std::string refusal(const std::string& path) {
  const auto judged = judge_runtime_dir(path);
  return judged ? "accepted" : judged.error().message;
}

TEST(RuntimeDir, ThatOthersCanWriteIsRefusedWithoutBeingMade) {
  const test::TempDir dir;
  std::filesystem::create_directory(dir.path("open"));
  ASSERT_EQ(::chmod(dir.path("open").c_str(), 0777), 0);
  EXPECT_THAT(refusal(dir.path("open/run")),
              StartsWith(dir.path("open/run") + ": " + dir.path("open") + " (mode 0777"));
  EXPECT_FALSE(std::filesystem::exists(dir.path("open/run")));
  EXPECT_EQ(refusal(dir.path("run")), "accepted");
  EXPECT_FALSE(std::filesystem::exists(dir.path("run")));
}

class AsRoot : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    std::filesystem::create_directory(state_);
    if (::chown(state_.c_str(), kService.user, kService.group) != 0) {
      GTEST_SKIP() << "directories cannot be given away here";
    }
  }
  ~AsRoot() override { take_files_of(own_trust()); }

  const Trust kService{4321, 4322};
  const test::TempDir dir_;
  const std::string state_ = dir_.path("state");
};

TEST_F(AsRoot, LooksWithTheEyesOfTheServicesUser) {
  const std::string token = dir_.write("state/token", "t");
  ASSERT_EQ(::chown(token.c_str(), kService.user, kService.group), 0);
  EXPECT_FALSE(read_trusted(token, 10).ok());
  look_as_owner_of(state_);
  EXPECT_EQ(*read_trusted(token, 10), "t");
  EXPECT_EQ(refusal(state_), "accepted");
}

// DynamicUser makes it a link of root's, /var/lib/x -> private/x.
TEST_F(AsRoot, LooksWithTheEyesOfTheServicesUserBehindALinkOfRoots) {
  const std::string link = dir_.path("link");
  std::filesystem::create_symlink("state", link);
  look_as_owner_of(link);
  EXPECT_EQ(file_trust().user, kService.user);
}

TEST_F(AsRoot, TrustsNobodyBehindALinkOfAnybodyElse) {
  const std::string link = dir_.path("link");
  std::filesystem::create_symlink("state", link);
  ASSERT_EQ(::lchown(link.c_str(), kService.user, kService.group), 0);
  look_as_owner_of(link);
  EXPECT_EQ(file_trust().user, 0U);
}

TEST_F(AsRoot, TrustsNobodyForADirectoryThatAnybodyCanHaveMade) {
  ASSERT_EQ(::chmod(dir_.path().c_str(), 01777), 0);
  look_as_owner_of(state_);
  EXPECT_EQ(file_trust().user, 0U);
}

}  // namespace
}  // namespace notifyd::ops
