#include "delivery/unreachable.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace notifyd::delivery {
namespace {

constexpr Millis kFirstWait{120'000};
constexpr Millis kLongestWait{3'600'000};
// Until a turn that came to nothing goes to the next.
constexpr Millis kLostTurn{120'000};

Millis wait_after(unsigned refusals, Jitter& jitter) {
  Millis longest = kFirstWait;
  for (; refusals > 1 && longest < kLongestWait; --refusals) longest *= 2;
  longest = std::min(longest, kLongestWait);
  return jitter.between(longest * 3 / 4, longest);
}

}  // namespace

bool Unreachable::take(const std::string& recipient) {
  const auto known = lines_.find(recipient);
  if (known != lines_.end() && known->second.state != State::kOpen) return false;
  Line& line = line_of(recipient);
  line.state = State::kTaken;
  line.timer.start(kLostTurn, [this, recipient] { open(recipient); });
  return true;
}

void Unreachable::wait(const std::string& recipient, std::weak_ptr<Waiter> waiter) {
  line_of(recipient).waiters.push_back(std::move(waiter));
}

// Another delivery, of a new request, may be refused at any time: that says nothing new.
void Unreachable::refused(const std::string& recipient) {
  Line& line = line_of(recipient);
  const bool says_something = line.state == State::kTaken || line.refusals == 0;
  if (!says_something) return;
  ++line.refusals;
  close(recipient, line);
}

void Unreachable::reached(const std::string& recipient) {
  auto line = lines_.extract(recipient);
  if (line.empty()) return;
  while (const auto waiter = next(line.mapped())) waiter->turn_has_come(recipient);
}

void Unreachable::retry_now() {
  std::vector<std::string> recipients;
  for (auto& [recipient, line] : lines_) {
    line.refusals = 0;
    recipients.push_back(recipient);
  }
  for (const std::string& recipient : recipients) open(recipient);
}

std::vector<std::string> Unreachable::recipients(std::size_t most) const {
  std::vector<std::string> some;
  for (const auto& [recipient, line] : lines_) {
    if (some.size() == most) break;
    some.push_back(recipient);
  }
  return some;
}

Unreachable::Line& Unreachable::line_of(const std::string& recipient) {
  return lines_.try_emplace(recipient, engine_).first->second;
}

void Unreachable::close(const std::string& recipient, Line& line) {
  line.state = State::kClosed;
  line.timer.start(wait_after(line.refusals, jitter_), [this, recipient] { open(recipient); });
}

// Where nobody waits any more, the next that comes tries at once.
void Unreachable::open(const std::string& recipient) {
  const auto at = lines_.find(recipient);
  const auto waiter = next(at->second);
  if (!waiter) {
    lines_.erase(at);
    return;
  }
  at->second.state = State::kOpen;
  at->second.timer.start(kLostTurn, [this, recipient] { open(recipient); });
  waiter->turn_has_come(recipient);
}

std::shared_ptr<Waiter> Unreachable::next(Line& line) {
  while (!line.waiters.empty()) {
    const auto waiter = line.waiters.front().lock();
    line.waiters.pop_front();
    if (waiter) return waiter;
  }
  return nullptr;
}

}  // namespace notifyd::delivery
