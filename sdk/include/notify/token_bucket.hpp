// notify/token_bucket.hpp - a pace: so many at once, then one each so often, and nothing while the
// far side has asked for a rest. C++20, header only.
//
//   notify::TokenBucket pace(1'000, 3);                 // three at once, then one a second
//   if (pace.ready_at() <= now) { pace.take(now); ... } // else wait, or answer RETRY_LIMITED
//   pace.rest_until(now + retry_after_ms);              // a 429
//
// Plain values with no clock of their own: times are ms of one clock, Host::mono_ms() for instance.
// Nothing is queued here: who waits, and who goes first, is the caller's (see fair_queue.hpp).
#ifndef NOTIFY_TOKEN_BUCKET_HPP
#define NOTIFY_TOKEN_BUCKET_HPP

#include <algorithm>
#include <cstdint>

namespace notify {

class TokenBucket {
 public:
  // Full at the start. `interval_ms` 0: no limit but a rest. `burst` 0 counts as 1.
  constexpr TokenBucket(std::uint64_t interval_ms, std::uint64_t burst) noexcept
      : interval_ms_(interval_ms),
        spread_ms_(interval_ms * (std::max<std::uint64_t>(burst, 1) - 1)) {}

  // When the next token may be taken; in the past: now.
  constexpr std::uint64_t ready_at() const noexcept {
    return std::max(rest_until_, empty_at_ > spread_ms_ ? empty_at_ - spread_ms_ : 0);
  }

  // Takes a token at `now`, there or not: of whom it was not there for, the next ones wait longer.
  constexpr void take(std::uint64_t now) noexcept {
    empty_at_ = std::max(empty_at_, now) + interval_ms_;
  }

  // No token before `at`; an earlier end of a rest changes nothing.
  constexpr void rest_until(std::uint64_t at) noexcept { rest_until_ = std::max(rest_until_, at); }

  // As new: forgetting it changes nothing.
  constexpr bool full(std::uint64_t now) const noexcept {
    return empty_at_ <= now && rest_until_ <= now;
  }

  constexpr std::uint64_t interval_ms() const noexcept { return interval_ms_; }

 private:
  std::uint64_t interval_ms_, spread_ms_;
  std::uint64_t empty_at_ = 0;  // when all tokens would be back, if none were taken from now on
  std::uint64_t rest_until_ = 0;
};

}  // namespace notify

#endif
