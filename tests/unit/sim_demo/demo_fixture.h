// A world and modules for what the demo has on disk.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "sim/demo/installation.h"
#include "support/temp_dir.h"

namespace notifyd::sim {

inline std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What the demo makes is in here, and gone with it. Made before there are threads, which may read
// the environment.
struct OwnTemporary {
  OwnTemporary() { ::setenv("TMPDIR", dir.path().c_str(), 1); }
  OwnTemporary(const OwnTemporary&) = delete;
  OwnTemporary& operator=(const OwnTemporary&) = delete;
  ~OwnTemporary() { ::unsetenv("TMPDIR"); }

  test::TempDir dir;
};

// The two builds are told apart by their contents: nothing loads them here.
struct DemoFixture {
  DemoFixture() {
    dir.write("modules/libnotify_slack.so", "first build");
    dir.write("blue/libnotify_slack.so", "blue build");
    options.daemon = "/bin/false";
    options.modules_dir = dir.path("modules");
    options.blue_dir = dir.path("blue");
  }

  test::TempDir dir;
  OwnTemporary temporary;
  DemoOptions options;
  World world{DemoOptions{}};
};

inline std::string module_of(const Installation& installation) {
  return contents(installation.directory() + "/modules/libnotify_slack.so");
}
inline std::string routing_of(const Installation& installation) {
  return contents(installation.directory() + "/conf.d/slack.toml");
}

}  // namespace notifyd::sim
