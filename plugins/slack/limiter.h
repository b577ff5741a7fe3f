// When a call may be made: Slack's limits per method and per channel, and what a 429 asked for.
//
// A call takes a Permit and holds it until it has its answer. Who has to wait is served by
// importance, then first come first served; waiting for one channel holds up no other. There is one
// timer, for the earliest who can go. [instance thread]
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alarm.h"
#include "notify/module.hpp"
#include "notify/task.hpp"

namespace slack {

// Most important first.
enum class Priority { kAnnouncement, kAnswer, kFinalEdit, kReply, kEdit, kReaction };

// Tokens that come back one by one, at most `burst` of them; full at the start.
class Bucket {
 public:
  Bucket(std::uint64_t interval_ms, std::uint64_t burst)
      : interval_ms_(interval_ms), spread_ms_(interval_ms * (burst - 1)) {}

  std::uint64_t ready_at() const { return empty_at_ > spread_ms_ ? empty_at_ - spread_ms_ : 0; }
  void take(std::uint64_t now) { empty_at_ = (empty_at_ > now ? empty_at_ : now) + interval_ms_; }
  bool full(std::uint64_t now) const { return empty_at_ <= now; }

 private:
  std::uint64_t interval_ms_, spread_ms_;
  std::uint64_t empty_at_ = 0;  // when all tokens would be back, if none were taken from now on
};

class Limiter {
 public:
  // Leave to make one call, or the time after which to ask again.
  class Permit {
   public:
    Permit(Limiter* limiter, std::string method) : limiter_(limiter), method_(std::move(method)) {}
    explicit Permit(std::uint64_t wait_ms) : wait_ms_(wait_ms) {}
    Permit(Permit&& other) noexcept
        : limiter_(std::exchange(other.limiter_, nullptr)),
          method_(std::move(other.method_)),
          wait_ms_(other.wait_ms_) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (limiter_ != nullptr) limiter_->leave(method_);
    }

    bool granted() const { return limiter_ != nullptr; }
    std::uint64_t wait_ms() const { return wait_ms_; }

   private:
    Limiter* limiter_ = nullptr;
    std::string method_;
    std::uint64_t wait_ms_ = 0;
  };

  // A 429 that asks for more than this is answered to the host instead of being waited out here.
  static constexpr std::uint64_t kLongestWaitMs = 60'000;

  // published: keep to Slack's published limits; else only to what a 429 asks for.
  Limiter(const notify::Host& host, bool published);

  // `channel`: "" when the method is not limited per channel.
  notify::Task<Permit> enter(std::string method, std::string channel, Priority priority);

  // Slack asked not to call `method` for so long.
  void block(const std::string& method, std::uint64_t ms);

  // A channel that was known by name, or by a user's id, turned out to be `id`.
  void rename(const std::string& name, const std::string& id);

 private:
  using Order = std::pair<Priority, std::uint64_t>;
  using Lane = std::map<Order, std::function<void(Permit)>>;
  struct Method {
    std::optional<Bucket> bucket;
    std::uint64_t closed_until = 0;
    // How many calls may be under way at once. A 429 makes it one, each success adds one, so that
    // what waited does not run into the same limit all at once.
    std::size_t window = kOpen;
    std::size_t under_way = 0;
    std::map<std::string, Bucket> channels;
    std::map<std::string, Lane> lanes;  // those who wait, by channel
  };
  struct Grant {
    std::function<void(Permit)> to;
    std::string method;
    std::uint64_t wait_ms = 0;  // not 0: refused
  };
  class Waiting;
  static constexpr std::size_t kOpen = static_cast<std::size_t>(-1);

  Method& method(const std::string& name);
  const std::string& channel_id(const std::string& channel) const;
  Bucket* channel_bucket(const std::string& name, Method& m, const std::string& channel);
  std::uint64_t ready_at(const std::string& name, Method& m, const std::string& channel);
  std::uint64_t method_ready_at(const Method& m) const;
  void take(const std::string& name, Method& m, const std::string& channel);
  void leave(const std::string& name);
  void forget_idle_channels(Method& m);

  void serve();
  void serve(const std::string& name, Method& m, std::vector<Grant>& grants);
  void refuse_all(const std::string& name, Method& m, std::vector<Grant>& grants);
  void wake_for(const std::string& name, Method& m);

  const notify::Host& host_;
  const bool published_;
  std::uint64_t next_ = 0;
  std::map<std::string, Method> methods_;
  std::map<std::string, std::string> ids_;  // of channels known by name, or by a user's id
  Alarm alarm_;
};

}  // namespace slack
