#include "sim/slack/rate_limits.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace notifyd::sim {
namespace {

constexpr RateLimit per_minute(double calls) { return {calls / 60, calls}; }

// Never 0: "try again in no time" would only be refused again.
int whole_seconds(double tokens, const RateLimit& limit) {
  return std::max(1, static_cast<int>(std::ceil((1 - tokens) / limit.per_second - 1e-9)));
}

}  // namespace

RateLimits published_limits() {
  const RateLimit tier2 = per_minute(20);
  const RateLimit tier3 = per_minute(50);
  const RateLimit tier4 = per_minute(100);
  const RateLimit special = per_minute(600);
  return {
      {std::string(kPostPerChannel), {1, 5}},
      {std::string(kPostPerWorkspace), per_minute(300)},
      {"chat.update", tier3},
      {"chat.delete", tier3},
      {"chat.postEphemeral", tier4},
      {"chat.getPermalink", special},
      {"reactions.add", tier3},
      {"reactions.get", tier3},
      {"reactions.remove", tier2},
      {"conversations.open", tier3},
      {"conversations.info", tier3},
      {"conversations.list", tier2},
      {"conversations.history", tier3},
      {"conversations.replies", tier3},
      {"users.lookupByEmail", tier3},
      {"users.info", tier4},
      {"auth.test", special},
  };
}

RateLimiter::Bucket* RateLimiter::refill(std::string_view limit, const std::string& key,
                                         SlackTime now) {
  const auto rule = limits_.find(limit);
  if (rule == limits_.end()) return nullptr;
  const auto [entry, fresh] = buckets_.try_emplace(
      key, Bucket{rule->second.burst, now, &rule->second, limit == kPostPerChannel});
  Bucket& bucket = entry->second;
  const std::chrono::duration<double> gone = now - bucket.at;
  bucket.tokens =
      std::min(rule->second.burst, bucket.tokens + gone.count() * rule->second.per_second);
  bucket.at = now;
  return &bucket;
}

std::optional<Refusal> RateLimiter::take(std::string_view method, std::string_view channel,
                                         SlackTime now) {
  std::vector<Bucket*> needed = {refill(method, std::string(method), now)};
  if (method == "chat.postMessage") {
    const std::string per_channel = std::string(kPostPerChannel).append("/").append(channel);
    needed.push_back(refill(kPostPerChannel, per_channel, now));
    needed.push_back(refill(kPostPerWorkspace, std::string(kPostPerWorkspace), now));
  }
  std::erase(needed, nullptr);
  for (const Bucket* bucket : needed) {
    if (bucket->tokens >= 1 - 1e-9) continue;
    return Refusal{whole_seconds(bucket->tokens, *bucket->limit), bucket->of_channel};
  }
  for (Bucket* bucket : needed) bucket->tokens -= 1;
  return std::nullopt;
}

}  // namespace notifyd::sim
