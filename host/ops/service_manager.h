// What systemd hears of the daemon, where systemd started it (Type=notify); elsewhere nothing
// happens.
#pragma once

#include <string>

#include "base/engine.h"

namespace notifyd::ops {

// [engine]
class ServiceManager {
 public:
  explicit ServiceManager(Engine& engine) : alive_(engine) {}

  void ready(const std::string& status);
  // A reload began. ready() ends it, whether it came to something or not.
  void reloading();
  void stopping();
  // One line for `systemctl status`.
  void status(const std::string& text);

 private:
  void say_alive();

  bool watched_ = false;
  ScopedTimer alive_;  // WATCHDOG=1, twice as often as the unit's WatchdogSec= asks for
};

}  // namespace notifyd::ops
