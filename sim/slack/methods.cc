#include "sim/slack/methods.h"

#include <algorithm>

namespace notifyd::sim {
namespace {

constexpr bool kJson = true;
constexpr bool kForm = false;
constexpr bool kRead = true;
constexpr bool kWrite = false;

const std::vector<Method>& methods() {
  static const std::vector<Method> table = {
      {"auth.teams.list", kForm, kRead, {}, auth_teams_list},
      {"auth.test", kJson, kRead, {}, auth_test},
      {"chat.delete", kJson, kWrite, {"chat:write"}, chat_delete},
      {"chat.getPermalink", kForm, kRead, {}, chat_get_permalink},
      {"chat.postEphemeral", kJson, kWrite, {"chat:write"}, chat_post_ephemeral},
      {"chat.postMessage", kJson, kWrite, {"chat:write"}, chat_post_message},
      {"chat.update", kJson, kWrite, {"chat:write"}, chat_update},
      {"conversations.history",
       kJson,
       kRead,
       {"channels:history", "groups:history", "im:history"},
       conversations_history},
      {"conversations.info",
       kForm,
       kRead,
       {"channels:read", "groups:read", "im:read"},
       conversations_info},
      {"conversations.list",
       kForm,
       kRead,
       {"channels:read", "groups:read", "im:read"},
       conversations_list},
      {"conversations.open", kJson, kWrite, {"im:write"}, conversations_open},
      {"conversations.replies",
       kForm,
       kRead,
       {"channels:history", "groups:history", "im:history"},
       conversations_replies},
      {"reactions.add", kJson, kWrite, {"reactions:write"}, reactions_add},
      {"reactions.get", kForm, kRead, {"reactions:read"}, reactions_get},
      {"reactions.remove", kJson, kWrite, {"reactions:write"}, reactions_remove},
      {"users.info", kForm, kRead, {"users:read"}, users_info},
      {"users.lookupByEmail", kForm, kRead, {"users:read.email"}, users_lookup_by_email},
  };
  return table;
}

Json reactions_json(const SlackMessage& message) {
  Json list = Json::array();
  for (const Reaction& reaction : message.reactions) {
    list.push_back(
        {{"name", reaction.name}, {"users", reaction.users}, {"count", reaction.users.size()}});
  }
  return list;
}

// What Slack makes of a message that has only text.
Json rich_text(const std::string& text) {
  const Json words = {{"type", "text"}, {"text", text}};
  const Json section = {{"type", "rich_text_section"}, {"elements", Json::array({words})}};
  return Json::array(
      {{{"type", "rich_text"}, {"block_id", "rtext"}, {"elements", Json::array({section})}}});
}

void add_bot(const SlackState& state, Json& message) {
  const SlackBot& bot = state.bot;
  message["bot_id"] = bot.bot_id;
  message["app_id"] = bot.app_id;
  message["bot_profile"] = {{"id", bot.bot_id}, {"app_id", bot.app_id}, {"user_id", bot.user_id},
                            {"name", bot.name}, {"deleted", false},     {"team_id", state.team.id}};
}

void add_thread(const SlackState& state, const SlackMessage& message, Json& json) {
  if (message.thread_ts.empty()) return;
  json["thread_ts"] = message.thread_ts;
  const auto channel = state.messages.find(message.channel);
  const auto parent = channel->second.find(message.thread_ts);
  if (parent != channel->second.end()) json["parent_user_id"] = parent->second.user;
}

}  // namespace

const Method* find_method(std::string_view name) {
  const auto found = std::find_if(methods().begin(), methods().end(),
                                  [&](const Method& method) { return method.name == name; });
  return found == methods().end() ? nullptr : &*found;
}

std::set<std::string> scopes_of_all_methods() {
  std::set<std::string> scopes = {"chat:write.public", "users:read"};
  for (const Method& method : methods()) scopes.insert(method.scopes.begin(), method.scopes.end());
  return scopes;
}

MethodAnswer answer_ok(Json fields) {
  fields["ok"] = true;
  MethodAnswer answer;
  answer.body = std::move(fields);
  return answer;
}

MethodAnswer answer_error(std::string_view code) {
  MethodAnswer answer;
  answer.body = {{"ok", false}, {"error", code}};
  return answer;
}

MethodAnswer answer_missing_argument(std::string_view name) {
  MethodAnswer answer = answer_error("invalid_arguments");
  answer.body["response_metadata"]["messages"] = {"[ERROR] missing required field: " +
                                                  std::string(name)};
  return answer;
}

MethodAnswer answer_missing_scope(std::string_view needed, const SlackToken& token) {
  MethodAnswer answer = answer_error("missing_scope");
  answer.body["needed"] = needed;
  answer.body["provided"] = comma_list(token.scopes);
  return answer;
}

std::string comma_list(const std::set<std::string>& items) {
  std::string list;
  for (const std::string& item : items) list.append(list.empty() ? "" : ",").append(item);
  return list;
}

bool bot_is_member(const SlackState& state, const SlackChannel& channel) {
  return channel.members.contains(state.bot.user_id);
}

SlackChannel* visible_channel(const MethodCall& call, const std::string& id) {
  const auto found = call.state.channels.find(id);
  if (found == call.state.channels.end()) return nullptr;
  SlackChannel& channel = found->second;
  const bool open = channel.kind == ChannelKind::kPublic || bot_is_member(call.state, channel);
  return open ? &channel : nullptr;
}

std::string scope_family(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kPrivate:
      return "groups";
    case ChannelKind::kIm:
      return "im";
    case ChannelKind::kPublic:
      break;
  }
  return "channels";
}

Json message_json(const SlackState& state, const SlackMessage& message) {
  Json json = {{"type", "message"},
               {"user", message.user},
               {"team", state.team.id},
               {"text", message.text},
               {"ts", message.ts}};
  json["blocks"] = message.blocks.is_array() ? message.blocks : rich_text(message.text);
  if (message.user == state.bot.user_id) add_bot(state, json);
  add_thread(state, message, json);
  if (message.attachments.is_array()) json["attachments"] = message.attachments;
  if (message.metadata.is_object()) json["metadata"] = message.metadata;
  if (!message.reactions.empty()) json["reactions"] = reactions_json(message);
  if (message.edited) json["edited"] = {{"user", message.user}, {"ts", message.ts}};
  return json;
}

}  // namespace notifyd::sim
