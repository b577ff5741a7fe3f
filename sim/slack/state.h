// The workspace's data and the steps that change it, without locks or HTTP: the methods of the Web
// API (methods_*.cc) are written in terms of it. Not thread-safe; Workspace guards it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/slack/model.h"

namespace notifyd::sim {

struct SlackState {
  SlackTeam team;
  SlackBot bot;
  std::map<std::string, SlackToken> tokens;
  std::map<std::string, SlackUser> users;        // by id
  std::map<std::string, SlackChannel> channels;  // by id
  // By channel, then ts. A ts is of fixed width, so the order of strings is the order of time.
  std::map<std::string, std::map<std::string, SlackMessage>> messages;
  std::vector<Call> journal;

  SlackUser* find_user(std::string_view id_name_or_email);
  SlackChannel* find_channel(std::string_view id_or_name);
  SlackMessage* find_message(std::string_view channel_id, std::string_view ts);
  SlackUser* find_user_by_email(std::string_view email);

  SlackChannel* find_dm(const std::string& user_id);  // the bot's DM with the user
  // The same, made when there is none; second: it was made just now.
  std::pair<SlackChannel*, bool> open_dm(const std::string& user_id);
  SlackMessage& store(SlackMessage message, SlackTime now);  // gives it its ts
  std::string next_id(char prefix);
  std::string next_ts(SlackTime now);  // strictly increasing, even while the clock stands still

 private:
  long long last_ts_us_ = 0;  // across channels: stricter than Slack, and simpler
  int ids_ = 0;
};

}  // namespace notifyd::sim
