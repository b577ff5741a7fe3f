// RecordsDenied: says once, for all cases of a lane, that Teleport does not let records be written,
// and once that it does again.
//
// [engine thread]
#pragma once

#include <utility>

#include "base/log.h"
#include "base/result.h"

namespace notifyd::delivery {

class RecordsDenied {
 public:
  explicit RecordsDenied(Log log) : log_(std::move(log)) {}

  void denied(const Error& error) {
    if (std::exchange(said_, true)) return;
    log_.error("records cannot be kept, so nothing can be announced", {{"error", error.message}});
  }
  void written() {
    if (std::exchange(said_, false)) log_.info("records can be kept again");
  }

 private:
  const Log log_;
  bool said_ = false;
};

}  // namespace notifyd::delivery
