// Whether a path can be trusted: whether anybody but root and the daemon's own user could have put
// there what is found, or could put something else in its place. Configuration that others write
// can send the token elsewhere, and modules that others write are the daemon.
//
// The rule, for every directory and link from / to the end, those of links' targets included:
//
// 1. It belongs to root or to the daemon's user.
// 2. A directory is written by its owner only. "Its owner only" takes in the group when that is
//    root's, or the daemon's own and nobody else is in it: with umask 002 everything in a home is
//    writable for the private group of its user. Any other group is other people. An access control
//    list counts as its entries say.
// 3. A sticky directory that others may write (/tmp) can be passed through: nobody can rename or
//    replace there what is ours or root's, and that is what rule 1 asks of the next component. It
//    is no place for Use::kDirectory, where what others add counts.
// 4. A volume of Kubernetes can be passed through and listed whatever its mode: kubelet makes those
//    of a Secret 1777 and those of a ConfigMap 0777. What tells it apart is a mount of its own that
//    nobody can write through, with kubelet's own link "..data" in it, of root. (That the file
//    system is read-only says nothing by itself: under ProtectSystem=strict all of it is, and
//    others write to it all the same.)
// 5. What is at the end must not be writable for others either.
//
// A file that another program keeps fresh (Teleport's tbot, the identity) may belong to that
// program's user on all of its path, when the configuration names them: Trust::keeper.
//
// For a log it is enough that nobody can lead it to another file: a group may write its directory
// (/var/log is root:syslog 0775 on some systems), because whoever plants a link there owns the
// link, and rule 1 refuses it.
//
// The walk opens each component below the last by descriptor and follows links by hand, so that
// what was judged is what is opened. OpenSSH's safe_path() looks at the same things by name.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/access_list.h"
#include "base/fd.h"
#include "base/result.h"
#include "base/trust.h"

namespace notifyd {

// The code of what is refused for whose it is, or for who may write it. The message is complete:
// whoever passes it on has nothing to advise.
inline constexpr Errc kUntrusted = Errc::kDamaged;

enum class Use {
  kFile,       // it is read
  kDirectory,  // everything in it counts
  kLog,        // a file that is appended to
};

struct PathNode {
  struct stat status {};
  std::shared_ptr<const Fd> fd;  // O_PATH; none in tests
};

// The file system as the walk sees it: a real one, or a table in tests.
class PathSource {
 public:
  virtual ~PathSource() = default;
  virtual Result<PathNode> root() const = 0;
  virtual Result<PathNode> child(const PathNode& directory, const std::string& name) const = 0;
  virtual Result<std::string> target(const PathNode& link) const = 0;
  virtual std::optional<AccessList> access_list(const PathNode& node) const = 0;
  virtual bool is_mount_root(const PathNode& node) const = 0;
  virtual bool is_read_only(const PathNode& node) const = 0;  // the mount that it is on
};

struct TrustedPath {
  std::string path;  // absolute, without links
  PathNode node;     // what is there, unless something is missing
  PathNode directory;
  std::string name;                  // in `directory`; "" for /
  std::vector<std::string> missing;  // `name` and what was to come below it, where there is none
  bool in_volume = false;            // of Kubernetes
  bool shared = false;               // others may write `directory`, as they may in /tmp
  // Use::kLog: it leads to this descriptor of ours, as /dev/stdout does; nothing else is set then.
  std::optional<int> stream = {};
};

// Errors of kUntrusted name the component, its mode and owner, and the command that mends it.
// Others are those of the file system and begin with the component. A relative path begins at the
// directory that the process is in.
Result<TrustedPath> walk_trusted(const PathSource& source, const std::string& path,
                                 const Trust& trust, Use use);

// Whether others could write this, whatever leads to it.
bool others_may_write(const PathSource& source, const PathNode& node, const Trust& trust);

// The same error with the path in front, unless its message begins with it.
Error about(const Error& error, const std::string& path);

// In single quotes where a shell would take it apart.
std::string shell_word(const std::string& text);

}  // namespace notifyd
