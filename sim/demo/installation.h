// The daemon's files as its operator keeps them: configuration, identity, modules and log in a
// directory of the demo's own, which goes with this.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "sim/demo/options.h"
#include "sim/demo/world.h"

namespace notifyd::sim {

// What the page can change.
struct Setup {
  bool blue = false;      // the module is the build with the mark, not that of the daemon
  bool dba_also = false;  // requests for the role dba go to kAlsoTold too
};

class Installation {
 public:
  static constexpr const char* kAlsoTold = "prod-approvals";

  // Throws std::runtime_error when files are missing or cannot be written. `world` must outlive it.
  Installation(const World& world, const DemoOptions& options);
  ~Installation();
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  // Puts module and routing in place as they are to be; each file is replaced as a whole. One
  // thread at a time. The message says which file failed.
  Result<> apply(const Setup& setup) const;

  const std::string& program() const { return options_.daemon; }
  std::string config() const { return (directory_ / "notifyd.toml").string(); }
  std::string directory() const { return directory_.string(); }
  // Where the daemon's log goes; "": to the demo's stderr.
  std::string log() const { return log_.string(); }
  // Leaves the log where it is, for who has to look at it.
  void keep_log() { keep_log_ = true; }

 private:
  void write_host() const;
  std::string way_to_teleport() const;  // lines of [teleport], and the file that they name
  void write_routing(bool dba_also) const;
  void place_module(bool blue) const;
  void remove() const;

  const World& world_;
  const DemoOptions options_;
  const std::filesystem::path directory_;
  std::filesystem::path log_;
  bool keep_log_ = false;
};

}  // namespace notifyd::sim
