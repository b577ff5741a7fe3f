#include "module/staging.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include "module_dir.h"

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;
using test::TempDir;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

std::shared_ptr<Staging> open(const std::string& runtime_dir) {
  auto staging = Staging::open(runtime_dir, Log());
  return staging ? *staging : nullptr;
}

TEST(Staging, IsADirectoryOfOurOwn) {
  TempDir runtime;
  const auto staging = open(runtime.path("made/by/us"));
  ASSERT_TRUE(staging);
  EXPECT_EQ(fs::status(staging->directory()).permissions(), fs::perms::owner_all);
}

TEST(Staging, GivesEveryCopyAPathOfItsOwn) {
  TempDir runtime;
  const auto staging = open(runtime.path());
  ASSERT_TRUE(staging);
  const ModuleFile module{"/x/libnotify_a.so", "a", "contents"};
  const auto first = staging->copy(module);
  const auto second = staging->copy(module);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_THAT((*first)->path(), AllOf(HasSubstr("/a.1."), EndsWith(".so")));
  EXPECT_THAT((*second)->path(), HasSubstr("/a.2."));
  EXPECT_EQ((*first)->hash(), (*second)->hash());
  EXPECT_EQ((*first)->hash(), "d1b2a59fbea7e20077af9f91b27e95e865061b270be03ff539ab3b73587882e8");
  EXPECT_EQ(test::bytes_of((*second)->path()), "contents");
}

TEST(Staging, RemovesACopyWithItsOwnerAndItselfAtTheEnd) {
  TempDir runtime;
  auto staging = open(runtime.path());
  ASSERT_TRUE(staging);
  auto copy = staging->copy({"/x/libnotify_a.so", "a", "contents"});
  ASSERT_TRUE(copy.ok());
  const std::string path = (*copy)->path();
  EXPECT_TRUE(fs::exists(path));
  copy->reset();
  EXPECT_FALSE(fs::exists(path));
  staging.reset();
  EXPECT_TRUE(fs::is_empty(runtime.path()));
}

TEST(Staging, SweepsWhatADeadProcessLeft) {
  TempDir runtime;
  runtime.write("modules.dead01/slack.1.abc.so", "old");
  runtime.write("something.else/keep", "x");
  ASSERT_TRUE(open(runtime.path()));
  EXPECT_FALSE(fs::exists(runtime.path("modules.dead01")));
  EXPECT_TRUE(fs::exists(runtime.path("something.else/keep")));
}

TEST(Staging, LeavesALivingProcessAlone) {
  TempDir runtime;
  const auto living = open(runtime.path());
  const auto other = open(runtime.path());
  ASSERT_TRUE(living && other);
  EXPECT_NE(living->directory(), other->directory());
  EXPECT_TRUE(fs::exists(living->directory()));
}

TEST(Staging, ThatCannotBeMadeNamesTheKey) {
  TempDir runtime;
  const std::string file = runtime.write("file", "");
  const auto staging = Staging::open(file, Log());
  ASSERT_FALSE(staging.ok());
  EXPECT_THAT(staging.error().message, AllOf(HasSubstr("runtime_dir " + file),
                                             HasSubstr("set runtime_dir in notifyd.toml")));
}

TEST(Staging, WhereCodeCannotRunSaysWhyAndWhatToSet) {
  EXPECT_THAT(cannot_execute("/run/x", EPERM).message,
              AllOf(HasSubstr("code cannot run from /run/x"), HasSubstr("noexec"),
                    HasSubstr("set runtime_dir in notifyd.toml")));
}

}  // namespace
}  // namespace notifyd::modules
