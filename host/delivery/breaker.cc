#include "delivery/breaker.h"

namespace notifyd::delivery {
namespace {

constexpr Millis kFirstWait{1'000};
constexpr Millis kLongestWait{60'000};
constexpr Millis kLostProbe{
    120'000};  // a probe that never reports does not shut the breaker for ever
constexpr Millis kLookEvery{1'000};
constexpr Millis kBrokenFirstWait{15'000};
constexpr Millis kBrokenLongestWait{300'000};
// One recipient that always fails must not close the breaker for the others; a row this long without a
// single success between means the far side, not the recipient.
constexpr unsigned kOffline = 3;
constexpr unsigned kFailing = 10;
constexpr std::size_t kManyRecipients = 1024;

}  // namespace

bool Breaker::lets_through(const std::string& recipient) const {
  if (open_ || probe_free_) return true;
  return !broken_ && failing_.size() < kManyRecipients && !failing_.contains(recipient);
}

bool Breaker::enter(const std::string& recipient) {
  if (open_) return true;
  if (!lets_through(recipient)) return false;
  if (failing_.size() < kManyRecipients) failing_.insert(recipient);
  if (!probe_free_) return true;
  probe_free_ = false;
  probing_ = true;
  timer_.start(kLostProbe, [this] { offer(); });
  return true;
}

void Breaker::done(const std::string& recipient, notify_rc rc) {
  if (rc == NOTIFY_OK) return succeeded();
  failing_.erase(recipient);
  if (probing_) offer();
}

// Room for a probe, again and again until one takes it: those who are woken may have nothing to
// send.
void Breaker::offer() {
  probing_ = false;
  probe_free_ = true;
  timer_.start(kFirstWait, [this] {
    if (probe_free_) offer();
  });
  wake_();
}

void Breaker::succeeded() {
  failures_in_a_row_ = 0;
  failing_.clear();
  if (open_) return;
  open_ = true;
  broken_ = false;
  probing_ = false;
  closings_ = 0;
  timer_.stop();
  look_.stop();
  const auto gone = std::chrono::duration_cast<std::chrono::seconds>(engine_.now() - closed_since_);
  log_.info("works again, going on with what waited", {{"after_s", gone.count()}});
  wake_();
}

void Breaker::failed(const Failure& failure) {
  const bool routing = failure.recipient.empty();
  if (!routing && failing_.size() < kManyRecipients) failing_.insert(failure.recipient);
  // Had entered before it closed, and says nothing new. Where nothing can work, what needs no
  // entering (whom does it concern?) is tried when there is room for a probe, and is one.
  if (!open_ && !probing_ && !(routing && broken_ && probe_free_)) return;
  probing_ = false;
  ++failures_in_a_row_;
  const unsigned enough = failure.rc == NOTIFY_RETRY_OFFLINE ? kOffline : kFailing;
  if (NOTIFY_CLASS(failure.rc) == NOTIFY_BROKEN) {
    close(jitter_.backoff(closings_, kBrokenFirstWait, kBrokenLongestWait), failure.why, true);
  } else if (failure.whole_instance && failure.retry_after > Millis(0)) {
    close(failure.retry_after, failure.why, false);
  } else if (!open_ || failures_in_a_row_ >= enough) {
    close(jitter_.backoff(closings_, kFirstWait, kLongestWait), failure.why, false);
  }
}

void Breaker::close(Millis wait, const std::string& why, bool broken) {
  if (open_) {
    closed_since_ = engine_.now();
    const Log::Fields fields = {{"reason", why}, {"next_try_ms", wait.count()}};
    if (broken) {
      log_.error("parked: nothing can be delivered until this is mended, nothing is lost", fields);
    } else {
      log_.warn("paused: deliveries fail, trying again until they work, nothing is lost", fields);
    }
  }
  open_ = false;
  broken_ = broken;
  probe_free_ = false;
  ++closings_;
  timer_.start(wait, [this] { offer(); });
  if (!broken || !mended_) return look_.stop();
  mended_();  // from now on
  look_.start(kLookEvery, [this] { look_for_mending(); });
}

void Breaker::look_for_mending() {
  if (mended_()) {
    log_.info("what it works with has changed, trying again now");
    retry_now();
  }
  look_.start(kLookEvery, [this] { look_for_mending(); });
}

void Breaker::retry_now() {
  closings_ = 0;
  if (!open_ && !probing_ && !probe_free_) offer();
}

}  // namespace notifyd::delivery
