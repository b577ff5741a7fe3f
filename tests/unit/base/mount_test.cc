#include "base/mount.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "support/temp_dir.h"

namespace notifyd {
namespace {

Fd place(const std::string& path) { return Fd(::open(path.c_str(), O_PATH | O_CLOEXEC)); }

TEST(Mount, IsTold) {
  EXPECT_TRUE(is_mount_root(place("/").get()));
  EXPECT_TRUE(is_mount_root(place("/proc").get()));
  EXPECT_FALSE(is_mount_root(place("/proc/self").get()));
  const test::TempDir dir;
  EXPECT_FALSE(is_mount_root(place(dir.path()).get()));
}

TEST(Mount, IsToldTheSameWhereTheKernelDoesNotSay) {
  const test::TempDir dir;
  for (const std::string& path : {std::string("/"), std::string("/proc"), std::string("/proc/self"),
                                  std::string("/dev"), dir.path(), std::string("/usr")}) {
    const Fd fd = place(path);
    EXPECT_EQ(is_mount_root_by_ids(fd.get()), is_mount_root(fd.get())) << path;
  }
}

}  // namespace
}  // namespace notifyd
