// conversations.*
#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>

#include "sim/slack/methods.h"

namespace notifyd::sim {
namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 999;
constexpr std::size_t kMostUsers = 8;

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> items;
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), item.size() + 1));
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

Json channel_json(const SlackState& state, const SlackChannel& channel) {
  Json json = {{"id", channel.id},
               {"is_channel", channel.kind == ChannelKind::kPublic},
               {"is_group", channel.kind == ChannelKind::kPrivate},
               {"is_private", channel.kind != ChannelKind::kPublic},
               {"is_im", channel.kind == ChannelKind::kIm},
               {"is_archived", channel.archived}};
  if (channel.kind == ChannelKind::kIm) {
    json["user"] = channel.user;
  } else {
    json["name"] = channel.name;
    json["is_member"] = bot_is_member(state, channel);
    json["num_members"] = channel.members.size();
  }
  return json;
}

// Microseconds: "1779393408", "1779393408.5" and "1779393408.500000" are all taken.
long long parse_ts(std::string_view text, long long otherwise) {
  if (text.empty()) return otherwise;
  const std::size_t dot = std::min(text.find('.'), text.size());
  long long seconds = 0;
  std::from_chars(text.data(), text.data() + dot, seconds);
  std::string fraction(text.substr(std::min(dot + 1, text.size())));
  fraction.resize(6, '0');
  long long micros = 0;
  std::from_chars(fraction.data(), fraction.data() + fraction.size(), micros);
  return seconds * 1'000'000 + micros;
}

// oldest, latest and inclusive.
class Window {
 public:
  explicit Window(const Args& args)
      : oldest_(parse_ts(args.text("oldest"), std::numeric_limits<long long>::min())),
        latest_(parse_ts(args.text("latest"), std::numeric_limits<long long>::max())),
        inclusive_(args.flag("inclusive")) {}

  bool holds(const SlackMessage& message) const {
    const long long ts = parse_ts(message.ts, 0);
    if (ts == oldest_ || ts == latest_) return inclusive_;
    return ts > oldest_ && ts < latest_;
  }

 private:
  long long oldest_;
  long long latest_;
  bool inclusive_;
};

using Messages = std::vector<const SlackMessage*>;

Messages select(const SlackState& state, const std::string& channel,
                const std::function<bool(const SlackMessage&)>& wanted) {
  Messages result;
  const auto found = state.messages.find(channel);
  if (found == state.messages.end()) return result;
  for (const auto& [ts, message] : found->second) {
    if (wanted(message)) result.push_back(&message);
  }
  return result;
}

Json listed(const MethodCall& call, const SlackMessage& message) {
  Json json = message_json(call.state, message);
  const bool whole = call.args.flag("include_all_metadata");
  if (json.contains("metadata") && !whole) json["metadata"].erase("event_payload");
  return json;
}

// Where the last page ended: the ts of its last message.
std::string cursor_for(const std::string& ts) { return "after:" + ts; }

template <class Items, class KeyOf>
auto start_of_page(const Items& items, const std::string& cursor, KeyOf key_of) {
  const auto last = std::find_if(items.begin(), items.end(), [&](const auto& item) {
    return cursor_for(key_of(item)) == cursor;
  });
  return last == items.end() ? items.begin() : last + 1;
}

MethodAnswer page_of(const MethodCall& call, const SlackChannel& channel,
                     const Messages& messages) {
  const int limit = std::clamp(call.args.number("limit", kUsualPage), 1, kLargestPage);
  const auto begin = start_of_page(messages, call.args.text("cursor"),
                                   [](const SlackMessage* message) { return message->ts; });
  const auto count = std::min<std::ptrdiff_t>(limit, messages.end() - begin);
  Json page = Json::array();
  for (auto each = begin; each != begin + count; ++each) page.push_back(listed(call, **each));
  const bool more = begin + count != messages.end();
  MethodAnswer answer = answer_ok({{"messages", std::move(page)}, {"has_more", more}});
  answer.channel = channel.id;
  if (more) {
    answer.body["response_metadata"]["next_cursor"] = cursor_for((*(begin + count - 1))->ts);
  }
  return answer;
}

struct Readable {
  const SlackChannel* channel = nullptr;
  MethodAnswer refusal;
};

// The channel of a history call, if the bot and its token may read it.
Readable readable_channel(const MethodCall& call) {
  if (!call.args.has("channel")) return {nullptr, answer_missing_argument("channel")};
  const SlackChannel* channel = visible_channel(call, call.args.text("channel"));
  if (channel == nullptr) return {nullptr, answer_error("channel_not_found")};
  const std::string scope = scope_family(channel->kind) + ":history";
  if (!call.token.scopes.contains(scope)) {
    return {nullptr, answer_missing_scope(scope, call.token)};
  }
  if (!bot_is_member(call.state, *channel)) return {nullptr, answer_error("not_in_channel")};
  return {channel, {}};
}

std::string kind_name(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kPrivate:
      return "private_channel";
    case ChannelKind::kIm:
      return "im";
    case ChannelKind::kPublic:
      break;
  }
  return "public_channel";
}

std::optional<std::string> lacking_read_scope(const MethodCall& call,
                                              const std::vector<std::string>& types) {
  for (const ChannelKind kind : {ChannelKind::kPublic, ChannelKind::kPrivate, ChannelKind::kIm}) {
    const std::string scope = scope_family(kind) + ":read";
    const bool asked = std::count(types.begin(), types.end(), kind_name(kind)) > 0;
    if (asked && !call.token.scopes.contains(scope)) return scope;
  }
  return std::nullopt;
}

std::vector<const SlackChannel*> channels_of(const MethodCall& call,
                                             const std::vector<std::string>& types) {
  std::vector<const SlackChannel*> result;
  for (const auto& [id, channel] : call.state.channels) {
    const bool asked = std::count(types.begin(), types.end(), kind_name(channel.kind)) > 0;
    if (!asked || visible_channel(call, id) == nullptr) continue;
    if (channel.archived && call.args.flag("exclude_archived")) continue;
    result.push_back(&channel);
  }
  return result;
}

std::string open_error(const MethodCall& call, const std::vector<std::string>& users) {
  if (users.empty()) return "users_list_not_supplied";
  if (users.size() > kMostUsers) return "too_many_users";
  for (const std::string& id : users) {
    const auto user = call.state.users.find(id);
    if (user == call.state.users.end()) return "user_not_found";
    if (user->second.deleted) return "user_disabled";
    if (user->second.is_bot) return "cannot_dm_bot";
  }
  // Group DMs are not simulated.
  return users.size() > 1 ? "method_not_supported_for_channel_type" : "";
}

MethodAnswer opened(const MethodCall& call, const SlackChannel& dm, bool made) {
  Json channel = {{"id", dm.id}};
  if (call.args.flag("return_im")) channel = channel_json(call.state, dm);
  MethodAnswer answer = answer_ok({{"channel", std::move(channel)}});
  answer.effect = made;
  answer.channel = dm.id;
  if (!made) answer.body.update({{"no_op", true}, {"already_open", true}});
  return answer;
}

}  // namespace

MethodAnswer conversations_open(const MethodCall& call) {
  if (call.args.has("channel")) {
    const SlackChannel* dm = visible_channel(call, call.args.text("channel"));
    if (dm == nullptr) return answer_error("channel_not_found");
    return opened(call, *dm, false);
  }
  const std::vector<std::string> users = split(call.args.text("users"));
  const std::string error = open_error(call, users);
  if (!error.empty()) return answer_error(error);
  const auto [dm, made] = call.state.open_dm(users.front());
  return opened(call, *dm, made);
}

MethodAnswer conversations_info(const MethodCall& call) {
  if (!call.args.has("channel")) return answer_missing_argument("channel");
  const SlackChannel* channel = visible_channel(call, call.args.text("channel"));
  if (channel == nullptr) return answer_error("channel_not_found");
  const std::string scope = scope_family(channel->kind) + ":read";
  if (!call.token.scopes.contains(scope)) return answer_missing_scope(scope, call.token);
  return answer_ok({{"channel", channel_json(call.state, *channel)}});
}

MethodAnswer conversations_list(const MethodCall& call) {
  if (call.token.org_wide && call.args.text("team_id") != call.state.team.id) {
    MethodAnswer refusal = answer_error("missing_argument");
    refusal.body["arg"] = "team_id";
    return refusal;
  }
  const std::string asked = call.args.text("types");
  const std::vector<std::string> types = split(asked.empty() ? "public_channel" : asked);
  if (const auto scope = lacking_read_scope(call, types)) {
    return answer_missing_scope(*scope, call.token);
  }
  const std::vector<const SlackChannel*> channels = channels_of(call, types);
  const int limit = std::clamp(call.args.number("limit", kUsualPage), 1, kLargestPage);
  const auto begin = start_of_page(channels, call.args.text("cursor"),
                                   [](const SlackChannel* channel) { return channel->id; });
  const auto count = std::min<std::ptrdiff_t>(limit, channels.end() - begin);
  Json page = Json::array();
  for (auto each = begin; each != begin + count; ++each) {
    page.push_back(channel_json(call.state, **each));
  }
  const bool more = begin + count != channels.end();
  MethodAnswer answer = answer_ok({{"channels", std::move(page)}});
  answer.body["response_metadata"]["next_cursor"] =
      more ? cursor_for((*(begin + count - 1))->id) : "";
  return answer;
}

MethodAnswer conversations_history(const MethodCall& call) {
  const Readable readable = readable_channel(call);
  if (readable.channel == nullptr) return readable.refusal;
  const Window window(call.args);
  Messages messages = select(call.state, readable.channel->id, [&](const SlackMessage& message) {
    return (message.thread_ts.empty() || message.broadcast) && window.holds(message);
  });
  std::reverse(messages.begin(), messages.end());  // newest first
  return page_of(call, *readable.channel, messages);
}

MethodAnswer conversations_replies(const MethodCall& call) {
  const Readable readable = readable_channel(call);
  if (readable.channel == nullptr) return readable.refusal;
  const std::string ts = call.args.text("ts");
  if (call.state.find_message(readable.channel->id, ts) == nullptr) {
    return answer_error("thread_not_found");
  }
  const Window window(call.args);
  const Messages messages =
      select(call.state, readable.channel->id, [&](const SlackMessage& message) {
        return message.ts == ts || (message.thread_ts == ts && window.holds(message));
      });
  return page_of(call, *readable.channel, messages);
}

}  // namespace notifyd::sim
