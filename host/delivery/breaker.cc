#include "delivery/breaker.h"

namespace notifyd::delivery {
namespace {

constexpr Millis kFirstWait{1'000};
constexpr Millis kLongestWait{60'000};
constexpr Millis kLostProbe{120'000};  // a probe that never reports does not keep it open for ever
constexpr Millis kLookEvery{1'000};
constexpr Millis kParkedFirstWait{15'000};
constexpr Millis kParkedLongestWait{300'000};
// One recipient that always fails must not trip it for the others; a row this long without a single
// success between means the far side, not the recipient.
constexpr unsigned kOffline = 3;
constexpr unsigned kFailing = 10;
constexpr std::size_t kManyRecipients = 1024;

}  // namespace

bool Breaker::lets_through(const std::string& recipient) const {
  if (state_ == State::kClosed || state_ == State::kHalfOpen) return true;
  return !parked_ && failing_.size() < kManyRecipients && !failing_.contains(recipient);
}

bool Breaker::enter(const std::string& recipient) {
  if (closed()) return true;
  if (!lets_through(recipient)) return false;
  if (failing_.size() < kManyRecipients) failing_.insert(recipient);
  if (state_ != State::kHalfOpen) return true;
  state_ = State::kProbing;
  timer_.start(kLostProbe, [this] { half_open(); });
  return true;
}

void Breaker::done(const std::string& recipient, notify_rc rc) {
  if (rc == NOTIFY_OK) return succeeded();
  failing_.erase(recipient);
  if (state_ == State::kProbing) half_open();
}

// Again and again until somebody takes the probe: those who are woken may have nothing to send.
void Breaker::half_open() {
  state_ = State::kHalfOpen;
  timer_.start(kFirstWait, [this] {
    if (state_ == State::kHalfOpen) half_open();
  });
  wake_();
}

void Breaker::succeeded() {
  failures_in_a_row_ = 0;
  failing_.clear();
  if (closed()) return;
  state_ = State::kClosed;
  parked_ = false;
  trips_ = 0;
  timer_.stop();
  look_.stop();
  const auto gone = std::chrono::duration_cast<std::chrono::seconds>(engine_.now() - tripped_at_);
  log_.info("works again, going on with what waited", {{"after_s", gone.count()}});
  wake_();
}

// Whoever had entered before it tripped says nothing new. Whom a request concerns is asked without
// entering: where nothing can work, that is the probe.
bool Breaker::says_something(const Failure& failure) const {
  if (state_ == State::kClosed || state_ == State::kProbing) return true;
  return failure.recipient.empty() && parked_ && state_ == State::kHalfOpen;
}

void Breaker::failed(const Failure& failure) {
  const bool routing = failure.recipient.empty();
  if (!routing && failing_.size() < kManyRecipients) failing_.insert(failure.recipient);
  if (!says_something(failure)) return;
  ++failures_in_a_row_;
  const unsigned enough = failure.rc == NOTIFY_RETRY_OFFLINE ? kOffline : kFailing;
  if (NOTIFY_CLASS(failure.rc) == NOTIFY_BROKEN) {
    trip(jitter_.backoff(trips_, kParkedFirstWait, kParkedLongestWait), failure.why, true);
  } else if (failure.whole_instance && failure.retry_after > Millis(0)) {
    trip(failure.retry_after, failure.why, false);
  } else if (!closed() || failures_in_a_row_ >= enough) {
    trip(jitter_.backoff(trips_, kFirstWait, kLongestWait), failure.why, false);
  }
}

void Breaker::trip(Millis wait, const std::string& why, bool parked) {
  parked_ = parked;
  why_ = why;
  if (closed()) {
    tripped_at_ = engine_.now();
    say_tripped(wait, why);
  }
  state_ = State::kOpen;
  ++trips_;
  timer_.start(wait, [this] { half_open(); });
  if (!parked || !mended_) return look_.stop();
  mended_();  // from now on
  look_.start(kLookEvery, [this] { look_for_mending(); });
}

std::string Breaker::state_text() const {
  if (closed()) return "works";
  return (parked_ ? "parked: " : "paused: ") + why_;
}

void Breaker::say_tripped(Millis wait, const std::string& why) const {
  const Log::Fields fields = {{"reason", why}, {"next_try_ms", wait.count()}};
  if (parked_) {
    log_.error("parked: nothing can be delivered until this is mended, nothing is lost", fields);
  } else {
    log_.warn("paused: deliveries fail, trying again until they work, nothing is lost", fields);
  }
}

void Breaker::look_for_mending() {
  if (mended_()) {
    log_.info("what it works with has changed, trying again now");
    retry_now();
  }
  look_.start(kLookEvery, [this] { look_for_mending(); });
}

void Breaker::retry_now() {
  trips_ = 0;
  if (state_ == State::kOpen) half_open();
}

}  // namespace notifyd::delivery
