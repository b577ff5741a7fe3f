#include "base/exposure.h"

#include <algorithm>

namespace notifyd {
namespace {

constexpr unsigned kRead = 4;

bool is_ours_to_read(gid_t group, const Trust& trust) {
  return group == 0 || group == trust.group ||
         std::ranges::find(trust.more_groups, group) != trust.more_groups.end();
}

// With an access list the group bits are its mask, and systemd's credentials have one.
bool a_group_reads(const PathSource& source, const PathNode& node, const Trust& trust) {
  if ((node.status.st_mode & S_IRGRP) == 0) return false;
  const auto list = source.access_list(node);
  if (!list) return !is_ours_to_read(node.status.st_gid, trust);
  return std::ranges::any_of(*list, [&](const AccessEntry& entry) {
    return (entry.permissions & kRead) != 0 && entry.whose == AccessEntry::Whose::kOwningGroup &&
           !is_ours_to_read(node.status.st_gid, trust);
  });
}

std::string who_reads(const PathSource& source, const TrustedPath& found, const Trust& trust) {
  if ((found.node.status.st_mode & S_IROTH) != 0) return "everybody";
  // In a volume the group is fsGroup, which is the pod's own.
  if (found.in_volume || !a_group_reads(source, found.node, trust)) return "";
  return "group " + std::to_string(found.node.status.st_gid);
}

// Where the mount is that `path` is on.
std::string mount_of(const PathSource& source, std::string path, const Trust& trust) {
  while (path.size() > 1) {
    const auto found = walk_trusted(source, path, trust, Use::kFile);
    if (found && found->missing.empty() && source.is_mount_root(found->node)) return path;
    path.resize(std::max<std::size_t>(path.rfind('/'), 1));
  }
  return "/";
}

// Afterwards we must still be able to read it: what is not ours reaches us through its group.
std::string command(const TrustedPath& found, const Trust& trust) {
  const uid_t owner = found.node.status.st_uid;
  const std::string word = shell_word(found.path);
  if (owner == trust.user) return "run chmod go= " + word;
  if (trust.keeper == owner) {
    return "let user " + std::to_string(owner) +
           ", who keeps it, give it to this program only: `tbot init` "
           "with --reader-user=" +
           std::to_string(trust.user);
  }
  return "run chown root:" + std::to_string(trust.group) + " " + word + " && chmod 0640 " + word;
}

std::string mend(const PathSource& source, const TrustedPath& found, const Trust& trust) {
  if (found.in_volume) return "set defaultMode: 0440 for the volume and fsGroup for the pod";
  // Under ProtectSystem=strict all of / is read-only to us, and writable to whoever mends it.
  const std::string mount =
      source.is_read_only(found.node) ? mount_of(source, found.path, trust) : "/";
  if (mount == "/") return command(found, trust);
  return "where " + mount +
         ", which is mounted read-only, comes from, give it mode 0400 and this "
         "program's user, " +
         std::to_string(trust.user) + ", as its owner";
}

}  // namespace

std::string exposure_of(const PathSource& source, const std::string& path, const Trust& trust) {
  const auto found = walk_trusted(source, path, trust, Use::kFile);
  if (!found || !found->missing.empty()) return "";
  const std::string who = who_reads(source, *found, trust);
  if (who.empty()) return "";
  return found->path + " holds a secret and can be read by " + who + "; " +
         mend(source, *found, trust);
}

std::string exposure_of(const std::string& path, const Trust& trust) {
  return is_own_descriptor(path) ? "" : exposure_of(real_files(), path, trust);
}

}  // namespace notifyd
