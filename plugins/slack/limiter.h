// When a call may be made: Slack's limits per method and per channel, and what a 429 asked for.
//
// A call takes a Permit and holds it until it has its answer. As many permits are out at once as
// calls come back well (concurrency.h), and no more than leave at once: none waits for a connection
// and leaves into a Retry-After that Slack sent meanwhile.
//
// Calls that have to wait are served by importance; among equals the requesters take turns, so that
// nobody's many Access Requests hold up another's one; and a requester's own go first come, first
// served. A channel that is slow, or that Slack limits, goes behind the others, so that it delays
// only itself; when most channels are like that, they do delay each other. A call that can't be
// served in time is refused, with the time to come again.
//
// One timer, for the earliest of all that waits. [instance thread]
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "concurrency.h"
#include "notify/alarm.hpp"
#include "notify/fair_queue.hpp"
#include "notify/module.hpp"
#include "notify/task.hpp"
#include "notify/token_bucket.hpp"
#include "pace.h"

namespace slack {

// Who goes before whom.
struct Standing {
  Priority priority = Priority::kAnnouncement;
  std::string requester;  // whose Access Request it is about; "": no one person's
};

class Limiter {
 public:
  struct Refusal {
    enum class Why {
      kBusy,    // others have all that there is to have for a while
      kClosed,  // Slack asked not to call this method for longer than anybody waits here
      kEnding   // end() was called
    };
    Why why = Why::kBusy;
    std::uint64_t wait_ms = 0;  // come again after this
  };

  // Leave to make one call, or why not.
  class Permit {
   public:
    Permit(Limiter* limiter, std::string method, std::string channel)
        : limiter_(limiter), method_(std::move(method)), channel_(std::move(channel)) {}
    explicit Permit(Refusal refusal) : refusal_(refusal) {}
    Permit(Permit&& other) noexcept
        : limiter_(std::exchange(other.limiter_, nullptr)),
          method_(std::move(other.method_)),
          channel_(std::move(other.channel_)),
          well_(other.well_),
          refusal_(other.refusal_) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (limiter_ != nullptr) limiter_->leave(method_, channel_, well_);
    }

    bool granted() const { return limiter_ != nullptr; }
    const Refusal& refusal() const { return refusal_; }  // unless granted

    // Slack took the call, and did not take long.
    void came_back_well() { well_ = true; }

   private:
    Limiter* limiter_ = nullptr;
    std::string method_, channel_;
    bool well_ = false;
    Refusal refusal_;
  };

  // The host keeps the request claimed for as long as one of its deliveries is open, so nobody
  // waits here for long. Replies and edits also keep a newer step of their recipient waiting, which
  // may be the final edit.
  static constexpr std::uint64_t kLongestWaitMs = 15'000;
  static constexpr std::uint64_t kLongestMinorWaitMs = 5'000;
  static std::uint64_t longest_wait_ms(Priority priority) {
    const bool minor = priority == Priority::kReply || priority == Priority::kEdit;
    return minor ? kLongestMinorWaitMs : kLongestWaitMs;
  }

  // published: keep to Slack's published limits; else only to what a 429 asks for.
  Limiter(const notify::Host& host, bool published);

  // Waits until `deadline_ms` of Host::mono_ms() at most. `channel`: "" when it is about none.
  notify::Task<Permit> enter(std::string method, std::string channel, Standing standing,
                             std::uint64_t deadline_ms);

  // Slack asked not to call `method` for so long, when it was called for `channel`: which may be
  // the one that is limited, so the others go first after that.
  void block(const std::string& method, const std::string& channel, std::uint64_t ms);

  // A channel that was known by name, or by a user's id, turned out to be `id`.
  void rename(const std::string& name, const std::string& id);

  // Sends away all who wait, and from now on everybody.
  void end();

 private:
  struct Waiter {
    std::function<void(Permit)> to;
    std::uint64_t deadline_ms = 0;
    Standing standing;
  };
  // Until when who waits, and its number in the queue.
  using Deadline = std::tuple<std::uint64_t, Priority, std::uint64_t>;
  struct Channel {
    notify::TokenBucket bucket;
    Appointments later;
  };
  struct Method {
    std::optional<notify::TokenBucket> bucket;
    Appointments later;
    std::uint64_t closed_until = 0;
    Concurrency calls{kFirst, kMost};
    std::map<std::string, Concurrency> calls_for;   // channels with any under way
    std::map<std::string, std::uint64_t> set_back;  // channels that met a 429, in this order
    std::map<std::string, Channel> channels;
    notify::FairQueue<Priority, Waiter> queue;  // those who wait; a line is a channel's
    std::set<Deadline> deadlines;               // of the same

    bool crowded() const { return calls.full(); }
    bool crowded_for(const std::string& channel) const;
    std::uint64_t set_back_for(const std::string& channel) const;
    std::uint64_t add(const std::string& channel, Waiter waiter);
    Waiter serve(std::uint64_t number);
    Waiter remove(std::uint64_t number);  // empty: was not there
  };
  struct Grant {
    std::function<void(Permit)> to;
    std::string method, channel;
    std::optional<Refusal> refusal;
  };
  class Waiting;
  // Calls of one method under way at once, and those for one channel: fewer, since a channel that
  // is slow all of a sudden holds up the others with all that it has under way.
  static constexpr std::size_t kFirst = 16, kMost = 64;
  static constexpr std::size_t kFirstPerChannel = 4, kMostPerChannel = 48;

  Method& method(const std::string& name);
  const std::string& channel_id(const std::string& channel) const;
  Channel* limited_channel(const std::string& name, Method& m, const std::string& channel);
  std::uint64_t ready_at(const std::string& name, Method& m, const std::string& channel);
  std::uint64_t method_ready_at(const Method& m) const;
  void take(const std::string& name, Method& m, const std::string& channel);
  void leave(const std::string& name, const std::string& channel, bool well);
  void forget_idle_channels(Method& m);
  Refusal refusal(const Method& m) const;
  Refusal appointment(const std::string& name, Method& m, const std::string& channel,
                      const Standing& standing);

  void serve();
  void grant_ready(const std::string& name, Method& m, std::vector<Grant>& grants);
  void refuse_late(const std::string& name, Method& m, std::vector<Grant>& grants);
  void give(std::vector<Grant>& grants);
  void wake_for(const std::string& name, Method& m);

  const notify::Host& host_;
  const bool published_;
  bool ending_ = false;
  std::uint64_t limits_met_ = 0;
  std::map<std::string, Method> methods_;
  std::map<std::string, std::string> ids_;  // of channels known by name, or by a user's id
  notify::Alarm alarm_;
};

}  // namespace slack
