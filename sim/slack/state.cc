#include "sim/slack/state.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <utility>

namespace notifyd::sim {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

template <class Map, class Predicate>
auto* find_value(Map& map, Predicate matches) {
  const auto found =
      std::find_if(map.begin(), map.end(), [&](auto& entry) { return matches(entry.second); });
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

SlackUser* SlackState::find_user(std::string_view id_name_or_email) {
  if (id_name_or_email.empty()) return nullptr;  // the bot has no e-mail address
  return find_value(users, [&](const SlackUser& user) {
    return user.id == id_name_or_email || user.name == id_name_or_email ||
           user.email == id_name_or_email;
  });
}

SlackUser* SlackState::find_user_by_email(std::string_view email) {
  return find_value(users, [&](const SlackUser& user) {
    return !user.deleted && !user.email.empty() && same_ignoring_case(user.email, email);
  });
}

SlackChannel* SlackState::find_channel(std::string_view id_or_name) {
  const std::string_view name = id_or_name.starts_with('#') ? id_or_name.substr(1) : id_or_name;
  return find_value(channels, [&](const SlackChannel& channel) {
    return channel.id == id_or_name || (!name.empty() && channel.name == name);
  });
}

SlackMessage* SlackState::find_message(std::string_view channel_id, std::string_view ts) {
  const auto channel = messages.find(std::string(channel_id));
  if (channel == messages.end()) return nullptr;
  const auto message = channel->second.find(std::string(ts));
  return message == channel->second.end() ? nullptr : &message->second;
}

SlackChannel* SlackState::find_dm(const std::string& user_id) {
  return find_value(channels, [&](const SlackChannel& channel) {
    return channel.kind == ChannelKind::kIm && channel.user == user_id &&
           channel.members.contains(bot.user_id);
  });
}

std::pair<SlackChannel*, bool> SlackState::open_dm(const std::string& user_id) {
  if (SlackChannel* open = find_dm(user_id)) return {open, false};
  SlackChannel dm;
  dm.id = next_id('D');
  dm.kind = ChannelKind::kIm;
  dm.user = user_id;
  dm.members = {bot.user_id, user_id};
  const std::string id = dm.id;
  return {&channels.emplace(id, std::move(dm)).first->second, true};
}

SlackMessage& SlackState::store(SlackMessage message, SlackTime now) {
  message.ts = next_ts(now);
  auto& channel = messages[message.channel];
  const std::string ts = message.ts;
  return channel.emplace(ts, std::move(message)).first->second;
}

std::string SlackState::next_id(char prefix) {
  char text[24];
  std::snprintf(text, sizeof text, "%c0SIM%05d", prefix, ++ids_);
  return text;
}

std::string SlackState::next_ts(SlackTime now) {
  using std::chrono::duration_cast;
  const long long us = duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  last_ts_us_ = std::max(us, last_ts_us_ + 1);
  char text[32];
  std::snprintf(text, sizeof text, "%010lld.%06lld", last_ts_us_ / 1'000'000,
                last_ts_us_ % 1'000'000);
  return text;
}

}  // namespace notifyd::sim
