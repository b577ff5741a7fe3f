// Where modules are loaded from: private copies, one per load, in a directory that only this
// process writes. A path of its own for each load is also what makes new code load at all, because
// dlopen gives the old image for a path it knows.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/fd.h"
#include "base/log.h"
#include "base/result.h"
#include "module/module_file.h"

namespace notifyd::modules {

// A copy; gone from disk when destroyed. While it is loaded debuggers and core dumps need it.
class StagedFile {
 public:
  StagedFile(std::string path, std::string hash) : path_(std::move(path)), hash_(std::move(hash)) {}
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  ~StagedFile();

  const std::string& path() const { return path_; }
  const std::string& hash() const { return hash_; }  // sha256 of the contents, in hex
  void keep() { keep_ = true; }                      // leave it to the next start's sweep

 private:
  std::string path_, hash_;
  bool keep_ = false;
};

class Staging {
 public:
  // Makes the directory, sweeps what dead processes left, and proves that code may run from there.
  static Result<std::shared_ptr<Staging>> open(const std::string& runtime_dir, const Log& log);

  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();

  // [any] Named <name>.<number of this copy>.<hash>.so.
  Result<std::unique_ptr<StagedFile>> copy(const ModuleFile& module);
  const std::string& directory() const { return directory_; }

 private:
  Staging(std::string directory, Fd lock)
      : directory_(std::move(directory)), lock_(std::move(lock)) {}

  const std::string directory_;
  const Fd lock_;  // held as long as this process lives: the sweep's proof of life
  std::atomic<unsigned> copies_{0};
};

// What to tell the operator when the kernel does not let code be mapped from `directory`.
Error cannot_execute(const std::string& directory, int error_number);

}  // namespace notifyd::modules
