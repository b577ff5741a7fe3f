// notify/alarm.hpp - one timer of the host that can be moved, and that ends with its owner. C++20,
// header only.
//
//   notify::Alarm alarm_{host, [this] { look_again(); }};
//   alarm_.no_later_than(host.mono_ms() + 5'000);
//
// Host::timer hands out a number and must be cancelled before what its callback points to is gone;
// this is the object that does. It never rings early, and times farther away than the 49 days that
// one timer of the host can wait are waited out in pieces.
//
// [instance] Not copied, not moved: the host holds its address. It must not outlive the Host.
#ifndef NOTIFY_ALARM_HPP
#define NOTIFY_ALARM_HPP

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

#include "notify/module.hpp"

namespace notify {

class Alarm {
 public:
  // `ring` may move the alarm, and may be the end of it.
  Alarm(const Host& host, std::function<void()> ring) : host_(host), ring_(std::move(ring)) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { stop(); }

  // Rings at `at_ms` of Host::mono_ms(), whatever it was set to. A time that is over: at once, but
  // not before this returns.
  void set(std::uint64_t at_ms) {
    stop();
    at_ms_ = at_ms;
    arm();
  }

  // Rings at `at_ms` or, if it was set to something earlier, then.
  void no_later_than(std::uint64_t at_ms) {
    if (id_ == 0 || at_ms < at_ms_) set(at_ms);
  }

  void stop() {
    if (id_ != 0) host_.table()->cancel(host_.table(), id_);
    id_ = 0;
  }

  bool is_set() const noexcept { return id_ != 0; }
  // Its time has come, and it has not rung yet: the thread was busy.
  bool due() const { return id_ != 0 && host_.mono_ms() >= at_ms_; }

 private:
  void arm() {
    constexpr std::uint64_t kLongest = std::numeric_limits<std::uint32_t>::max();
    const std::uint64_t now = host_.mono_ms();
    const std::uint64_t wait = at_ms_ > now ? at_ms_ - now : 0;
    const auto ms = static_cast<std::uint32_t>(std::min(wait, kLongest));
    id_ = host_.table()->timer(host_.table(), ms, &on_timer, this);
  }

  static void on_timer(void* user) {
    auto* self = static_cast<Alarm*>(user);
    self->id_ = 0;
    if (self->host_.mono_ms() < self->at_ms_) return self->arm();
    const auto ring = self->ring_;  // a copy: what rings may be the end of the alarm
    ring();
  }

  const Host& host_;
  std::function<void()> ring_;
  std::uint64_t id_ = 0;  // of the host's timer; 0: not set
  std::uint64_t at_ms_ = 0;
};

}  // namespace notify

#endif
