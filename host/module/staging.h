// Where modules are loaded from: private copies, one per load. A path of its own for each load is
// also what makes new code load at all, because dlopen gives the old image for a path it knows.
//
// A daemon that runs keeps its copies in a directory of its own below runtime_dir, where debuggers
// and profilers find them. Everything that leads there is judged (base/trusted_path.h), names in it
// are only ever looked up through descriptors, and each copy is read once more before it is mapped.
//
// Where there is no such directory, where code cannot run from it, and for who only looks what a
// module is (`check`, `modules`), copies are in memory: sealed files without a name, which nothing
// can change and which leave nothing behind. What it costs: a debugger shows their frames without
// names.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/fd.h"
#include "base/log.h"
#include "base/result.h"
#include "base/trusted_file.h"
#include "module/module_file.h"

namespace notifyd::modules {

// A copy; gone when destroyed.
class StagedFile {
 public:
  // `name` in the open `directory`, which must outlive it.
  StagedFile(int directory, std::string name, std::string path, std::string hash);
  StagedFile(const Fd& memory, std::string hash);
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile();

  const std::string& path() const { return path_; }  // for dlopen
  const std::string& hash() const { return hash_; }  // sha256 of the contents, in hex

  // Whether what dlopen would find at path() is the copy. Others cannot have changed it where the
  // directory is what it was when it was judged; somebody may have opened it to them since.
  Result<> prove() const;

  // It stays mapped: leave it to the next start's sweep. In memory its path must not be given to
  // another copy, which dlopen would take for this one.
  void keep() { keep_ = true; }

 private:
  const int directory_ = -1;
  const int memory_ = -1;
  const std::string name_, path_, hash_;
  bool keep_ = false;
};

class Staging {
 public:
  // In a directory of its own below `runtime_dir`. Sweeps what dead processes of this user left
  // there, and proves that code may run from there. Waits for another start that does the same, no
  // longer than `patience`: whoever may list the directory could hold its lock for ever.
  static Result<std::shared_ptr<Staging>> open(
      const std::string& runtime_dir, const Log& log,
      std::chrono::milliseconds patience = std::chrono::seconds(2));

  // In a fresh directory below TMPDIR, which goes with it. Sweeps nothing.
  static Result<std::shared_ptr<Staging>> apart();

  // Leaves every directory alone.
  static Result<std::shared_ptr<Staging>> in_memory();

  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();

  // [any] Named <name>.<number of this copy>.<hash>.so.
  Result<std::unique_ptr<StagedFile>> copy(const ModuleFile& module);
  const std::string& directory() const { return directory_; }  // "" in memory

 private:
  friend class StagingMaker;
  Staging() = default;

  std::string directory_, name_;  // its whole path, and its name in parent_
  Fd parent_;
  Fd own_;  // locked for as long as this process lives: the sweep's proof of life
  std::atomic<unsigned> copies_{0};
};

// What to tell the operator when the kernel does not let code be mapped from `directory`.
Error cannot_execute(const std::string& directory, int error_number);

}  // namespace notifyd::modules
