#include "delivery/turns.h"

#include <utility>
#include <vector>

namespace notifyd::delivery {

void Turns::some(std::size_t most, const Wake& wake) {
  std::vector<Lines::iterator> order;
  const auto first = lines_.upper_bound(last_);
  for (auto line = first; line != lines_.end(); ++line) order.push_back(line);
  for (auto line = lines_.begin(); line != first; ++line) order.push_back(line);
  std::set<std::string> woken;
  for (const auto line : order) {
    if (woken.size() == most) return;
    const std::string recipient = line->first;
    if (wake_one(line, wake, woken) && woken.size() == 1) last_ = recipient;
  }
}

bool Turns::wake_one(Lines::iterator line, const Wake& wake, std::set<std::string>& woken) {
  auto& [recipient, requests] = *line;
  bool done = false;
  while (!done && !requests.empty() && !woken.contains(requests.front())) {
    done = wake(recipient, requests.front());
    if (done) woken.insert(requests.front());
    requests.pop_front();
  }
  if (requests.empty()) lines_.erase(line);
  return done;
}

void Turns::all(const Wake& wake) {
  for (const auto& [recipient, requests] : std::exchange(lines_, {})) {
    for (const std::string& request : requests) wake(recipient, request);
  }
}

}  // namespace notifyd::delivery
