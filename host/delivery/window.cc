#include "delivery/window.h"

namespace notifyd::delivery {

std::unique_ptr<Window::Place> Window::enter(std::string recipient, Importance importance,
                                             const std::string& requester,
                                             std::function<void()> wake) {
  std::unique_ptr<Place> place(new Place(*this, std::move(recipient), importance, std::move(wake)));
  const auto found = under_way_to_.find(place->recipient_);
  const std::size_t under_way = found == under_way_to_.end() ? 0 : found->second;
  // Where there is room, nobody waits: it would have been granted when it got free.
  if (has_room(under_way)) {
    waiting_.served(requester);
    occupy(place->recipient_);
  } else {
    place->number_ = waiting_.add(place->recipient_, importance, requester, place.get());
    waiting_.set_line(place->recipient_, under_way < for_one_);
  }
  return place;
}

void Window::occupy(const std::string& recipient) {
  ++under_way_;
  const std::size_t to_this = ++under_way_to_[recipient];
  waiting_.set_line(recipient, to_this < for_one_);
}

void Window::vacate(const std::string& recipient) {
  --under_way_;
  const auto to_this = under_way_to_.find(recipient);
  if (--to_this->second == 0) under_way_to_.erase(to_this);
  waiting_.set_line(recipient, true);
}

// Somebody left who was under way to `left`. While there is room in all, only those wait whose own
// recipient had none.
void Window::grant_next(const std::string& left) {
  const bool was_full = under_way_ + 1 == in_all_;
  const std::uint64_t next = was_full ? waiting_.next() : waiting_.next(left);
  const auto granted = waiting_.serve(next);
  if (!granted) return;
  Place& place = **granted;
  place.number_ = 0;
  occupy(place.recipient_);
  place.wake_();
}

void Window::leave(const Place& place) {
  if (!place.granted()) {
    waiting_.remove(place.number_);
  } else {
    vacate(place.recipient_);
    grant_next(place.recipient_);
  }
}

}  // namespace notifyd::delivery
