// How many calls may be under way at once: as many as come back well. Plain values, no clock.
//
// As TCP finds its window. It begins with few, and each call that comes back well while others wait
// adds one, so that their number doubles with each round of answers. A limit halves it; up to there
// it doubles again after that, and then grows by one a round.
#pragma once

#include <algorithm>
#include <cstddef>

namespace slack {

class Concurrency {
 public:
  // `first` is what it begins with, and never falls below but while it is narrowed.
  Concurrency(std::size_t first, std::size_t most)
      : first_(first), most_(most), window_(first), threshold_(most) {}

  bool full() const { return under_way_ >= window_; }
  bool idle() const { return under_way_ == 0; }
  // Whether it is as wide again as it is without any limit.
  bool open() const { return window_ >= first_; }

  void take() { ++under_way_; }

  // A call has ended. `well`: it was answered in good time, and by no limit; `wanted`: others wait
  // for its place.
  void leave(bool well, bool wanted) {
    --under_way_;
    if (!well && open()) return halve();
    if (!wanted) {
      window_ = std::max(window_, first_);
    } else if (window_ < threshold_ || ++round_ >= window_) {
      window_ = std::min(window_ + 1, most_);
      round_ = 0;
    }
  }

  // A call met a limit: until the next leave() as many as there are, but at least one.
  void limited() {
    halve();
    window_ = std::max<std::size_t>(1, under_way_);
  }

  // A call has ended while none may be made: one more than those that hang, so that the first one
  // after that shows whether the limit still holds.
  void leave_narrowed() { window_ = --under_way_ + 1; }

 private:
  void halve() {
    threshold_ = std::max(first_, std::min(under_way_, window_) / 2);
    window_ = std::min(window_, threshold_);
    round_ = 0;
  }

  std::size_t first_, most_;
  std::size_t under_way_ = 0;
  std::size_t window_;
  std::size_t threshold_;  // up to here it doubles
  std::size_t round_ = 0;  // calls that came back well since it grew last, beyond the threshold
};

}  // namespace slack
