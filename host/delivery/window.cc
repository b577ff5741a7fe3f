#include "delivery/window.h"

namespace notifyd::delivery {

std::unique_ptr<Window::Place> Window::enter(std::string recipient, Importance importance,
                                             const std::string& requester,
                                             std::function<void()> wake) {
  std::unique_ptr<Place> place(
      new Place(*this, std::move(recipient), requester, importance, std::move(wake)));
  if (importance == Importance::kAnnouncement) ++announcements_[{place->recipient_, requester}];
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

bool Window::grant(std::uint64_t number) {
  const auto granted = waiting_.serve(number);
  if (!granted) return false;
  (*granted)->number_ = 0;
  (*granted)->wake_();
  return true;
}

// Who was under way to this recipient left. While there is room in all, only those wait whose own
// recipient had none: one of them takes the place as it is.
void Window::pass_on(const std::string& recipient) {
  if (under_way_ < in_all_ && grant(waiting_.next(recipient))) return;
  const bool was_full = under_way_ == in_all_;
  vacate(recipient);
  if (!was_full) return;
  const std::uint64_t next = waiting_.next();
  if (next == 0) return;
  occupy(waiting_.line_of(next));
  grant(next);
}

std::size_t Window::announcements(const std::string& recipient,
                                  const std::string& requester) const {
  const auto found = announcements_.find({recipient, requester});
  return found == announcements_.end() ? 0 : found->second;
}

void Window::leave(const Place& place) {
  if (place.importance() == Importance::kAnnouncement) {
    const auto counted = announcements_.find({place.recipient_, place.requester_});
    if (--counted->second == 0) announcements_.erase(counted);
  }
  if (!place.granted()) {
    waiting_.remove(place.number_);
  } else {
    pass_on(place.recipient_);
  }
}

}  // namespace notifyd::delivery
