#include "delivery/turns.h"

#include <utility>
#include <vector>

namespace notifyd::delivery {

void Turns::some(std::size_t most, const Wake& wake) {
  std::vector<Lines::iterator> order;
  const auto first = lines_.upper_bound(last_);
  for (auto line = first; line != lines_.end(); ++line) order.push_back(line);
  for (auto line = lines_.begin(); line != first; ++line) order.push_back(line);
  std::size_t woken = 0;
  for (const auto line : order) {
    if (woken == most) return;
    const std::string recipient = line->first;
    if (!wake_one(line, wake)) continue;
    if (woken++ == 0) last_ = recipient;
  }
}

bool Turns::wake_one(Lines::iterator line, const Wake& wake) {
  bool woken = false;
  while (!woken && !line->second.empty()) {
    woken = wake(line->first, line->second.front());
    line->second.pop_front();
  }
  if (line->second.empty()) lines_.erase(line);
  return woken;
}

void Turns::all(const Wake& wake) {
  for (const auto& [recipient, requests] : std::exchange(lines_, {})) {
    for (const std::string& request : requests) wake(recipient, request);
  }
}

}  // namespace notifyd::delivery
