// A directory of a test's own, gone with it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace notifyd::test {

class TempDir {
 public:
  TempDir() {
    std::string pattern = testing::TempDir() + "notifyd-XXXXXX";
    const char* made = ::mkdtemp(pattern.data());
    if (made == nullptr) throw std::runtime_error("no temporary directory");
    path_ = made;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code none;
    std::filesystem::remove_all(path_, none);
  }

  std::string path(std::string_view name = "") const { return (path_ / name).string(); }

  // Writes the file, its directories included, and gives its path. For its owner only: most of what
  // tests write has a secret in it.
  std::string write(std::string_view name, std::string_view text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace notifyd::test
