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
// What a call costs here does not grow with the channels that wait: a line is looked at when
// something of its channel changes, and no other.
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
#include <unordered_map>
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
  struct Method;

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
    Permit(Limiter* limiter, Method& method, std::string channel)
        : limiter_(limiter), method_(&method), channel_(std::move(channel)) {}
    explicit Permit(Refusal refusal) : refusal_(refusal) {}
    Permit(Permit&& other) noexcept
        : limiter_(std::exchange(other.limiter_, nullptr)),
          method_(other.method_),
          channel_(std::move(other.channel_)),
          well_(other.well_),
          refusal_(other.refusal_) {}
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    Permit& operator=(Permit&&) = delete;
    ~Permit() {
      if (limiter_ != nullptr) limiter_->leave(*method_, channel_, well_);
    }

    bool granted() const { return limiter_ != nullptr; }
    const Refusal& refusal() const { return refusal_; }  // unless granted

    // Slack took the call, and did not take long.
    void came_back_well() { well_ = true; }

   private:
    Limiter* limiter_ = nullptr;
    Method* method_ = nullptr;  // never erased from methods_
    std::string channel_;
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

  // Waits until `deadline_ms` of Host::mono_ms() at most. `channel`: "" when it is about none. All
  // three outlive the task.
  notify::Task<Permit> enter(const std::string& method, const std::string& channel,
                             const Standing& standing, std::uint64_t deadline_ms);

  // Slack asked not to call `method` for so long, when it was called for `channel`: which may be
  // the one that is limited, so the others go first after that.
  void block(const std::string& method, const std::string& channel, std::uint64_t ms);

  // A channel that was known by name, or by a user's id, turned out to be `id`.
  void rename(const std::string& name, const std::string& id);

  // Sends away all who wait, and from now on everybody.
  void end();

 private:
  // Calls of one method under way at once, and those for one channel: fewer, since a channel that
  // is slow all of a sudden holds up the others with all that it has under way.
  static constexpr std::size_t kFirst = 16, kMost = 64;
  static constexpr std::size_t kFirstPerChannel = 4, kMostPerChannel = 48;
  static constexpr std::size_t kManyChannels = 1024;

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
    bool by_channel = false;  // it has a limit for each channel, too
    Appointments later;
    std::uint64_t closed_until = 0;
    Concurrency calls{kFirst, kMost};
    std::unordered_map<std::string, Concurrency> calls_for;   // channels with any under way
    std::unordered_map<std::string, std::uint64_t> set_back;  // those that met a 429, in this order
    std::unordered_map<std::string, Channel> channels;
    std::size_t many = kManyChannels;  // of `channels`: with so many the idle ones are forgotten
    notify::FairQueue<Priority, Waiter> queue;  // those who wait; a line is a channel's
    std::set<Deadline> deadlines;               // of the same
    // When to look at a line that its channel's limit has closed. It may be gone by then.
    std::set<std::pair<std::uint64_t, std::string>> closed_lines;

    bool crowded() const { return calls.full(); }
    bool crowded_for(const std::string& channel) const;
    std::uint64_t set_back_for(const std::string& channel) const;
    std::uint64_t add(const std::string& channel, Waiter waiter);
    Waiter serve(std::uint64_t number);
    Waiter remove(std::uint64_t number);  // empty: was not there
  };
  struct Grant {
    std::function<void(Permit)> to;
    Method* method = nullptr;
    std::string channel;
    std::optional<Refusal> refusal;
  };
  class Waiting;

  Method& method(const std::string& name);
  const std::string& channel_id(const std::string& channel) const;
  Channel* known_channel(Method& m, const std::string& channel) const;
  void take_of_channel(Method& m, const std::string& channel, std::uint64_t now);
  std::uint64_t channel_ready_at(Method& m, const std::string& channel) const;
  std::uint64_t method_ready_at(const Method& m) const;
  void take(Method& m, const std::string& channel);
  void leave(Method& m, const std::string& channel, bool well);
  void forget_idle_channels(Method& m);
  void forget_limits(Method& m);
  Refusal refusal(const Method& m) const;
  Refusal appointment(Method& m, const std::string& channel, const Standing& standing);

  void serve();
  void look_at(Method& m, const std::string& channel);
  void look_at_closed_lines(Method& m);
  void grant_ready(Method& m, std::vector<Grant>& grants);
  void refuse_late(Method& m, std::vector<Grant>& grants);
  void give(std::vector<Grant>& grants);
  void wake_for(const Method& m);

  const notify::Host& host_;
  const bool published_;
  bool ending_ = false;
  std::uint64_t limits_met_ = 0;
  std::map<std::string, Method> methods_;
  std::map<std::string, std::string> ids_;  // of channels known by name, or by a user's id
  notify::Alarm alarm_;
};

}  // namespace slack
