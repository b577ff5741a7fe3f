// Breaker: whether an instance may try anything at all, a circuit breaker as the field knows it.
//
//   Closed ──trip──▶ Open ──wait is over──▶ HalfOpen ──enter──▶ Probing ──failure──▶ Open, longer
//   any ──success──▶ Closed
//
// It trips when nothing of the instance can work (token refused), and when everything fails (Slack
// is away). HalfOpen lets one probe through; the first success closes it. What waits behind it
// costs no calls, but for asking, now and then, whom a new request concerns.
//
// That everything fails may be the fault of the one recipient that there was anything for. So while
// it is open for failures, a recipient that has not failed yet may try once.
//
// [engine thread]
#pragma once

#include <functional>
#include <set>
#include <string>

#include "base/backoff.h"
#include "base/engine.h"
#include "base/log.h"
#include "notify/abi.h"

namespace notifyd::delivery {

class Breaker {
 public:
  // `wake` is called when a probe may go, and when the breaker closes. `mended` is asked every
  // second while nothing can work: did anything change since, so that it may work now?
  Breaker(Engine& engine, Jitter& jitter, Log log, std::function<void()> wake,
          std::function<bool()> mended = nullptr)
      : engine_(engine),
        jitter_(jitter),
        log_(std::move(log)),
        wake_(std::move(wake)),
        mended_(std::move(mended)),
        timer_(engine),
        look_(engine) {}

  struct Failure {
    std::string recipient;  // "": nobody yet, whom it concerns could not be told
    notify_rc rc = NOTIFY_RETRY;
    Millis retry_after{0};
    bool whole_instance = false;
    std::string why;
  };

  bool closed() const { return state_ == State::kClosed; }
  std::string state_text() const;  // for people: "works", or why not

  // Whether this recipient may be tried now. enter() starts the try, which is the probe while
  // half-open; its caller reports the result with done() or failed().
  bool lets_through(const std::string& recipient) const;
  bool enter(const std::string& recipient);
  // An answer that may have cost no call (skipped, dropped, to be tried later) says nothing about
  // the far side: the probe goes to the next.
  void done(const std::string& recipient, notify_rc rc);
  void succeeded();
  void failed(const Failure& failure);

  // Whoever mended something wants to see it work: the next probe goes at once.
  void retry_now();

 private:
  enum class State { kClosed, kOpen, kHalfOpen, kProbing };

  bool says_something(const Failure& failure) const;
  void trip(Millis wait, const std::string& why, bool parked);
  void say_tripped(Millis wait, const std::string& why) const;
  void half_open();
  void look_for_mending();

  Engine& engine_;
  Jitter& jitter_;
  Log log_;
  std::function<void()> wake_;
  std::function<bool()> mended_;
  ScopedTimer timer_;
  ScopedTimer look_;
  State state_ = State::kClosed;
  bool parked_ = false;  // tripped, and nobody at all can get through
  unsigned failures_in_a_row_ = 0;
  std::set<std::string> failing_;  // recipients that have failed, or try, since the last success
  unsigned trips_ = 0;             // since it was closed
  TimePoint tripped_at_;
  std::string why_;
};

}  // namespace notifyd::delivery
