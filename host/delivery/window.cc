#include "delivery/window.h"

namespace notifyd::delivery {

std::unique_ptr<Window::Place> Window::enter(std::string recipient, Importance importance,
                                             std::function<void()> wake) {
  Line& line = lines_[recipient];
  std::unique_ptr<Place> place(
      new Place(*this, std::move(recipient), {importance, next_++}, std::move(wake)));
  // Where there is room, nobody waits: it would have been granted when it got free.
  if (has_room(line)) {
    grant(line, *place);
  } else {
    line.waiting.emplace(place->order_, place.get());
  }
  return place;
}

void Window::grant(Line& line, Place& place) {
  place.granted_ = true;
  ++line.under_way;
  ++under_way_;
}

void Window::grant_next(Line& line) {
  Place& place = *line.waiting.begin()->second;
  line.waiting.erase(line.waiting.begin());
  grant(line, place);
  place.wake_();
}

// Of those who wait for nothing but room in all. Looks at every line, and is asked only when the
// window was full.
Window::Line* Window::most_important() {
  Line* best = nullptr;
  for (auto& [recipient, line] : lines_) {
    if (line.waiting.empty() || !has_room(line)) continue;
    if (best == nullptr || line.waiting.begin()->first < best->waiting.begin()->first) best = &line;
  }
  return best;
}

void Window::leave(Place& place) {
  const auto at = lines_.find(place.recipient_);
  Line& line = at->second;
  if (!place.granted_) {
    line.waiting.erase(place.order_);
  } else {
    const bool was_full = under_way_ == in_all_;
    --line.under_way;
    --under_way_;
    Line* const next = was_full ? most_important() : &line;
    if (next != nullptr && !next->waiting.empty()) grant_next(*next);
  }
  if (line.under_way == 0 && line.waiting.empty()) lines_.erase(at);
}

}  // namespace notifyd::delivery
