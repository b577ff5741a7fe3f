#include "base/directory_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>

#include "support/engine_thread.h"
#include "support/temp_dir.h"
#include "support/wait.h"

namespace notifyd {
namespace {

class DirectoryWatchTest : public ::testing::Test {
 protected:
  ~DirectoryWatchTest() override {
    thread_.on([this] {
      watch_.reset();
      return 0;
    });
  }
  void watch(std::vector<std::string> directories) {
    thread_.on([&] {
      watch_ = std::make_unique<DirectoryWatch>(thread_.engine(), std::move(directories),
                                                [this] { ++told_; });
      return 0;
    });
  }
  bool is_told() {
    return test::wait_until([this] { return told_ > 0; });
  }

  test::TempDir dir_;
  std::atomic<int> told_{0};
  test::EngineThread thread_;
  std::unique_ptr<DirectoryWatch> watch_;
};

TEST_F(DirectoryWatchTest, TellsOfAFileThatIsWritten) {
  watch({dir_.path()});
  dir_.write("file", "text");
  EXPECT_TRUE(is_told());
}

TEST_F(DirectoryWatchTest, TellsOfEachOfItsDirectories) {
  dir_.write("one/file", "");
  dir_.write("two/file", "");
  watch({dir_.path("one"), dir_.path("two")});
  std::filesystem::rename(dir_.path("one/file"), dir_.path("two/other"));
  EXPECT_TRUE(is_told());
}

TEST_F(DirectoryWatchTest, ADirectoryThatIsNotThereIsNoError) {
  watch({dir_.path("missing"), dir_.path()});
  dir_.write("file", "text");
  EXPECT_TRUE(is_told());
}

TEST_F(DirectoryWatchTest, RenewedItFollowsALinkThatLeadsElsewhere) {
  namespace fs = std::filesystem;
  dir_.write("one/file", "");
  dir_.write("two/file", "");
  fs::create_directory_symlink("one", dir_.path("link"));
  watch({dir_.path("link")});
  fs::remove(dir_.path("link"));
  fs::create_directory_symlink("two", dir_.path("link"));
  thread_.on([this] {
    watch_->renew();
    return 0;
  });
  dir_.write("two/file", "new");
  EXPECT_TRUE(is_told());
}

}  // namespace
}  // namespace notifyd
