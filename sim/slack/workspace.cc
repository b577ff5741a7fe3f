#include "sim/slack/workspace.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/slack/invariants.h"
#include "sim/slack/methods.h"

namespace notifyd::sim {

// Apart from the Workspace, so that a Subscription may outlive it.
struct Workspace::Subscribers {
  std::mutex mutex;  // held while callbacks run: unsubscribing waits for them
  std::map<int, std::function<void()>> callbacks;
  int last = 0;
};

namespace {

template <class T>
T& there(T* found, std::string_view name) {
  if (found == nullptr) throw std::out_of_range("the workspace has no " + std::string(name));
  return *found;
}

template <class T>
std::optional<T> copied(const T* found) {
  return found ? std::optional<T>(*found) : std::nullopt;
}

template <class Map>
auto values(const Map& map) {
  std::vector<typename Map::mapped_type> result;
  result.reserve(map.size());
  for (const auto& [key, value] : map) result.push_back(value);
  return result;
}

template <class Predicate>
std::vector<SlackMessage> messages_in(const SlackState& state, const std::string& channel,
                                      Predicate wanted) {
  std::vector<SlackMessage> result;
  const auto found = state.messages.find(channel);
  if (found == state.messages.end()) return result;
  for (const auto& [ts, message] : found->second) {
    if (wanted(message)) result.push_back(message);
  }
  return result;
}

bool is_top_level(const SlackMessage& message) { return message.thread_ts.empty(); }

}  // namespace

Workspace::Workspace(WorkspaceOptions options)
    : clock_(std::move(options.clock)), subscribers_(std::make_shared<Subscribers>()) {
  state_.team = std::move(options.team);
  state_.bot = std::move(options.bot);
  SlackUser bot;
  bot.id = state_.bot.user_id;
  bot.name = state_.bot.name;
  bot.real_name = state_.bot.name;
  bot.is_bot = true;
  state_.users.emplace(bot.id, bot);
}

void Workspace::apply(const std::function<bool(SlackState&)>& work) {
  bool moved = false;
  {
    const std::lock_guard lock(mutex_);
    moved = work(state_);
    if (moved) ++version_;
  }
  if (moved) changed();
}

void Workspace::changed() {
  moved_.notify_all();
  const std::lock_guard lock(subscribers_->mutex);
  for (const auto& [number, callback] : subscribers_->callbacks) callback();
}

// `query` gets the state as a mutable reference only because its finders are shared with writers.
template <class F>
auto Workspace::look(F&& query) const {
  const std::lock_guard lock(mutex_);
  return query(const_cast<SlackState&>(state_));
}

std::string Workspace::add_user(std::string name, std::string email, std::string real_name) {
  SlackUser user;
  user.real_name = real_name.empty() ? name : std::move(real_name);
  user.name = std::move(name);
  user.email = std::move(email);
  apply([&](SlackState& state) {
    user.id = state.next_id('U');
    return state.users.emplace(user.id, user).second;
  });
  return user.id;
}

std::string Workspace::add_channel(std::string name, ChannelKind kind, bool bot_is_member) {
  SlackChannel channel;
  channel.name = std::move(name);
  channel.kind = kind;
  apply([&](SlackState& state) {
    channel.id = state.next_id('C');
    if (bot_is_member) channel.members.insert(state.bot.user_id);
    return state.channels.emplace(channel.id, channel).second;
  });
  return channel.id;
}

void Workspace::add_token(std::string token, std::set<std::string> scopes) {
  apply([&](SlackState& state) {
    state.tokens[std::move(token)] = SlackToken{std::move(scopes), false, ""};
    return true;
  });
}

void Workspace::edit_user(std::string_view user, const std::function<void(SlackUser&)>& change) {
  apply([&](SlackState& state) { return change(there(state.find_user(user), user)), true; });
}

void Workspace::edit_channel(std::string_view channel,
                             const std::function<void(SlackChannel&)>& change) {
  apply(
      [&](SlackState& state) { return change(there(state.find_channel(channel), channel)), true; });
}

void Workspace::edit_token(const std::string& token,
                           const std::function<void(SlackToken&)>& change) {
  // The name stays out of the exception: it is a secret.
  apply([&](SlackState& state) {
    const auto found = state.tokens.find(token);
    return change(there(found == state.tokens.end() ? nullptr : &found->second, "such token")),
           true;
  });
}

void Workspace::edit_bot(const std::function<void(SlackBot&)>& change) {
  apply([&](SlackState& state) { return change(state.bot), true; });
}

void Workspace::edit_team(const std::function<void(SlackTeam&)>& change) {
  apply([&](SlackState& state) { return change(state.team), true; });
}

std::string Workspace::say(std::string_view user, std::string_view channel, std::string text,
                           std::string thread_ts) {
  SlackMessage message;
  message.text = std::move(text);
  message.thread_ts = std::move(thread_ts);
  apply([&](SlackState& state) {
    message.user = there(state.find_user(user), user).id;
    message.channel = there(state.find_channel(channel), channel).id;
    message.ts = state.store(message, now()).ts;
    return true;
  });
  return message.ts;
}

std::set<std::string> Workspace::every_scope() { return scopes_of_all_methods(); }

SlackTeam Workspace::team() const {
  return look([](SlackState& state) { return state.team; });
}
SlackBot Workspace::bot() const {
  return look([](SlackState& state) { return state.bot; });
}
std::vector<SlackUser> Workspace::users() const {
  return look([](SlackState& state) { return values(state.users); });
}
std::vector<SlackChannel> Workspace::channels() const {
  return look([](SlackState& state) { return values(state.channels); });
}
std::optional<SlackUser> Workspace::user(std::string_view user) const {
  return look([&](SlackState& state) { return copied(state.find_user(user)); });
}
std::optional<SlackChannel> Workspace::channel(std::string_view channel) const {
  return look([&](SlackState& state) { return copied(state.find_channel(channel)); });
}

std::vector<SlackMessage> Workspace::messages(std::string_view channel) const {
  return look([&](SlackState& state) {
    const SlackChannel* found = state.find_channel(channel);
    return found ? messages_in(state, found->id, is_top_level) : std::vector<SlackMessage>{};
  });
}

std::vector<SlackMessage> Workspace::thread(std::string_view channel, std::string_view ts) const {
  return look([&](SlackState& state) {
    const SlackChannel* found = state.find_channel(channel);
    if (!found) return std::vector<SlackMessage>{};
    return messages_in(state, found->id,
                       [&](const SlackMessage& message) { return message.thread_ts == ts; });
  });
}

std::vector<SlackMessage> Workspace::dm(std::string_view user) const {
  return look([&](SlackState& state) {
    const SlackUser* found = state.find_user(user);
    const SlackChannel* dm = found ? state.find_dm(found->id) : nullptr;
    return dm ? messages_in(state, dm->id, is_top_level) : std::vector<SlackMessage>{};
  });
}

std::optional<SlackMessage> Workspace::message(std::string_view channel,
                                               std::string_view ts) const {
  return look([&](SlackState& state) {
    const SlackChannel* found = state.find_channel(channel);
    return found ? copied(state.find_message(found->id, ts)) : std::nullopt;
  });
}

std::vector<SlackMessage> Workspace::all_messages() const {
  return look([](SlackState& state) {
    std::vector<SlackMessage> result;
    for (const auto& [id, channel] : state.messages) {
      for (const auto& [ts, message] : channel) result.push_back(message);
    }
    return result;
  });
}

std::vector<Call> Workspace::journal() const {
  return look([](SlackState& state) { return state.journal; });
}

std::vector<Call> Workspace::journal(std::string_view method) const {
  std::vector<Call> calls = journal();
  std::erase_if(calls, [&](const Call& call) { return call.method != method; });
  return calls;
}

std::map<std::string, CallCount> Workspace::counters() const {
  return look([](SlackState& state) {
    std::map<std::string, CallCount> result;
    for (const Call& call : state.journal) {
      CallCount& count = result[call.method];
      ++count.calls;
      count.ok += call.ok ? 1 : 0;
      count.refused += call.status == 429 ? 1 : 0;
      count.inside_retry_after += call.inside_retry_after ? 1 : 0;
    }
    return result;
  });
}

void Workspace::clear_journal() {
  apply([](SlackState& state) { return state.journal.clear(), true; });
}

std::vector<Violation> Workspace::invariants() const {
  return look([](SlackState& state) { return violations(state); });
}

Workspace::Subscription Workspace::on_change(std::function<void()> callback) {
  const std::lock_guard lock(subscribers_->mutex);
  const int number = ++subscribers_->last;
  subscribers_->callbacks.emplace(number, std::move(callback));
  auto unsubscribe = [subscribers = subscribers_, number](void*) {
    const std::lock_guard unsubscribing(subscribers->mutex);
    subscribers->callbacks.erase(number);
  };
  return {nullptr, std::move(unsubscribe)};
}

std::uint64_t Workspace::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

bool Workspace::wait_for(const std::function<bool()>& holds,
                         std::chrono::milliseconds at_most) const {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (true) {
    const std::uint64_t seen = version();
    if (holds()) return true;
    std::unique_lock lock(mutex_);
    const bool moved = moved_.wait_until(lock, deadline, [&] { return version_ != seen; });
    if (!moved) return false;
  }
}

}  // namespace notifyd::sim
