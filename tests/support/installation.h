// A directory with modules, configuration and an identity, as an operator would have it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "base/engine.h"
#include "sim/teleport/pki.h"
#include "support/temp_dir.h"

namespace notifyd::test {

class Installation {
 public:
  Installation() {
    install("good");
    identity_valid_until(std::chrono::system_clock::now() + std::chrono::hours(24));
    dir_.write("notifyd.toml", "modules_dir = \"" + path("modules") + "\"\nruntime_dir = \"" +
                                   path("run") +
                                   "\"\n[teleport]\naddr = \"auth.example.com\"\nidentity = \"" +
                                   path("identity") + "\"\n");
  }

  std::string path(const std::string& name) const { return dir_.path(name); }
  std::string write(const std::string& name, std::string_view text) {
    return dir_.write(name, text);
  }

  // One of tests/modules. `good` has options good.token, good.wait and good.odd.
  void install(const std::string& module) {
    std::filesystem::create_directories(path("modules"));
    const std::string file = "/libnotify_" + module + ".so";
    std::filesystem::copy_file(TEST_MODULES + file, path("modules") + file);
  }

  void identity_valid_until(WallTime until) {
    const auto client = pki_.issue_client("access-plugin", {"access-plugin"},
                                          until - std::chrono::hours(25), until);
    dir_.write("identity", pki_.identity_file(client));
  }

 private:
  TempDir dir_;
  sim::Pki pki_;
};

}  // namespace notifyd::test
