#include "ops/runtime_dir.h"

#include <unistd.h>

#include "base/trusted_file.h"
#include "config/default_paths.h"

namespace notifyd::ops {

Result<> judge_runtime_dir(const std::string& path) {
  if (path == config::default_runtime_dir(config::surroundings())) return Done{};
  const auto found = trusted_path(path, Use::kDirectory);
  if (found || found.error().code != kUntrusted) return Done{};
  return about(found.error(), path);
}

void look_as_owner_of(const std::string& runtime_dir) {
  if (::geteuid() != 0) return;
  struct stat status {};
  // With DynamicUser systemd makes it a link of root's, into /var/lib/private.
  if (::lstat(runtime_dir.c_str(), &status) != 0) return;
  if (S_ISLNK(status.st_mode) && status.st_uid != 0) return;
  if (::stat(runtime_dir.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return;
  const Trust owner = trust_of(status.st_uid, status.st_gid);
  const auto found = trusted_path(runtime_dir, Use::kDirectory, owner);
  if (!found || found->shared || found->directory.status.st_uid != 0) return;
  take_files_of(owner);
}

}  // namespace notifyd::ops
