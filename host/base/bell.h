// Bell: how a loop sleeps until something changed or a time has come. However often it is rung
// before the loop looks, the loop is woken once. A ring that is still posted when the Bell is gone
// does nothing.
//
// [engine thread]
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "base/engine.h"

namespace notifyd {

class Bell {
 public:
  explicit Bell(Engine& engine) : engine_(engine), timer_(engine) {}

  // Safe to call from anywhere in the loop's own code: the loop goes on in a turn of its own.
  void ring() {
    if (std::exchange(*posted_, true)) return;
    engine_.post([this, posted = std::weak_ptr(posted_)] {
      const auto alive = posted.lock();
      if (!alive) return;
      *alive = false;
      changed_.set();
    });
  }

  // Until it is rung or `when`, TimePoint::max() for never. A time that has passed still costs one
  // turn of the engine, so that a loop cannot starve it. If it was rung since the last wait, it
  // returns at once.
  notify::Task<> wait(TimePoint when) {
    if (when != TimePoint::max()) {
      const auto left = std::chrono::ceil<Millis>(when - engine_.now());
      timer_.start(std::max(left, Millis(1)), [this] { changed_.set(); });
    }
    co_await changed_;
    timer_.stop();
  }

 private:
  Engine& engine_;
  notify::Signal changed_;
  ScopedTimer timer_;
  const std::shared_ptr<bool> posted_ = std::make_shared<bool>(false);
};

}  // namespace notifyd
