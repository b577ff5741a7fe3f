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

notify::Task<Limiter::Permit> Limiter::enter(const std::string& name, const std::string& asked_for,
                                             const Standing& standing, std::uint64_t deadline_ms) {
  if (ending_) co_return Permit(Refusal{Refusal::Why::kEnding, 0});
  if (alarm_.due()) serve();  // those who waited go first
  const std::string channel = channel_id(asked_for);
  Method& m = method(name);
  const std::uint64_t now = host_.mono_ms();
  const std::uint64_t ready_at = std::max(method_ready_at(m), channel_ready_at(m, channel));
  const bool crowded = m.crowded() || m.crowded_for(channel);
  const bool line = crowded || m.queue.waiting_in(channel) > 0;
  if (!line && ready_at <= now) {
    m.queue.served(standing.requester);
    take(m, channel);
    co_return Permit(this, m, channel);
  }
  if (deadline_ms <= now) co_return Permit(refusal(m));
  if (deadline_ms < m.closed_until) co_return Permit(appointment(m, channel, standing));
  notify::Reply<Permit> granted;
  Waiting waiting(m, channel, Waiter{granted.to(), deadline_ms, standing});
  if (m.queue.waiting_in(channel) == 1) look_at(m, channel);
  wake_for(m);
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
    look_at(m, id);
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
      grants.push_back({std::move(waiter.to), &m, channel, Refusal{Refusal::Why::kEnding, 0}});
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
  if (const auto old = m.channels.find(name); old != m.channels.end()) {
    const Channel taken = old->second;
    m.channels.erase(old);
    const auto [known, added] = m.channels.emplace(id, taken);
    if (!added && known->second.bucket.ready_at() < taken.bucket.ready_at()) known->second = taken;
  }
  look_at(m, name);
  look_at(m, id);
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
  m.by_channel = published_ && name == kPost;
  return m;
}

// nullptr: nothing was taken of its limit, if it has one.
Limiter::Channel* Limiter::known_channel(Method& m, const std::string& channel) const {
  if (!m.by_channel) return nullptr;
  const auto known = m.channels.find(channel_id(channel));
  return known == m.channels.end() ? nullptr : &known->second;
}

void Limiter::take_of_channel(Method& m, const std::string& channel, std::uint64_t now) {
  if (!m.by_channel || channel.empty()) return;
  if (m.channels.size() >= m.many) forget_idle_channels(m);
  const Channel fresh{TokenBucket(kChannelIntervalMs, kChannelBurst), {}};
  m.channels.try_emplace(channel_id(channel), fresh).first->second.bucket.take(now);
}

// A full bucket says no more than none. Where few are idle it is long until they are sought again.
void Limiter::forget_idle_channels(Method& m) {
  const std::uint64_t now = host_.mono_ms();
  std::erase_if(m.channels, [now](const auto& entry) {
    return entry.second.bucket.full(now) && entry.second.later.all_past(now);
  });
  m.many = std::max(kManyChannels, 2 * m.channels.size());
}

std::uint64_t Limiter::method_ready_at(const Method& m) const {
  return std::max(m.closed_until, m.bucket ? m.bucket->ready_at() : 0);
}

std::uint64_t Limiter::channel_ready_at(Method& m, const std::string& channel) const {
  const Channel* limited = known_channel(m, channel);
  return limited != nullptr ? limited->bucket.ready_at() : 0;
}

void Limiter::take(Method& m, const std::string& channel) {
  const std::uint64_t now = host_.mono_ms();
  if (m.bucket) m.bucket->take(now);
  take_of_channel(m, channel, now);
  m.calls.take();
  m.calls_for.try_emplace(channel, kFirstPerChannel, kMostPerChannel).first->second.take();
}

void Limiter::leave(Method& m, const std::string& channel, bool well) {
  const auto its_calls = m.calls_for.find(channel);
  its_calls->second.leave(well, m.queue.waiting_in(channel) > 0);
  if (its_calls->second.idle()) m.calls_for.erase(its_calls);
  if (m.closed_until > host_.mono_ms()) {
    m.calls.leave_narrowed();
  } else {
    m.calls.leave(well, !m.queue.empty());
    if (m.calls.open()) forget_limits(m);
  }
  look_at(m, channel);
  wake_for(m);
}

void Limiter::forget_limits(Method& m) {
  while (!m.set_back.empty()) {
    const auto met = m.set_back.extract(m.set_back.begin());
    look_at(m, met.key());
  }
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
Limiter::Refusal Limiter::appointment(Method& m, const std::string& channel,
                                      const Standing& standing) {
  const std::uint64_t now = host_.mono_ms();
  const std::uint64_t opens = std::max(now, m.closed_until);
  Channel* limited = known_channel(m, channel);
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
    grant_ready(m, grants);
    refuse_late(m, grants);
  }
  for (const auto& [name, m] : methods_) wake_for(m);
  give(grants);
}

// What next() knows of a channel's line. To be called when it begins, and for whatever changes
// after that in which calls the channel may have.
void Limiter::look_at(Method& m, const std::string& channel) {
  if (m.queue.waiting_in(channel) == 0) return;
  const bool crowded = m.crowded_for(channel);
  const std::uint64_t ready_at = channel_ready_at(m, channel);
  const bool later = ready_at > host_.mono_ms();
  m.queue.set_line(channel, !crowded && !later, m.set_back_for(channel));
  if (!crowded && later) m.closed_lines.emplace(ready_at, channel);
}

void Limiter::look_at_closed_lines(Method& m) {
  const std::uint64_t now = host_.mono_ms();
  while (!m.closed_lines.empty() && m.closed_lines.begin()->first <= now) {
    const auto closed = m.closed_lines.extract(m.closed_lines.begin());
    look_at(m, closed.value().second);
  }
}

void Limiter::grant_ready(Method& m, std::vector<Grant>& grants) {
  const std::uint64_t now = host_.mono_ms();
  look_at_closed_lines(m);
  while (method_ready_at(m) <= now && !m.crowded()) {
    const std::uint64_t number = m.queue.next();
    if (number == 0) return;
    const std::string channel = m.queue.line_of(number);
    if (channel_ready_at(m, channel) <= now) {  // one channel may have two names, so two lines
      grants.push_back({m.serve(number).to, &m, channel, std::nullopt});
      take(m, channel);
    }
    look_at(m, channel);
  }
}

// Who has waited long enough, and who would wait for a closed method beyond that.
void Limiter::refuse_late(Method& m, std::vector<Grant>& grants) {
  const std::uint64_t now = host_.mono_ms();
  const std::size_t first = grants.size();
  std::vector<Standing> late;
  while (!m.deadlines.empty()) {
    const auto [deadline, priority, number] = *m.deadlines.begin();
    if (deadline > now && deadline >= m.closed_until) break;
    const std::string channel = m.queue.line_of(number);
    Waiter waiter = m.remove(number);
    grants.push_back({std::move(waiter.to), &m, channel, std::nullopt});
    late.push_back(std::move(waiter.standing));
  }
  for (std::size_t i = 0; i < late.size(); ++i) {  // now that none of them is in line any more
    Grant& grant = grants[first + i];
    grant.refusal = appointment(m, grant.channel, late[i]);
  }
}

void Limiter::give(std::vector<Grant>& grants) {
  for (Grant& grant : grants) {
    grant.to(grant.refusal ? Permit(*grant.refusal) : Permit(this, *grant.method, grant.channel));
  }
}

void Limiter::wake_for(const Method& m) {
  if (m.deadlines.empty()) return;
  std::uint64_t soonest = std::get<0>(*m.deadlines.begin());
  const bool any_open = m.queue.next() != 0;
  if (!m.crowded() && (any_open || !m.closed_lines.empty())) {  // else leave() comes here again
    const std::uint64_t line_at = any_open ? 0 : m.closed_lines.begin()->first;
    soonest = std::min(soonest, std::max(method_ready_at(m), line_at));
  }
  alarm_.no_later_than(soonest);
}

}  // namespace slack
