#include "base/mount.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <fstream>
#include <string>

#include "base/fd.h"

namespace notifyd {
namespace {

bool same_directory(int a, int b) {
  struct stat first {
  }, second{};
  return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

int mount_id(int fd) {
  std::ifstream facts("/proc/self/fdinfo/" + std::to_string(fd));
  for (std::string word; facts >> word;) {
    int id = -1;
    if (word == "mnt_id:" && facts >> id) return id;
  }
  return -1;
}

}  // namespace

bool is_mount_root_by_ids(int directory) {
  const Fd above(::openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!above) return false;
  const int id = mount_id(directory);
  if (id < 0) return false;
  return mount_id(above.get()) != id || same_directory(above.get(), directory);
}

bool is_mount_root(int fd) {
  struct statx facts {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_MODE, &facts) == 0 &&
      (facts.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0) {
    return (facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  }
  return is_mount_root_by_ids(fd);
}

bool is_read_only_mount(int fd) {
  struct statvfs file_system {};
  return ::fstatvfs(fd, &file_system) == 0 && (file_system.f_flag & ST_RDONLY) != 0;
}

}  // namespace notifyd
