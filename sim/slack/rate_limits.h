// Slack's rate limits as token buckets: one per method, for chat.postMessage one per channel and
// one for the workspace besides. Slack publishes the rates but not the bursts; those are ours. Not
// thread-safe; the server guards it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/slack/model.h"

namespace notifyd::sim {

struct RateLimit {
  double per_second = 1;
  double burst = 1;  // what a full bucket holds
};

// By method; kPostPerChannel and kPostPerWorkspace for chat.postMessage's extra limits. A method
// that is not in the table is not limited.
using RateLimits = std::map<std::string, RateLimit, std::less<>>;

inline constexpr std::string_view kPostPerChannel = "chat.postMessage/channel";
inline constexpr std::string_view kPostPerWorkspace = "chat.postMessage/workspace";

RateLimits published_limits();  // Slack's tiers

struct Refusal {
  int retry_after;          // seconds, at least 1
  bool of_channel = false;  // by the per-channel limit of chat.postMessage
};

class RateLimiter {
 public:
  explicit RateLimiter(RateLimits limits = {}) : limits_(std::move(limits)) {}
  RateLimiter(const RateLimiter&) = delete;  // buckets point into limits_
  RateLimiter& operator=(const RateLimiter&) = delete;

  // Takes one from each bucket that the call needs; when one of them is empty, from none.
  std::optional<Refusal> take(std::string_view method, std::string_view channel, SlackTime now);

 private:
  struct Bucket {
    double tokens;
    SlackTime at;
    const RateLimit* limit;
    bool of_channel;
  };

  Bucket* refill(std::string_view limit, const std::string& key, SlackTime now);

  const RateLimits limits_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace notifyd::sim
