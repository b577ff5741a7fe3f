#include "limiter.h"

#include <algorithm>
#include <array>
#include <limits>
#include <queue>
#include <string_view>

namespace slack {
namespace {

struct Published {
  std::string_view method;
  std::uint64_t per_minute;
};

// Slack's tiers; chat.postMessage is "several hundred a minute" for the workspace.
constexpr std::array kPublished{
    Published{"chat.postMessage", 240},     Published{"chat.update", 50},
    Published{"reactions.add", 50},         Published{"users.lookupByEmail", 50},
    Published{"conversations.history", 50}, Published{"conversations.replies", 50},
    Published{"conversations.open", 50},    Published{"conversations.list", 20}};

constexpr std::string_view kPost = "chat.postMessage";
constexpr std::uint64_t kChannelIntervalMs = 1000;
constexpr std::uint64_t kChannelBurst = 4;
constexpr std::size_t kManyChannels = 1024;
constexpr std::uint64_t kMinuteMs = 60'000;

std::optional<Bucket> published_bucket(std::string_view method) {
  const auto* found = std::find_if(kPublished.begin(), kPublished.end(),
                                   [method](const Published& p) { return p.method == method; });
  if (found == kPublished.end()) return std::nullopt;
  return Bucket(kMinuteMs / found->per_minute, found->per_minute);
}

}  // namespace

// A place in a lane, given up when the coroutine that waits is destroyed.
class Limiter::Waiting {
 public:
  Waiting(Method& m, std::string channel, Order order, std::function<void(Permit)> to)
      : method_(m), channel_(std::move(channel)), order_(std::move(order)) {
    method_.lanes[channel_].emplace(order_, std::move(to));
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() {
    const auto lane = method_.lanes.find(channel_);
    if (lane == method_.lanes.end()) return;
    lane->second.erase(order_);
    if (lane->second.empty()) method_.lanes.erase(lane);
  }

 private:
  Method& method_;  // never erased from methods_
  std::string channel_;
  Order order_;
};

Limiter::Limiter(const notify::Host& host, bool published)
    : host_(host), published_(published), alarm_(host, [this] { serve(); }) {}

notify::Task<Limiter::Permit> Limiter::enter(std::string name, std::string channel,
                                             Priority priority) {
  if (alarm_.due()) serve();  // those who waited go first
  channel = channel_id(channel);
  Method& m = method(name);
  const std::uint64_t now = host_.mono_ms();
  if (m.closed_until > now + kLongestWaitMs) co_return Permit(m.closed_until - now);
  const bool crowded = m.under_way >= m.window || m.lanes.count(channel) > 0;
  if (!crowded && ready_at(name, m, channel) <= now) {
    take(name, m, channel);
    co_return Permit(this, name);
  }
  notify::Reply<Permit> granted;
  Waiting waiting(m, channel, Order{priority, next_++}, granted.to());
  if (m.under_way < m.window) alarm_.no_later_than(ready_at(name, m, channel));
  Permit permit = co_await granted;
  co_return std::move(permit);
}

void Limiter::block(const std::string& name, std::uint64_t ms) {
  Method& m = method(name);
  // One more, since the host's clock is cut to whole milliseconds.
  m.closed_until = std::max(m.closed_until, host_.mono_ms() + ms + 1);
  m.window = 1;
  // Those who wait may have to be told that it takes too long.
  if (!m.lanes.empty()) alarm_.no_later_than(host_.mono_ms());
}

// What was taken under the name counts for the id: they are one channel, whichever is asked next.
void Limiter::rename(const std::string& name, const std::string& id) {
  if (name == id || channel_id(name) == id) return;
  if (ids_.size() >= kManyChannels) ids_.clear();
  ids_[name] = id;
  Method& m = method(std::string(kPost));
  const auto old = m.channels.find(name);
  if (old == m.channels.end()) return;
  const Bucket taken = old->second;
  m.channels.erase(old);
  const auto [known, added] = m.channels.emplace(id, taken);
  if (!added && known->second.ready_at() < taken.ready_at()) known->second = taken;
}

const std::string& Limiter::channel_id(const std::string& channel) const {
  const auto known = ids_.find(channel);
  return known == ids_.end() ? channel : known->second;
}

Limiter::Method& Limiter::method(const std::string& name) {
  const auto found = methods_.find(name);
  if (found != methods_.end()) return found->second;
  Method& m = methods_[name];
  if (published_) m.bucket = published_bucket(name);
  return m;
}

Bucket* Limiter::channel_bucket(const std::string& name, Method& m, const std::string& channel) {
  if (!published_ || channel.empty() || name != kPost) return nullptr;
  if (m.channels.size() >= kManyChannels) forget_idle_channels(m);
  return &m.channels.try_emplace(channel, kChannelIntervalMs, kChannelBurst).first->second;
}

// A full bucket says no more than none.
void Limiter::forget_idle_channels(Method& m) {
  const std::uint64_t now = host_.mono_ms();
  std::erase_if(m.channels, [now](const auto& entry) { return entry.second.full(now); });
}

std::uint64_t Limiter::method_ready_at(const Method& m) const {
  return std::max(m.closed_until, m.bucket ? m.bucket->ready_at() : 0);
}

std::uint64_t Limiter::ready_at(const std::string& name, Method& m, const std::string& channel) {
  const Bucket* bucket = channel_bucket(name, m, channel);
  return std::max(method_ready_at(m), bucket != nullptr ? bucket->ready_at() : 0);
}

void Limiter::take(const std::string& name, Method& m, const std::string& channel) {
  const std::uint64_t now = host_.mono_ms();
  if (m.bucket) m.bucket->take(now);
  if (Bucket* bucket = channel_bucket(name, m, channel)) bucket->take(now);
  ++m.under_way;
}

void Limiter::leave(const std::string& name) {
  Method& m = method(name);
  --m.under_way;
  if (m.window != kOpen && m.closed_until <= host_.mono_ms()) {
    m.window = m.lanes.empty() ? kOpen : m.window + 1;
  }
  wake_for(name, m);
}

// Everything is decided before the first one runs: what they do may bring others here.
void Limiter::serve() {
  std::vector<Grant> grants;
  for (auto& [name, m] : methods_) serve(name, m, grants);
  for (auto& [name, m] : methods_) wake_for(name, m);
  for (Grant& grant : grants) {
    grant.to(grant.wait_ms != 0 ? Permit(grant.wait_ms) : Permit(this, grant.method));
  }
}

void Limiter::serve(const std::string& name, Method& m, std::vector<Grant>& grants) {
  const std::uint64_t now = host_.mono_ms();
  if (m.closed_until > now + kLongestWaitMs) return refuse_all(name, m, grants);
  using Head = std::pair<Order, std::string>;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  for (const auto& [channel, lane] : m.lanes) {
    if (ready_at(name, m, channel) <= now) heads.emplace(lane.begin()->first, channel);
  }
  while (!heads.empty() && method_ready_at(m) <= now && m.under_way < m.window) {
    const std::string channel = heads.top().second;
    heads.pop();
    Lane& lane = m.lanes.at(channel);
    grants.push_back({std::move(lane.begin()->second), name, 0});
    lane.erase(lane.begin());
    take(name, m, channel);
    if (lane.empty()) {
      m.lanes.erase(channel);
    } else if (ready_at(name, m, channel) <= now) {
      heads.emplace(lane.begin()->first, channel);
    }
  }
}

void Limiter::refuse_all(const std::string& name, Method& m, std::vector<Grant>& grants) {
  const std::uint64_t wait = m.closed_until - host_.mono_ms();
  for (auto& [channel, lane] : m.lanes) {
    for (auto& [order, to] : lane) grants.push_back({std::move(to), name, wait});
  }
  m.lanes.clear();
}

void Limiter::wake_for(const std::string& name, Method& m) {
  if (m.lanes.empty() || m.under_way >= m.window) return;  // leave() comes here again
  auto soonest = std::numeric_limits<std::uint64_t>::max();
  for (const auto& [channel, lane] : m.lanes) {
    soonest = std::min(soonest, ready_at(name, m, channel));
  }
  alarm_.no_later_than(soonest);
}

}  // namespace slack
