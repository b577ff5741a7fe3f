// Retry: what waits for its next try: how often it failed, and when it may be tried again.
#pragma once

#include <algorithm>

#include "base/engine.h"

namespace notifyd {

class Retry {
 public:
  unsigned failures() const { return failures_; }
  bool due(TimePoint now) const { return now >= not_before_; }
  TimePoint not_before() const { return not_before_; }

  // It failed: not again before `when`.
  void failed(TimePoint when) {
    ++failures_;
    not_before_ = when;
  }
  // It has to wait, which is no failure.
  void put_off(TimePoint when) { not_before_ = when; }
  // Something changed that is worth a try at `when` already.
  void hurry(TimePoint when) { not_before_ = std::min(not_before_, when); }
  void succeeded() { failures_ = 0; }

 private:
  unsigned failures_ = 0;
  TimePoint not_before_{};
};

}  // namespace notifyd
