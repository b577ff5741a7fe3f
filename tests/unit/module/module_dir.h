// A modules directory as an operator should have it, filled from what the build made.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/temp_dir.h"

namespace notifyd::test {

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string built_module(const std::string& name) {
  return std::string(TEST_MODULES) + "/libnotify_" + name + ".so";
}

class ModuleDir {
 public:
  ModuleDir() { ::chmod(dir_.path().c_str(), 0755); }

  // Copies one of tests/modules and gives its path here.
  std::string add(const std::string& name) { return add_bytes(name, bytes_of(built_module(name))); }
  std::string add_bytes(const std::string& name, const std::string& bytes) {
    const std::string path = dir_.write("libnotify_" + name + ".so", bytes);
    ::chmod(path.c_str(), 0644);
    return path;
  }
  std::string path(const std::string& name = "") const { return dir_.path(name); }

 private:
  TempDir dir_;
};

}  // namespace notifyd::test
