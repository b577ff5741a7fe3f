#include "module/staging.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "module/sweep.h"
#include "module_dir.h"

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;
using test::TempDir;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;
  ~ScopedVariable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* const name_;
  std::optional<std::string> before_;
};

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

// As a process leaves it that was killed.
std::string leftover(const TempDir& runtime, const std::string& name) {
  runtime.write(name + "/" + kStagingMarker, "");
  runtime.write(name + "/slack.1.0123456789abcdef.so", "old");
  fs::permissions(runtime.path(name), fs::perms::owner_all);
  return runtime.path(name);
}

TEST(Staging, SweepsWhatADeadProcessLeft) {
  TempDir runtime;
  const std::string dead = leftover(runtime, "modules.dead01");
  ASSERT_TRUE(open(runtime.path()));
  EXPECT_FALSE(fs::exists(dead));
}

TEST(Staging, SweepsNothingThatOnlyLooksLikeIt) {
  TempDir runtime;
  runtime.write("modules.backup-2026/slack.1.0123456789abcdef.so", "x");
  runtime.write("modules.d/keep", "x");
  runtime.write("something.else/keep", "x");
  runtime.write("modules.nomark/slack.1.0123456789abcdef.so", "x");
  fs::permissions(runtime.path("modules.nomark"), fs::perms::owner_all);
  TempDir elsewhere;
  const std::string target = leftover(elsewhere, "modules.abcdef");
  fs::create_directory_symlink(target, runtime.path("modules.linked"));
  fs::create_directory_symlink(target, runtime.path("modules.link01"));
  ASSERT_TRUE(open(runtime.path()));
  for (const char* kept :
       {"modules.backup-2026/slack.1.0123456789abcdef.so", "modules.d/keep", "something.else/keep",
        "modules.link01", "modules.linked", "modules.nomark/slack.1.0123456789abcdef.so"}) {
    EXPECT_TRUE(fs::exists(runtime.path(kept))) << kept;
  }
  EXPECT_TRUE(fs::exists(target + "/slack.1.0123456789abcdef.so"));
}

TEST(Staging, LeavesADirectoryInWhichSomebodyPutSomethingElse) {
  TempDir runtime;
  const std::string dead = leftover(runtime, "modules.dead01");
  runtime.write("modules.dead01/notes/why", "x");
  runtime.write("modules.dead01/core", "x");
  ASSERT_TRUE(open(runtime.path()));
  EXPECT_TRUE(fs::exists(dead + "/notes/why"));
  EXPECT_TRUE(fs::exists(dead + "/core"));
}

TEST(Staging, LeavesWhatBelongsToAnotherUser) {
  TempDir runtime;
  const std::string dead = leftover(runtime, "modules.dead01");
  if (geteuid() != 0 || ::chown(dead.c_str(), 4321, 4321) != 0) {
    GTEST_SKIP() << "only root can give a directory away";
  }
  ASSERT_TRUE(open(runtime.path()));
  EXPECT_TRUE(fs::exists(dead));
}

TEST(Staging, WhereOthersCanWriteIsRefusedWithTheComponent) {
  TempDir runtime;
  fs::create_directory(runtime.path("open"));
  fs::permissions(runtime.path("open"), fs::perms::all);
  const auto staging = Staging::open(runtime.path("open/run"), Log());
  ASSERT_FALSE(staging.ok());
  EXPECT_EQ(staging.error().code, kUntrusted);
  EXPECT_THAT(staging.error().message, HasSubstr(runtime.path("open") + " (mode 0777"));
}

TEST(Staging, ProvesEachCopyBeforeItIsMapped) {
  TempDir runtime;
  const auto staging = open(runtime.path());
  ASSERT_TRUE(staging);
  const auto copy = staging->copy({"/x/libnotify_a.so", "a", "contents"});
  ASSERT_TRUE(copy.ok());
  EXPECT_TRUE((*copy)->prove().ok());
  fs::rename((*copy)->path(), runtime.path("aside"));
  std::ofstream((*copy)->path()) << "another";
  EXPECT_FALSE((*copy)->prove().ok()) << "another file has its name";
  fs::rename(runtime.path("aside"), (*copy)->path());
  EXPECT_TRUE((*copy)->prove().ok());
  fs::permissions(runtime.path(), fs::perms::all);
  EXPECT_THAT((*copy)->prove().error().message, HasSubstr("(mode 0777"));
}

// What a forged directory costs an attacker who may write above runtime_dir: at each opening of a
// name another directory could be there.
TEST(Staging, KeepsWorkingInItsOwnDirectoryWhenAnotherTakesItsName) {
  TempDir runtime;
  const auto staging = open(runtime.path("run"));
  ASSERT_TRUE(staging);
  fs::rename(runtime.path("run"), runtime.path("moved"));
  fs::create_directory(runtime.path("run"));
  const auto copy = staging->copy({"/x/libnotify_a.so", "a", "contents"});
  ASSERT_TRUE(copy.ok());
  EXPECT_TRUE(fs::is_empty(runtime.path("run")));
  EXPECT_FALSE((*copy)->prove().ok());
}

TEST(Staging, InMemoryLeavesNothingAndCannotBeChanged) {
  const auto staging = Staging::in_memory();
  ASSERT_TRUE(staging.ok()) << staging.error().message;
  const ModuleFile module{"/x/libnotify_a.so", "a", "contents"};
  const auto first = (*staging)->copy(module);
  const auto second = (*staging)->copy(module);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE((*first)->path(), (*second)->path());
  EXPECT_EQ(test::bytes_of((*first)->path()), "contents");
  const int fd = ::open((*first)->path().c_str(), O_RDWR);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(::write(fd, "x", 1), -1);
  EXPECT_EQ(::ftruncate(fd, 0), -1);
  ::close(fd);
}

TEST(Staging, InMemoryGivesNoPathAgainThatIsStillMapped) {
  const auto staging = Staging::in_memory();
  ASSERT_TRUE(staging.ok());
  const ModuleFile module{"/x/libnotify_a.so", "a", "contents"};
  auto mapped = *(*staging)->copy(module);
  const std::string path = mapped->path();
  mapped->keep();
  mapped.reset();
  EXPECT_NE((*(*staging)->copy(module))->path(), path);
}

TEST(Staging, DoesNotWaitForWhoeverHoldsTheLock) {
  TempDir runtime;
  const int other = ::open(runtime.path().c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  const auto held = Staging::open(runtime.path(), Log(), std::chrono::milliseconds(0));
  ASSERT_FALSE(held.ok());
  EXPECT_NE(held.error().code, kUntrusted) << "a start goes on in memory";
  EXPECT_THAT(held.error().message, HasSubstr("another process holds its lock"));
  ::close(other);
  EXPECT_TRUE(Staging::open(runtime.path(), Log(), std::chrono::milliseconds(0)).ok());
}

TEST(Staging, ApartSweepsNothingAndLeavesNothing) {
  TempDir temporary;
  const std::string dead = leftover(temporary, "modules.dead01");
  const ScopedVariable tmpdir("TMPDIR", temporary.path());
  auto staging = Staging::apart();
  ASSERT_TRUE(staging.ok()) << staging.error().message;
  const std::string directory = (*staging)->directory();
  EXPECT_THAT(directory, ::testing::StartsWith(temporary.path("teleport-notifyd-")));
  EXPECT_EQ(fs::status(directory).permissions(), fs::perms::owner_all);
  auto copy = (*staging)->copy({"/x/libnotify_a.so", "a", "contents"});
  ASSERT_TRUE(copy.ok());
  EXPECT_TRUE((*copy)->prove().ok());
  copy->reset();
  *staging = nullptr;
  EXPECT_FALSE(fs::exists(directory));
  EXPECT_TRUE(fs::exists(dead));
}

TEST(Staging, LeavesALivingProcessAlone) {
  TempDir runtime;
  const auto living = open(runtime.path());
  const auto other = open(runtime.path());
  ASSERT_TRUE(living && other);
  EXPECT_NE(living->directory(), other->directory());
  EXPECT_TRUE(fs::exists(living->directory()));
}

TEST(Staging, ThatCannotBeMadeNamesTheDirectory) {
  TempDir runtime;
  const std::string file = runtime.write("file", "");
  const auto staging = Staging::open(file, Log());
  ASSERT_FALSE(staging.ok());
  EXPECT_THAT(staging.error().message, HasSubstr(file + " is no directory"));
}

TEST(Staging, WhereCodeCannotRunSaysWhy) {
  EXPECT_THAT(cannot_execute("/run/x", EPERM).message,
              AllOf(HasSubstr("code cannot run from /run/x"), HasSubstr("noexec")));
}

}  // namespace
}  // namespace notifyd::modules
