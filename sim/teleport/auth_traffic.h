// Counts what went over the wire. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include "sim/teleport/auth_server.h"

namespace notifyd::sim {

class TrafficCounts {
 public:
  void called(AuthMethod method, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    ++of(method).calls;
    of(method).bytes_in += bytes;
  }

  void answered(AuthMethod method, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    of(method).bytes_out += bytes;
  }

  void failed(AuthMethod method) {
    const std::lock_guard lock(mutex_);
    ++of(method).failed;
  }

  AuthTraffic get(AuthMethod method) const {
    const std::lock_guard lock(mutex_);
    return counts_.at(static_cast<std::size_t>(method));
  }

 private:
  AuthTraffic& of(AuthMethod method) { return counts_.at(static_cast<std::size_t>(method)); }

  mutable std::mutex mutex_;
  std::array<AuthTraffic, kAuthMethodCount> counts_;
};

}  // namespace notifyd::sim
