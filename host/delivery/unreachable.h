// Unreachable: recipients that were refused for what a person can mend: an archived channel, one
// that the app is not in, an address that no Slack user has. All that waits for one of them shares
// one schedule, so that a channel that is gone costs a call in minutes and later one in an hour,
// however many requests are meant for it. The first delivery that gets through brings the others.
//
//   (reachable) ──refused──▶ Closed ──time is over, or retry_now()──▶ Open ──take──▶ Taken
//   Taken ──refused──▶ Closed, for longer        any ──reached──▶ (reachable)
//
// Whoever wants to try stands in line. Open wakes one of them; a turn that nobody takes, or that
// comes to nothing, goes to the next in line some minutes later.
//
// [engine thread]
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/engine.h"
#include "delivery/turns.h"

namespace notifyd::delivery {

class Unreachable {
 public:
  // Both outlive this.
  Unreachable(Engine& engine, Jitter& jitter) : engine_(engine), jitter_(jitter) {}

  // For who was refused before and wants to try again: whether it may, now. Of many that come at
  // once it is the first; so it is after a restart, when nothing is known here.
  bool take(const std::string& recipient);
  // For who may not. Its turn comes once.
  void wait(const std::string& recipient, std::weak_ptr<Waiter> waiter);

  void refused(const std::string& recipient);
  void reached(const std::string& recipient);

  // Those that are, by id, and no more of them than that.
  std::vector<std::string> recipients(std::size_t most) const;

  // Somebody mended something: one of each line tries now.
  void retry_now();

 private:
  enum class State { kClosed, kOpen, kTaken };
  struct Line {
    explicit Line(Engine& engine) : timer(engine) {}
    State state = State::kClosed;
    unsigned refusals = 0;  // in a row, by those whose turn it was
    std::deque<std::weak_ptr<Waiter>> waiters;
    ScopedTimer timer;
  };
  using Lines = std::map<std::string, Line>;

  Line& line_of(const std::string& recipient);
  void close(const std::string& recipient, Line& line);
  void open(const std::string& recipient);
  static std::shared_ptr<Waiter> next(Line& line);

  Engine& engine_;
  Jitter& jitter_;
  Lines lines_;
};

}  // namespace notifyd::delivery
