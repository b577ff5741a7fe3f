// Turns: who waits at a breaker, by recipient. While it is not closed, a breaker lets single probes
// through, and the recipients take turns at them: one that always fails would otherwise use up all
// of them with its many requests, and nobody would find out that the others work again.
//
// [engine thread]
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace notifyd::delivery {

// Who waits. One waiter may wait for several recipients.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // The breaker may let this recipient through now. Must do no more than post.
  virtual void turn_has_come(const std::string& recipient) = 0;
};

class Turns {
 public:
  // A waiter that is gone when its turn comes leaves the turn to the next in its line.
  void wait(const std::string& recipient, std::weak_ptr<Waiter> waiter) {
    lines_[recipient].push_back(std::move(waiter));
  }

  // Wakes at most `most` waiters, each for another recipient and none for two: it would take the
  // probe for whichever it comes to first. Who is woken first is another recipient each time, since
  // the first to come is the probe.
  void wake_some(std::size_t most);
  void wake_all();

 private:
  using Lines = std::map<std::string, std::deque<std::weak_ptr<Waiter>>>;
  using Woken = std::set<const Waiter*>;

  bool wake_one(Lines::iterator line, Woken& woken);

  Lines lines_;  // none of them is empty
  std::string last_;
};

}  // namespace notifyd::delivery
