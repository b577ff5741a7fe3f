// One timer of the host that can be moved. Rings on the instance's thread.
#pragma once

#include <cstdint>
#include <functional>

#include "notify/module.hpp"

namespace slack {

class Alarm {
 public:
  Alarm(const notify::Host& host, std::function<void()> ring)
      : host_(host), ring_(std::move(ring)) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { stop(); }

  // Rings at `at_ms` of Host::mono_ms() or, if it was set to something earlier, then.
  void no_later_than(std::uint64_t at_ms);
  bool due() const { return id_ != 0 && host_.mono_ms() >= at_ms_; }

 private:
  void stop();
  static void on_timer(void* user);

  const notify::Host& host_;
  std::function<void()> ring_;
  std::uint64_t id_ = 0;  // of the host's timer; 0: not set
  std::uint64_t at_ms_ = 0;
};

}  // namespace slack
