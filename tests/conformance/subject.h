// The module that is being checked, loaded into this process, with the configuration it is to have.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fake_host.h"
#include "module/table.h"
#include "notify/abi.h"

namespace conformance {

// Where it is and how it is configured.
struct Target {
  std::string module;  // path of libnotify_<name>.so
  std::string config;  // a file as it would stand in conf.d, or "": values are made up
};

// One mapping of it, which stays unless it is taken away: of what a module leaves behind, a thread
// perhaps, only one case wants to die. Throws Failed where it cannot be mapped.
class Code {
 public:
  explicit Code(const std::string& path);
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() = default;

  const notify_module& table() const { return table_; }
  void unmap();
  // Whether it still is, after unmap().
  bool still_mapped() const;

 private:
  const std::string path_;
  void* handle_ = nullptr;
  notify_module table_{};  // in this kit's size
};

// A second file with the same bytes, since one path is mapped once only. Removed with this.
class Copy {
 public:
  explicit Copy(const std::string& module);
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy();
  const std::string& path() const { return path_; }

 private:
  std::string directory_, path_;
};

// What the daemon would say against the file, "" for nothing. No code of it runs.
std::string fault_of_file(const std::string& path);

// As the daemon reads it. Throws Failed with its words.
notifyd::modules::LibraryInfo read_table_of(const std::string& path, const notify_module& table);

// What an instance is configured with. Secrets that are files which cannot be read here are made
// up, as is every required value where there is no file. Throws Failed.
Config config_of(const Target& target, const notifyd::modules::LibraryInfo& info);

}  // namespace conformance
