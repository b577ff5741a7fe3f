// The tickets that a module has not answered yet.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "module/event_view.h"

namespace notifyd::modules {

// [any]
class Tickets {
 public:
  struct Open {
    std::shared_ptr<const EventView> event;  // null for check()
    std::function<void(Answer)> done;
  };

  // `generation` tells this instance's tickets from those of any other of this process.
  explicit Tickets(std::uint32_t generation) : last_(std::uint64_t{generation} << 32U) {}

  notify_ticket open(Open ticket) {
    const std::lock_guard lock(mutex_);
    open_.emplace(++last_, std::move(ticket));
    return last_;
  }
  // Nothing: not open, or not any more.
  std::optional<Open> close(notify_ticket ticket) {
    const std::lock_guard lock(mutex_);
    auto node = open_.extract(ticket);
    if (!node) return std::nullopt;
    return std::move(node.mapped());
  }
  std::vector<notify_ticket> all() const {
    const std::lock_guard lock(mutex_);
    std::vector<notify_ticket> tickets;
    for (const auto& [ticket, open] : open_) tickets.push_back(ticket);
    return tickets;
  }

 private:
  mutable std::mutex mutex_;
  notify_ticket last_;
  std::map<notify_ticket, Open> open_;
};

}  // namespace notifyd::modules
