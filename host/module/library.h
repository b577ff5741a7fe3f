// Library: one loaded copy of a module. Whoever may call into it holds a reference; the last one
// unloads it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "module/staging.h"
#include "module/table.h"

namespace notifyd::modules {

struct LibraryOptions {
  std::shared_ptr<Staging> staging;
  Log log;
  // For sanitizers and valgrind, which cannot name the frames of code that is gone. The default is
  // whether NOTIFYD_KEEP_MODULES is set in the environment.
  bool keep_mapped = keep_mapped_by_default();
  std::string sha256;  // that the copy must have, in hex; "": any
  // Tries the copy out before it is mapped here; may be empty.
  std::function<Result<>(const std::string& copy)> trial;

  static bool keep_mapped_by_default();
};

class Library {
 public:
  // Judges the file, copies it, has the copy tried out, maps it, checks the table. Every error
  // begins with the operator's path. No code of the module has run here when the file itself is at
  // fault, or the trial.
  static Result<std::shared_ptr<Library>> load(const std::string& path,
                                               const LibraryOptions& options);

  // [a trial's child] A copy that the daemon has judged and staged, and that stays where it is.
  static Result<std::shared_ptr<Library>> of_copy(const std::string& path, const std::string& name);

  // A table that is part of this program, for tests. Throws std::invalid_argument on a bad one.
  static std::shared_ptr<Library> in_process(const notify_module& table);

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library();

  const LibraryInfo& info() const { return info_; }
  const notify_module& table() const { return table_; }
  // [any] The module's own extension of that id; null where it has none. See abi.h for when to ask.
  const void* extension(const char* id) const;
  const std::string& hash() const { return hash_; }  // "" in process
  const std::string& copy() const { return copy_; }  // what is mapped; "" in process

 private:
  class Mapped;

  Library(LibraryInfo info, const notify_module& table);

  LibraryInfo info_;
  notify_module table_;  // this daemon's size, never the module's own
  std::string hash_, copy_;
  std::unique_ptr<Mapped> mapped_;  // null in process
};

// Whether a module is the one that was meant; `wanted` may be "".
Result<> judge_hash(const std::string& hash, const std::string& wanted);

struct Listed {
  std::string file;          // name in the directory
  Result<LibraryInfo> info;  // or why it cannot be loaded
};

// Every *.so of a directory, sorted by name.
Result<std::vector<Listed>> list_modules(const std::string& directory,
                                         const LibraryOptions& options);

}  // namespace notifyd::modules
