// A file system as a table, one line each: kind (d, f, l or p), mode, user, group, path, and for a
// link "-> target". Behind it may stand "acl" and "readonly" (a mount that nobody can write
// through). Directories that are not there are root's, 0755.
#pragma once

#include <map>
#include <sstream>
#include <string>

#include "base/text.h"
#include "base/trusted_path.h"

namespace notifyd::test {

class FileTable final : public PathSource {
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
  bool has_access_list(const PathNode& node) const override { return of(node).acl; }
  bool is_read_only_mount(const PathNode& node) const override { return of(node).read_only; }

  const struct stat& status(const std::string& path) const { return entries_.at(path).status; }
  bool read_only(const std::string& path) const { return entries_.at(path).read_only; }

 private:
  struct Entry {
    struct stat status {};
    std::string target;
    bool acl = false, read_only = false;
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
    if (!words || parts.empty()) return;
    std::string above;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      above += "/" + parts[i];
      if (!entries_.contains(above)) add(above, S_IFDIR | 0755, 0, 0);
    }
    Entry& entry = add(above + "/" + parts.back(), kind_of(kind) | (mode & 07777U), user, group);
    while (words >> word) {
      if (word == "->") words >> entry.target;
      if (word == "acl") entry.acl = true;
      if (word == "readonly") entry.read_only = true;
    }
  }

  static PathNode node_of(const Entry& entry) { return {entry.status, nullptr}; }
  const Entry& of(const PathNode& node) const { return entries_.at(paths_.at(node.status.st_ino)); }

  std::map<std::string, Entry> entries_;
  std::map<ino_t, std::string> paths_;
};

}  // namespace notifyd::test
