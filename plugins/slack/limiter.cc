#include "limiter.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace slack {
namespace {

using notify::TokenBucket;

struct Published {
  std::string_view method;
  std::uint64_t per_minute;
};

// Slack's tiers; chat.postMessage is "several hundred a minute" for the workspace.
constexpr std::array kPublished{
    Published{"chat.postMessage", 240},     Published{"chat.update", 50},
    Published{"reactions.add", 50},         Published{"users.lookupByEmail", 50},
    Published{"conversations.history", 50}, Published{"conversations.replies", 50},
    Published{"conversations.open", 50},    Published{"conversations.list", 20},
    Published{"reactions.remove", 20},      Published{"auth.teams.list", 20}};

constexpr std::string_view kPost = "chat.postMessage";
constexpr std::uint64_t kChannelIntervalMs = 1000;
constexpr std::uint64_t kChannelBurst = 4;
constexpr std::size_t kManyChannels = 1024;
constexpr std::uint64_t kMinuteMs = 60'000;
constexpr std::uint64_t kSoonestMs = 1000;     // that anybody is told to come again
constexpr std::uint64_t kUnknownPaceMs = 100;  // between those who come again, with no limit known

std::optional<TokenBucket> published_bucket(std::string_view method) {
  const auto* found = std::find_if(kPublished.begin(), kPublished.end(),
                                   [method](const Published& p) { return p.method == method; });
  if (found == kPublished.end()) return std::nullopt;
  return TokenBucket(kMinuteMs / found->per_minute, found->per_minute);
}

}  // namespace

// A place in line, given up when the coroutine that waits is destroyed.
class Limiter::Waiting {
 public:
  Waiting(Method& m, const std::string& channel, Waiter waiter)
      : method_(m), number_(method_.add(channel, std::move(waiter))) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { method_.remove(number_); }

 private:
  Method& method_;  // never erased from methods_
  const std::uint64_t number_;
};

std::uint64_t Limiter::Method::add(const std::string& channel, Waiter waiter) {
  const std::uint64_t deadline = waiter.deadline_ms;
  const Standing who = waiter.standing;
  const std::uint64_t number = queue.add(channel, who.priority, who.requester, std::move(waiter));
  deadlines.emplace(deadline, who.priority, number);
  return number;
}

Limiter::Waiter Limiter::Method::serve(std::uint64_t number) {
  Waiter waiter = queue.serve(number).value_or(Waiter{});
  deadlines.erase({waiter.deadline_ms, waiter.standing.priority, number});
  return waiter;
}

Limiter::Waiter Limiter::Method::remove(std::uint64_t number) {
  Waiter waiter = queue.remove(number).value_or(Waiter{});
  deadlines.erase({waiter.deadline_ms, waiter.standing.priority, number});
  return waiter;
}

bool Limiter::Method::crowded_for(const std::string& channel) const {
  const auto found = calls_for.find(channel);
  return !channel.empty() && found != calls_for.end() && found->second.full();
}

std::uint64_t Limiter::Method::set_back_for(const std::string& channel) const {
  const auto found = set_back.find(channel);
  return found == set_back.end() ? 0 : found->second;
}

Limiter::Limiter(const notify::Host& host, bool published)
    : host_(host), published_(published), alarm_(host, [this] { serve(); }) {}

notify::Task<Limiter::Permit> Limiter::enter(std::string name, std::string channel,
                                             Standing standing, std::uint64_t deadline_ms) {
  if (ending_) co_return Permit(Refusal{Refusal::Why::kEnding, 0});
  if (alarm_.due()) serve();  // those who waited go first
  channel = channel_id(channel);
  Method& m = method(name);
  const std::uint64_t now = host_.mono_ms();
  const bool crowded = m.crowded() || m.crowded_for(channel);
  const bool line = crowded || m.queue.waiting_in(channel) > 0;
  if (!line && ready_at(name, m, channel) <= now) {
    m.queue.served(standing.requester);
    take(name, m, channel);
    co_return Permit(this, name, channel);
  }
  if (deadline_ms <= now) co_return Permit(refusal(m));
  if (deadline_ms < m.closed_until) co_return Permit(appointment(name, m, channel, standing));
  notify::Reply<Permit> granted;
  Waiting waiting(m, channel, Waiter{granted.to(), deadline_ms, std::move(standing)});
  alarm_.no_later_than(deadline_ms);
  if (!crowded) alarm_.no_later_than(ready_at(name, m, channel));
  Permit permit = co_await granted;
  co_return std::move(permit);
}

void Limiter::block(const std::string& name, const std::string& channel, std::uint64_t ms) {
  Method& m = method(name);
  if (!channel.empty()) {
    const std::string& id = channel_id(channel);
    m.set_back[id] = ++limits_met_;
    if (const auto found = m.calls_for.find(id); found != m.calls_for.end()) {
      found->second.limited();
    }
  }
  // One more, since the host's clock is cut to whole milliseconds.
  m.closed_until = std::max(m.closed_until, host_.mono_ms() + ms + 1);
  m.calls.limited();
  // Those who wait may have to be told that it takes too long.
  if (!m.queue.empty()) alarm_.no_later_than(host_.mono_ms());
}

void Limiter::end() {
  ending_ = true;
  std::vector<Grant> grants;
  for (auto& [name, m] : methods_) {
    while (!m.deadlines.empty()) {
      const std::uint64_t number = std::get<2>(*m.deadlines.begin());
      const std::string channel = m.queue.line_of(number);
      Waiter waiter = m.remove(number);
      grants.push_back({std::move(waiter.to), name, channel, Refusal{Refusal::Why::kEnding, 0}});
    }
  }
  give(grants);
}

// What was taken under the name counts for the id: they are one channel, whichever is asked next,
// and whoever waits under the name already.
void Limiter::rename(const std::string& name, const std::string& id) {
  if (name == id || channel_id(name) == id) return;
  if (ids_.size() >= kManyChannels) ids_.clear();
  ids_[name] = id;
  Method& m = method(std::string(kPost));
  const auto old = m.channels.find(name);
  if (old == m.channels.end()) return;
  const Channel taken = old->second;
  m.channels.erase(old);
  const auto [known, added] = m.channels.emplace(id, taken);
  if (!added && known->second.bucket.ready_at() < taken.bucket.ready_at()) known->second = taken;
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

// nullptr: its posts are limited by nothing that is known here.
Limiter::Channel* Limiter::limited_channel(const std::string& name, Method& m,
                                           const std::string& channel) {
  if (!published_ || channel.empty() || name != kPost) return nullptr;
  if (m.channels.size() >= kManyChannels) forget_idle_channels(m);
  const Channel fresh{TokenBucket(kChannelIntervalMs, kChannelBurst), {}};
  return &m.channels.try_emplace(channel_id(channel), fresh).first->second;
}

// A full bucket says no more than none.
void Limiter::forget_idle_channels(Method& m) {
  const std::uint64_t now = host_.mono_ms();
  std::erase_if(m.channels, [now](const auto& entry) {
    return entry.second.bucket.full(now) && entry.second.later.all_past(now);
  });
}

std::uint64_t Limiter::method_ready_at(const Method& m) const {
  return std::max(m.closed_until, m.bucket ? m.bucket->ready_at() : 0);
}

std::uint64_t Limiter::ready_at(const std::string& name, Method& m, const std::string& channel) {
  const Channel* limited = limited_channel(name, m, channel);
  return std::max(method_ready_at(m), limited != nullptr ? limited->bucket.ready_at() : 0);
}

void Limiter::take(const std::string& name, Method& m, const std::string& channel) {
  const std::uint64_t now = host_.mono_ms();
  if (m.bucket) m.bucket->take(now);
  if (Channel* limited = limited_channel(name, m, channel)) limited->bucket.take(now);
  m.calls.take();
  m.calls_for.try_emplace(channel, kFirstPerChannel, kMostPerChannel).first->second.take();
}

void Limiter::leave(const std::string& name, const std::string& channel, bool well) {
  Method& m = method(name);
  const auto its_calls = m.calls_for.find(channel);
  its_calls->second.leave(well, m.queue.waiting_in(channel) > 0);
  if (its_calls->second.idle()) m.calls_for.erase(its_calls);
  if (m.closed_until > host_.mono_ms()) {
    m.calls.leave_narrowed();
  } else {
    m.calls.leave(well, !m.queue.empty());
    if (m.calls.open()) m.set_back.clear();
  }
  wake_for(name, m);
}

Limiter::Refusal Limiter::refusal(const Method& m) const {
  const std::uint64_t now = host_.mono_ms();
  const std::uint64_t closed_ms = m.closed_until > now ? m.closed_until - now : 0;
  const bool long_closed = closed_ms > kLongestWaitMs;
  return {long_closed ? Refusal::Why::kClosed : Refusal::Why::kBusy,
          std::max(closed_ms, kSoonestMs)};
}

// The line that takes too long is the channel's or, when the channel has a token, the method's.
// Those who stand in it go before, or are told a later time than, whoever is told now.
Limiter::Refusal Limiter::appointment(const std::string& name, Method& m,
                                      const std::string& channel, const Standing& standing) {
  const std::uint64_t now = host_.mono_ms();
  const std::uint64_t opens = std::max(now, m.closed_until);
  Channel* limited = limited_channel(name, m, channel);
  const bool by_channel = limited != nullptr && limited->bucket.ready_at() > opens;
  const TokenBucket* bucket = m.bucket ? &*m.bucket : nullptr;
  if (by_channel) bucket = &limited->bucket;
  const std::uint64_t pace = bucket != nullptr ? bucket->interval_ms() : kUnknownPaceMs;
  const std::size_t ahead = by_channel ? m.queue.waiting_in(channel) : m.queue.size();
  const std::uint64_t line = std::min(ahead * pace, kLongestWaitMs);
  Appointments& later = by_channel ? limited->later : m.later;
  Refusal told = refusal(m);
  const std::uint64_t at = later.next(standing.priority, standing.requester, opens + line, pace);
  told.wait_ms = std::max(at - now, kSoonestMs);
  return told;
}

// Everything is decided before the first one runs: what they do may bring others here.
void Limiter::serve() {
  std::vector<Grant> grants;
  for (auto& [name, m] : methods_) {
    grant_ready(name, m, grants);
    refuse_late(name, m, grants);
  }
  for (auto& [name, m] : methods_) wake_for(name, m);
  give(grants);
}

void Limiter::grant_ready(const std::string& name, Method& m, std::vector<Grant>& grants) {
  const std::uint64_t now = host_.mono_ms();
  const auto ready = [&](const std::string& channel) {
    return !m.crowded_for(channel) && ready_at(name, m, channel) <= now;
  };
  const auto look_at = [&](const std::string& channel) {
    m.queue.set_line(channel, ready(channel), m.set_back_for(channel));
  };
  if (method_ready_at(m) > now || m.crowded()) return;
  m.queue.for_each_line(look_at);
  while (method_ready_at(m) <= now && !m.crowded()) {
    const std::uint64_t number = m.queue.next();
    if (number == 0) return;
    const std::string channel = m.queue.line_of(number);
    if (ready(channel)) {  // one channel may have two names, so two lines
      grants.push_back({m.serve(number).to, name, channel, std::nullopt});
      take(name, m, channel);
    }
    look_at(channel);
  }
}

// Who has waited long enough, and who would wait for a closed method beyond that.
void Limiter::refuse_late(const std::string& name, Method& m, std::vector<Grant>& grants) {
  const std::uint64_t now = host_.mono_ms();
  const std::size_t first = grants.size();
  std::vector<Standing> late;
  while (!m.deadlines.empty()) {
    const auto [deadline, priority, number] = *m.deadlines.begin();
    if (deadline > now && deadline >= m.closed_until) break;
    const std::string channel = m.queue.line_of(number);
    Waiter waiter = m.remove(number);
    grants.push_back({std::move(waiter.to), name, channel, std::nullopt});
    late.push_back(std::move(waiter.standing));
  }
  for (std::size_t i = 0; i < late.size(); ++i) {  // now that none of them is in line any more
    Grant& grant = grants[first + i];
    grant.refusal = appointment(name, m, grant.channel, late[i]);
  }
}

void Limiter::give(std::vector<Grant>& grants) {
  for (Grant& grant : grants) {
    grant.to(grant.refusal ? Permit(*grant.refusal) : Permit(this, grant.method, grant.channel));
  }
}

void Limiter::wake_for(const std::string& name, Method& m) {
  if (m.deadlines.empty()) return;
  std::uint64_t soonest = std::get<0>(*m.deadlines.begin());
  if (!m.crowded()) {  // else leave() comes here again
    m.queue.for_each_line([&](const std::string& channel) {
      if (!m.crowded_for(channel)) soonest = std::min(soonest, ready_at(name, m, channel));
    });
  }
  alarm_.no_later_than(soonest);
}

}  // namespace slack
