// The real daemon as a child process: its configuration in a directory of its own, started,
// watched, ended. Gone, with its directory, when this is destroyed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "sim/demo/options.h"
#include "sim/demo/world.h"

namespace notifyd::sim {

class DaemonProcess {
 public:
  // Throws std::runtime_error when files cannot be written or the program cannot be started.
  DaemonProcess(const World& world, const DemoOptions& options);
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // How it ended, for a person; nullopt while it runs.
  std::optional<std::string> ended();
  // Asks it to finish, and makes it when it does not.
  void stop();
  // Where the log is, and that it stays there after the end; "" when it went to stderr.
  std::string keep_log();

 private:
  void write_config(const World& world, const DemoOptions& options);
  void spawn(const DemoOptions& options);
  bool reap(int flags);

  std::filesystem::path directory_;
  std::filesystem::path log_;  // empty: stderr
  bool keep_ = false;
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace notifyd::sim
