#include "module/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "base/fd.h"

namespace notifyd::modules {
namespace {

constexpr mode_t kPrivate = 0700;
constexpr mode_t kPermissions = 0777;  // a group may be inherited
constexpr std::size_t kHashShown = 16;
constexpr std::string_view kLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

struct Close {
  void operator()(DIR* directory) const noexcept { static_cast<void>(::closedir(directory)); }
};

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  // Not dup(): the copy would share the position with what is listed elsewhere.
  const int again = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, Close> listed(again < 0 ? nullptr : ::fdopendir(again));
  if (!listed) return names;
  while (const dirent* const entry = ::readdir(listed.get())) names.emplace_back(entry->d_name);
  return names;
}

bool only(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}

bool is_staging_name(std::string_view name) {
  if (!name.starts_with(kStagingPrefix)) return false;
  name.remove_prefix(std::string_view(kStagingPrefix).size());
  return name.size() == kStagingRandom && only(name, kLetters);
}

// <module>.<number>.<hash>.so
bool is_copy_name(std::string_view name) {
  if (!name.ends_with(".so")) return false;
  name.remove_suffix(3);
  const std::size_t hash = name.rfind('.');
  if (hash == std::string_view::npos || name.size() - hash - 1 != kHashShown) return false;
  if (!only(name.substr(hash + 1), "0123456789abcdef")) return false;
  name = name.substr(0, hash);
  const std::size_t number = name.rfind('.');
  return number != std::string_view::npos && number > 0 && number + 1 < name.size() &&
         only(name.substr(number + 1), "0123456789");
}

bool is_our_file(int directory, const char* name) {
  struct stat status {};
  return ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == ::geteuid();
}

bool is_ours(int directory) {
  struct stat status {};
  return ::fstat(directory, &status) == 0 && status.st_uid == ::geteuid() &&
         (status.st_mode & kPermissions) == kPrivate && is_our_file(directory, kStagingMarker);
}

}  // namespace

bool remove_staging(int parent, const std::string& name, int own) {
  bool empty = true;
  for (const std::string& file : names_in(own)) {
    if (file == "." || file == ".." || file == kStagingMarker) continue;
    const bool ours = is_copy_name(file) && is_our_file(own, file.c_str());
    if (!ours || ::unlinkat(own, file.c_str(), 0) != 0) empty = false;
  }
  if (!empty) return false;
  static_cast<void>(::unlinkat(own, kStagingMarker, 0));
  return ::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0;
}

void sweep_staging(int runtime_dir, const Log& log) {
  for (const std::string& name : names_in(runtime_dir)) {
    if (!is_staging_name(name)) continue;
    const Fd own(
        ::openat(runtime_dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!own || !is_ours(own.get())) continue;
    if (::flock(own.get(), LOCK_EX | LOCK_NB) != 0) continue;  // it lives
    if (remove_staging(runtime_dir, name, own.get())) {
      log.debug("swept modules of an earlier run", {{"directory", name}});
    }
  }
}

}  // namespace notifyd::modules
