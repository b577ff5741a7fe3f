// The real daemon as a child process: started, watched, ended. Gone when this is destroyed.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "sim/demo/installation.h"

namespace notifyd::sim {

class DaemonProcess {
 public:
  // Throws std::runtime_error when the program cannot be started.
  explicit DaemonProcess(const Installation& installation);
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // How it ended, for a person; nullopt while it runs.
  std::optional<std::string> ended();
  // Asks it to finish, and makes it when it does not.
  void stop();

 private:
  bool reap(int flags);

  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace notifyd::sim
