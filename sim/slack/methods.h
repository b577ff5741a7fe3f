// The methods of the Web API, as a table: what each is called, who may call it, how, and the
// function that does it to the state. A call that is refused changes nothing.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/slack/args.h"
#include "sim/slack/block_kit.h"
#include "sim/slack/state.h"

namespace notifyd::sim {

struct MethodCall {
  SlackState& state;
  const Args& args;
  const SlackToken& token;
  SlackTime now;
  LengthUnit unit;
};

struct MethodAnswer {
  Json body;
  bool effect = false;
  std::string channel;  // that the call touched, for the journal
  std::string ts;
  std::vector<std::string> warnings;

  bool ok() const { return body.value("ok", false); }
};

struct Method {
  std::string_view name;
  bool json;  // takes JSON bodies
  bool read;  // may be called with GET
  std::vector<std::string_view>
      scopes;  // one of these; the function says which where several stand
  MethodAnswer (*run)(const MethodCall&);
};

const Method* find_method(std::string_view name);
std::set<std::string> scopes_of_all_methods();

// ---- What the functions are made of ----

MethodAnswer answer_ok(Json fields = Json::object());
MethodAnswer answer_error(std::string_view code);
MethodAnswer answer_missing_argument(std::string_view name);
MethodAnswer answer_missing_scope(std::string_view needed, const SlackToken& token);
std::string comma_list(const std::set<std::string>& items);

// The channel with this id, if the bot may know of it: not a private one or a DM that it is not in.
SlackChannel* visible_channel(const MethodCall& call, const std::string& id);
bool bot_is_member(const SlackState& state, const SlackChannel& channel);
// "channels", "groups" or "im": the family in scopes such as channels:history.
std::string scope_family(ChannelKind kind);

// A message as methods answer it.
Json message_json(const SlackState& state, const SlackMessage& message);

MethodAnswer auth_teams_list(const MethodCall& call);
MethodAnswer auth_test(const MethodCall& call);
MethodAnswer chat_delete(const MethodCall& call);
MethodAnswer chat_get_permalink(const MethodCall& call);
MethodAnswer chat_post_ephemeral(const MethodCall& call);
MethodAnswer chat_post_message(const MethodCall& call);
MethodAnswer chat_update(const MethodCall& call);
MethodAnswer conversations_history(const MethodCall& call);
MethodAnswer conversations_info(const MethodCall& call);
MethodAnswer conversations_list(const MethodCall& call);
MethodAnswer conversations_open(const MethodCall& call);
MethodAnswer conversations_replies(const MethodCall& call);
MethodAnswer reactions_add(const MethodCall& call);
MethodAnswer reactions_get(const MethodCall& call);
MethodAnswer reactions_remove(const MethodCall& call);
MethodAnswer users_info(const MethodCall& call);
MethodAnswer users_lookup_by_email(const MethodCall& call);

}  // namespace notifyd::sim
