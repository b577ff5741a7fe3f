// A file system as a table, one line each: kind (d, f, l or p), mode, user, group, path, and for a
// link "-> target". Behind it may stand "mount", "readonly" (a mount that nobody can write
// through), and of an access list "user" or "group" with a number and permissions ("user 1001 6")
// or "owning" with those of the file's group. Directories that are not there are root's, 0755.
#pragma once

#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "base/text.h"
#include "base/trusted_path.h"

namespace notifyd::test {

class FileTable : public PathSource {
 public:
  explicit FileTable(const std::string& table = "") {
    add("/", S_IFDIR | 0755, 0, 0);
    for (const std::string& line : split(table, '\n')) read(line);
  }

  Result<PathNode> root() const override { return node_of(entries_.at("/")); }

  Result<PathNode> child(const PathNode& directory, const std::string& name) const override {
    const std::string& above = paths_.at(directory.status.st_ino);
    const auto it = entries_.find((above == "/" ? "" : above) + "/" + name);
    if (it == entries_.end()) return Error{Errc::kNotFound, "No such file or directory"};
    return node_of(it->second);
  }

  Result<std::string> target(const PathNode& link) const override { return of(link).target; }
  std::optional<AccessList> access_list(const PathNode& node) const override {
    const AccessList& list = of(node).list;
    return list.empty() ? std::nullopt : std::optional<AccessList>(list);
  }
  bool is_mount_root(const PathNode& node) const override { return of(node).mount; }
  bool is_read_only(const PathNode& node) const override {
    for (std::string path = paths_.at(node.status.st_ino);; path.resize(path.rfind('/'))) {
      const auto it = entries_.find(path.empty() ? "/" : path);
      if (it != entries_.end() && it->second.mount) return it->second.read_only;
      if (path.empty() || path == "/") return false;
    }
  }

  const struct stat& status(const std::string& path) const { return entries_.at(path).status; }
  bool read_only(const std::string& path) const { return entries_.at(path).read_only; }
  bool has_access_list(const std::string& path) const { return !entries_.at(path).list.empty(); }

 private:
  struct Entry {
    struct stat status {};
    std::string target;
    bool mount = false, read_only = false;
    AccessList list;
  };

  static mode_t kind_of(char letter) {
    if (letter == 'd') return S_IFDIR;
    if (letter == 'l') return S_IFLNK;
    return letter == 'p' ? S_IFIFO : S_IFREG;
  }

  Entry& add(const std::string& path, mode_t mode, uid_t user, gid_t group) {
    Entry& entry = entries_[path];
    entry.status.st_mode = mode;
    entry.status.st_uid = user;
    entry.status.st_gid = group;
    entry.status.st_ino = paths_.size() + 1;
    paths_.emplace(entry.status.st_ino, path);
    return entry;
  }

  void read(const std::string& line) {
    std::istringstream words(line);
    char kind = 0;
    unsigned mode = 0, user = 0, group = 0;
    std::string path, word;
    words >> kind >> std::oct >> mode >> std::dec >> user >> group >> path;
    const std::vector<std::string> parts = split(path, '/');
    if (!words) return;
    if (parts.empty()) {
      add("/", S_IFDIR | (mode & 07777U), user, group);
      return;
    }
    std::string above;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      above += "/" + parts[i];
      if (!entries_.contains(above)) add(above, S_IFDIR | 0755, 0, 0);
    }
    Entry& entry = add(above + "/" + parts.back(), kind_of(kind) | (mode & 07777U), user, group);
    while (words >> word) {
      if (word == "->") words >> entry.target;
      if (word == "mount" || word == "readonly") entry.mount = true;
      if (word == "readonly") entry.read_only = true;
      read_access(word, words, entry.list);
    }
  }

  static void read_access(const std::string& word, std::istringstream& words, AccessList& list) {
    using Whose = AccessEntry::Whose;
    AccessEntry entry;
    if (word == "user") entry.whose = Whose::kUser;
    if (word == "group") entry.whose = Whose::kGroup;
    if (word == "owning") entry.whose = Whose::kOwningGroup;
    if (entry.whose == Whose::kOthers) return;
    if (entry.whose != Whose::kOwningGroup) words >> entry.id;
    words >> entry.permissions;
    list.push_back(entry);
  }

  static PathNode node_of(const Entry& entry) { return {entry.status, nullptr}; }
  const Entry& of(const PathNode& node) const { return entries_.at(paths_.at(node.status.st_ino)); }

  std::map<std::string, Entry> entries_;
  std::map<ino_t, std::string> paths_;
};

}  // namespace notifyd::test
