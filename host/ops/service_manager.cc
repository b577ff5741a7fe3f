#include "ops/service_manager.h"

#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>

#include "base/text.h"

namespace notifyd::ops {
namespace {

constexpr std::size_t kLongestStatus = 300;

std::string status_line(const std::string& text) {
  return "STATUS=" + one_line(text, kLongestStatus);
}

void tell(const std::string& state) { ::sd_notify(0, state.c_str()); }

// On the clock that systemd tells a reload's beginning by.
std::string monotonic_usec() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

void ServiceManager::ready(const std::string& status) {
  tell("READY=1\n" + status_line(status));
  if (!std::exchange(watched_, true)) say_alive();
}

void ServiceManager::reloading() {
  tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec() + "\nSTATUS=reloading");
}

void ServiceManager::stopping() { tell("STOPPING=1\nSTATUS=finishing what is in flight"); }

void ServiceManager::status(const std::string& text) { tell(status_line(text)); }

// By the engine's own timer: an engine that hangs is what systemd is to notice.
void ServiceManager::say_alive() {
  std::uint64_t usec = 0;
  if (::sd_watchdog_enabled(0, &usec) <= 0) return;
  tell("WATCHDOG=1");
  alive_.start(std::chrono::duration_cast<Millis>(std::chrono::microseconds(usec)) / 2,
               [this] { say_alive(); });
}

}  // namespace notifyd::ops
