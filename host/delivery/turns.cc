#include "delivery/turns.h"

#include <utility>
#include <vector>

namespace notifyd::delivery {

void Turns::wake_some(std::size_t most) {
  std::vector<Lines::iterator> order;
  const auto first = lines_.upper_bound(last_);
  for (auto line = first; line != lines_.end(); ++line) order.push_back(line);
  for (auto line = lines_.begin(); line != first; ++line) order.push_back(line);
  Woken woken;
  for (const auto line : order) {
    if (woken.size() == most) return;
    const std::string recipient = line->first;
    if (wake_one(line, woken) && woken.size() == 1) last_ = recipient;
  }
}

bool Turns::wake_one(Lines::iterator line, Woken& woken) {
  auto& [recipient, waiters] = *line;
  bool done = false;
  while (!done && !waiters.empty()) {
    const auto waiter = waiters.front().lock();
    if (waiter && woken.contains(waiter.get())) break;  // woken for another recipient already
    waiters.pop_front();
    if (!waiter) continue;
    waiter->turn_has_come(recipient);
    woken.insert(waiter.get());
    done = true;
  }
  if (waiters.empty()) lines_.erase(line);
  return done;
}

void Turns::wake_all() {
  for (const auto& [recipient, waiters] : std::exchange(lines_, {})) {
    for (const auto& waiting : waiters) {
      if (const auto waiter = waiting.lock()) waiter->turn_has_come(recipient);
    }
  }
}

}  // namespace notifyd::delivery
