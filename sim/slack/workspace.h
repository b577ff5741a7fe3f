// A simulated Slack workspace: people, channels, messages, and a journal of every call. The
// SlackServer lets a notifier at it over HTTP; tests and the demo's page seed it and look at it.
//
// Any thread. Queries return copies. A user or channel may be named by its id, its name
// ("#general", "general", "alice") or, for a user, the e-mail address.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/slack/model.h"
#include "sim/slack/state.h"

namespace notifyd::sim {

struct WorkspaceOptions {
  SlackTeam team;
  SlackBot bot;
  // Stands for time everywhere: ts, rate limits, the journal. Must not go back.
  std::function<SlackTime()> clock = std::chrono::system_clock::now;
};

class Workspace {
 public:
  // Ends the subscription when destroyed; afterwards the callback does not run any more.
  using Subscription = std::shared_ptr<void>;

  explicit Workspace(WorkspaceOptions options = {});
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  // ---- Seeding ----
  std::string add_user(std::string name, std::string email, std::string real_name = "");
  std::string add_channel(std::string name, ChannelKind kind = ChannelKind::kPublic,
                          bool bot_is_member = true);
  void add_token(std::string token, std::set<std::string> scopes = every_scope());
  // Throw std::out_of_range for a name that nobody has: a mistake in the test.
  void edit_user(std::string_view user, const std::function<void(SlackUser&)>& change);
  void edit_channel(std::string_view channel, const std::function<void(SlackChannel&)>& change);
  void edit_token(const std::string& token, const std::function<void(SlackToken&)>& change);
  void edit_bot(const std::function<void(SlackBot&)>& change);
  void edit_team(const std::function<void(SlackTeam&)>& change);
  // A person writes; returns the ts. Also makes foreign messages that the bot may not edit.
  std::string say(std::string_view user, std::string_view channel, std::string text,
                  std::string thread_ts = "");

  // All scopes that any method here asks for.
  static std::set<std::string> every_scope();

  // ---- What is there ----
  SlackTeam team() const;
  SlackBot bot() const;
  std::vector<SlackUser> users() const;
  std::vector<SlackChannel> channels() const;  // DMs too
  std::optional<SlackUser> user(std::string_view user) const;
  std::optional<SlackChannel> channel(std::string_view channel) const;

  std::vector<SlackMessage> messages(std::string_view channel) const;  // top level, oldest first
  std::vector<SlackMessage> thread(std::string_view channel, std::string_view ts) const;  // replies
  std::vector<SlackMessage> dm(std::string_view user) const;  // the bot's DM with the user
  std::optional<SlackMessage> message(std::string_view channel, std::string_view ts) const;
  std::vector<SlackMessage> all_messages() const;  // replies too, by channel, then ts

  // ---- What was called ----
  std::vector<Call> journal() const;
  std::vector<Call> journal(std::string_view method) const;
  std::map<std::string, CallCount> counters() const;
  void clear_journal();

  // What must never happen, whatever the scenario; empty when all is well.
  std::vector<Violation> invariants() const;

  // ---- Following ----
  // Runs after each change, on the thread that made it, never concurrently with itself. It may
  // query the workspace, but not change it, subscribe or end a subscription.
  Subscription on_change(std::function<void()> callback);
  std::uint64_t version() const;  // grows with each change
  // Blocks until holds() is true, looking again after each change; false when the time is up.
  bool wait_for(const std::function<bool()>& holds,
                std::chrono::milliseconds at_most = std::chrono::seconds(30)) const;

  // ---- For the server ----
  // Runs `work` on the state under the lock; subscribers hear of it when `work` returns true.
  void apply(const std::function<bool(SlackState&)>& work);
  SlackTime now() const { return clock_(); }

 private:
  struct Subscribers;

  void changed();
  template <class F>
  auto look(F&& query) const;

  const std::function<SlackTime()> clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  SlackState state_;           // guarded by mutex_
  std::uint64_t version_ = 0;  // guarded by mutex_
  std::shared_ptr<Subscribers> subscribers_;
};

}  // namespace notifyd::sim
