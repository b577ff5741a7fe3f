#include "ops/runtime_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/system_error.h"

namespace notifyd::ops {
namespace {

constexpr mode_t kPrivate = 0700;
constexpr mode_t kWritableByOthers = 0022;

Error refused(const std::string& path, const std::string& why) {
  return invalid("runtime_dir: " + path + " " + why +
                 "; set runtime_dir in notifyd.toml to a directory that only this program's user "
                 "can write");
}

Error refused(const std::string& path, const std::string& what, int err) {
  return refused(path, what + " (" + errno_text(err) + ")");
}

// lstat, because a link could be somebody else's.
Result<> only_ours(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return refused(path, "cannot be looked at", errno);
  if (!S_ISDIR(status.st_mode)) return refused(path, "is no directory");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return refused(path, "belongs to another user");
  }
  if ((status.st_mode & kWritableByOthers) != 0) {
    return refused(path, "can be written by other users");
  }
  return Done{};
}

}  // namespace

Result<> make_runtime_dir(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path whole = fs::absolute(path).lexically_normal();
  const fs::path dir = whole.has_filename() ? whole : whole.parent_path();
  std::error_code error;
  fs::create_directories(dir.parent_path(), error);
  if (::mkdir(dir.c_str(), kPrivate) != 0 && errno != EEXIST) {
    return refused(dir.string(), "cannot be made", errno);
  }
  return only_ours(dir.string());
}

}  // namespace notifyd::ops
