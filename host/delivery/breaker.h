// Breaker: whether an instance may try anything at all. It closes when nothing of the instance can
// work (token refused) or when everything fails (Slack away), lets single probes through, and opens
// with the first success. What waits behind it costs no calls, but for asking, now and then, whom a
// new request concerns.
//
// That everything fails may be the fault of the one recipient that there was anything for. So while
// it is closed for failures, a recipient that has not failed yet may try once.
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
  // `wake` is called when there is room for a probe, and when the breaker opens. `mended` is asked
  // every second while the instance is parked: did anything change since, so that it may work now?
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

  // Is there room, now? enter() takes it: behind a closed gate the first one after each wait is the
  // probe. Who entered reports how it ended.
  bool lets_through(const std::string& recipient) const;
  bool enter(const std::string& recipient);
  // An answer that may have cost no call (skipped, dropped, to be tried later) says nothing about
  // the far side: its place goes to the next.
  void done(const std::string& recipient, notify_rc rc);
  void succeeded();
  void failed(const Failure& failure);

  // Whoever mended something wants to see it work: the next probe goes at once.
  void retry_now();

  bool open() const { return open_; }

 private:
  void look_for_mending();
  void close(Millis wait, const std::string& why, bool broken);
  void offer();

  Engine& engine_;
  Jitter& jitter_;
  Log log_;
  std::function<void()> wake_;
  std::function<bool()> mended_;
  ScopedTimer timer_;
  ScopedTimer look_;
  bool open_ = true;
  bool broken_ = false;  // closed, and nobody at all can get through
  bool probe_free_ = false;
  bool probing_ = false;
  unsigned failures_in_a_row_ = 0;
  std::set<std::string> failing_;  // recipients that have failed, or try, since the last success
  unsigned closings_ = 0;
  TimePoint closed_since_;
};

}  // namespace notifyd::delivery
