// chat.*
#include <algorithm>

#include "sim/slack/content.h"
#include "sim/slack/methods.h"

namespace notifyd::sim {
namespace {

constexpr std::size_t kLongestText = 40'000;
constexpr std::size_t kLongestEdit = 4000;

// Where a post goes. A DM that does not exist yet is only made when everything else is in order.
struct Target {
  SlackChannel* channel = nullptr;
  std::string dm_with;
  std::string error;
};

Target refused(std::string error) { return {nullptr, "", std::move(error)}; }

std::string posting_error(PostingPolicy policy, bool is_reply) {
  switch (policy) {
    case PostingPolicy::kRestricted:
      return "restricted_action";
    case PostingPolicy::kReadOnly:
      return "restricted_action_read_only_channel";
    case PostingPolicy::kThreadOnly:
      return is_reply ? "" : "restricted_action_thread_only_channel";
    case PostingPolicy::kNonThreadable:
      return is_reply ? "restricted_action_non_threadable_channel" : "";
    case PostingPolicy::kThreadLocked:
      return is_reply ? "restricted_action_thread_locked" : "";
    case PostingPolicy::kAnyone:
      break;
  }
  return "";
}

Target target_user(const MethodCall& call, const SlackUser& user) {
  if (user.deleted || user.is_bot) return refused("channel_not_found");
  if (!call.state.bot.messages_tab) return refused("messages_tab_disabled");
  return {nullptr, user.id, ""};
}

Target target_dm(const MethodCall& call, const SlackChannel& dm) {
  const auto user = call.state.users.find(dm.user);
  if (user == call.state.users.end()) return refused("channel_not_found");
  return target_user(call, user->second);
}

Target find_target(const MethodCall& call) {
  const std::string name = call.args.text("channel");
  const bool hash = name.starts_with('#');
  if (hash && call.state.team.bare_names_only) return refused("channel_not_found");
  const auto user = call.state.users.find(name);
  if (user != call.state.users.end()) return target_user(call, user->second);
  const bool by_id = call.state.channels.contains(name);
  if (call.token.org_wide && !by_id) return refused("team_not_found");
  const SlackChannel* named = call.state.find_channel(name);
  SlackChannel* channel = named ? visible_channel(call, named->id) : nullptr;
  if (channel == nullptr) return refused("channel_not_found");
  if (channel->kind == ChannelKind::kIm) return target_dm(call, *channel);
  if (!bot_is_member(call.state, *channel) && !call.token.scopes.contains("chat:write.public")) {
    return refused("not_in_channel");
  }
  if (channel->archived) return refused("is_archived");
  std::string error = posting_error(channel->posting, call.args.has("thread_ts"));
  return {channel, "", std::move(error)};
}

// A reply to a reply belongs to the same thread. nullopt: there is no such message.
std::optional<std::string> find_thread(const MethodCall& call, const Target& target) {
  const std::string ts = call.args.text("thread_ts");
  if (ts.empty()) return "";
  const SlackChannel* channel =
      target.channel ? target.channel : call.state.find_dm(target.dm_with);
  const SlackMessage* parent = channel ? call.state.find_message(channel->id, ts) : nullptr;
  if (parent == nullptr) return std::nullopt;
  return parent->thread_ts.empty() ? ts : parent->thread_ts;
}

SlackMessage new_message(const MethodCall& call, const Content& content,
                         const std::string& channel) {
  SlackMessage message;
  message.channel = channel;
  message.user = call.state.bot.user_id;
  message.text = content.text;
  message.literal = call.args.text("parse") == "none";
  if (!content.blocks.empty()) message.blocks = with_block_ids(content.blocks, call.state);
  if (!content.attachments.empty()) message.attachments = content.attachments;
  if (!content.metadata.empty()) message.metadata = content.metadata;
  message.broadcast = call.args.flag("reply_broadcast");
  return message;
}

// One message, or several where Slack would split the text; the first is what is answered.
SlackMessage& store(const MethodCall& call, SlackMessage message) {
  if (message.blocks.is_array()) return call.state.store(std::move(message), call.now);
  const std::vector<std::string> pieces = split_text(message.text);
  message.text = pieces.front();
  SlackMessage& first = call.state.store(message, call.now);
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    message.text = pieces[i];
    call.state.store(message, call.now);
  }
  return first;
}

MethodAnswer answer_about(const SlackMessage& message, Json fields) {
  fields["channel"] = message.channel;
  fields["ts"] = message.ts;
  MethodAnswer answer = answer_ok(std::move(fields));
  answer.effect = true;
  answer.channel = message.channel;
  answer.ts = message.ts;
  return answer;
}

void apply_edit(const MethodCall& call, const Content& content, SlackMessage& message) {
  message.earlier.push_back({message.text, message.blocks});
  const bool text_alone = content.blocks.is_null() && !content.text.empty();
  if (text_alone || (content.blocks.is_array() && content.blocks.empty())) message.blocks = nullptr;
  if (!content.blocks.empty()) message.blocks = with_block_ids(content.blocks, call.state);
  if (!content.text.empty()) message.text = content.text;
  message.literal = call.args.text("parse") == "none";  // what is left out is not kept
  if (!content.attachments.is_null()) {
    message.attachments = content.attachments.empty() ? Json() : content.attachments;
  }
  if (!content.metadata.is_null()) {
    message.metadata = content.metadata.empty() ? Json() : content.metadata;
  }
  message.edited = message.blocks.is_null();
}

bool has_rich_text(const Json& blocks) {
  return blocks.is_array() && std::any_of(blocks.begin(), blocks.end(), [](const Json& block) {
           return block.value("type", "") == "rich_text";
         });
}

std::string edit_error(const MethodCall& call, const Content& content,
                       const SlackMessage& message) {
  if (message.user != call.state.bot.user_id) return "cant_update_message";
  if (length_in(call.unit, content.text) > kLongestEdit) return "msg_too_long";
  if (content.text.empty() && content.blocks.is_null() && content.attachments.is_null()) {
    return "no_text";
  }
  if (has_rich_text(message.blocks) && !content.blocks.empty() && !has_rich_text(content.blocks)) {
    return "block_mismatch";
  }
  return call.args.flag("reply_broadcast") ? "no_dual_broadcast_content_update" : "";
}

}  // namespace

MethodAnswer chat_post_message(const MethodCall& call) {
  if (!call.args.has("channel")) return answer_missing_argument("channel");
  const Target target = find_target(call);
  if (!target.error.empty()) return answer_error(target.error);
  Content content = read_content(call);
  if (content.refusal) return *content.refusal;
  if (content.empty()) return answer_error("no_text");
  const std::optional<std::string> thread = find_thread(call, target);
  if (!thread) return answer_error("cannot_reply_to_message");
  const bool too_long = length_in(call.unit, content.text) > kLongestText;
  if (too_long) content.text = first_characters(content.text, kLongestText);

  const std::string channel =
      target.channel ? target.channel->id : call.state.open_dm(target.dm_with).first->id;
  SlackMessage message = new_message(call, content, channel);
  message.thread_ts = *thread;
  const SlackMessage& stored = store(call, std::move(message));
  MethodAnswer answer = answer_about(stored, {{"message", message_json(call.state, stored)}});
  if (too_long) answer.warnings.emplace_back("message_truncated");
  return answer;
}

MethodAnswer chat_update(const MethodCall& call) {
  if (!call.args.has("channel")) return answer_missing_argument("channel");
  if (!call.args.has("ts")) return answer_missing_argument("ts");
  const SlackChannel* channel = visible_channel(call, call.args.text("channel"));
  if (channel == nullptr) return answer_error("channel_not_found");
  if (channel->archived) return answer_error("is_inactive");
  SlackMessage* message = call.state.find_message(channel->id, call.args.text("ts"));
  if (message == nullptr) return answer_error("message_not_found");
  const Content content = read_content(call);
  if (content.refusal) return *content.refusal;
  const std::string error = edit_error(call, content, *message);
  if (!error.empty()) return answer_error(error);
  apply_edit(call, content, *message);
  return answer_about(*message,
                      {{"text", message->text}, {"message", message_json(call.state, *message)}});
}

MethodAnswer chat_delete(const MethodCall& call) {
  const SlackChannel* channel = visible_channel(call, call.args.text("channel"));
  if (channel == nullptr) return answer_error("channel_not_found");
  const SlackMessage* message = call.state.find_message(channel->id, call.args.text("ts"));
  if (message == nullptr) return answer_error("message_not_found");
  if (message->user != call.state.bot.user_id) return answer_error("cant_delete_message");
  MethodAnswer answer = answer_about(*message, Json::object());
  call.state.messages[channel->id].erase(answer.ts);
  return answer;
}

MethodAnswer chat_post_ephemeral(const MethodCall& call) {
  if (!call.args.has("user")) return answer_missing_argument("user");
  const SlackChannel* channel = visible_channel(call, call.args.text("channel"));
  if (channel == nullptr) return answer_error("channel_not_found");
  if (!bot_is_member(call.state, *channel)) return answer_error("not_in_channel");
  if (channel->archived) return answer_error("is_archived");
  if (!channel->members.contains(call.args.text("user")))
    return answer_error("user_not_in_channel");
  const Content content = read_content(call);
  if (content.refusal) return *content.refusal;
  if (content.empty()) return answer_error("no_text");
  MethodAnswer answer = answer_ok({{"message_ts", call.state.next_ts(call.now)}});
  answer.channel = channel->id;
  return answer;
}

MethodAnswer chat_get_permalink(const MethodCall& call) {
  const SlackChannel* channel = visible_channel(call, call.args.text("channel"));
  if (channel == nullptr) return answer_error("channel_not_found");
  const SlackMessage* message = call.state.find_message(channel->id, call.args.text("message_ts"));
  if (message == nullptr) return answer_error("message_not_found");
  std::string digits = message->ts;
  std::erase(digits, '.');
  std::string link =
      "https://" + call.state.team.domain + ".slack.com/archives/" + channel->id + "/p" + digits;
  if (!message->thread_ts.empty()) {
    link += "?thread_ts=" + message->thread_ts + "&cid=" + channel->id;
  }
  return answer_ok({{"channel", channel->id}, {"permalink", link}});
}

}  // namespace notifyd::sim
