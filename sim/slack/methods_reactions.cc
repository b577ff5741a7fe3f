// reactions.*
#include <algorithm>
#include <cctype>

#include "sim/slack/emoji.h"
#include "sim/slack/methods.h"

namespace notifyd::sim {
namespace {

constexpr std::size_t kMostReactions = 23;  // distinct ones on a message; Slack doesn't publish it

bool is_timestamp(const std::string& ts) {
  constexpr std::size_t kSeconds = 10;
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return ts.size() == kSeconds + 7 && ts[kSeconds] == '.' &&
         std::count_if(ts.begin(), ts.end(), digit) == static_cast<long>(ts.size()) - 1;
}

struct Item {
  SlackMessage* message = nullptr;
  MethodAnswer refusal;
};

Item refused(std::string_view code) { return {nullptr, answer_error(code)}; }

Item find_item(const MethodCall& call) {
  const std::string ts = call.args.text("timestamp");
  if (!call.args.has("channel") || ts.empty()) return refused("no_item_specified");
  if (!is_timestamp(ts)) return refused("bad_timestamp");
  const SlackChannel* channel = visible_channel(call, call.args.text("channel"));
  if (channel == nullptr) return refused("channel_not_found");
  if (channel->archived) return refused("is_archived");
  SlackMessage* message = call.state.find_message(channel->id, ts);
  if (message == nullptr) return refused("message_not_found");
  return {message, {}};
}

MethodAnswer done(const SlackMessage& message) {
  MethodAnswer answer = answer_ok();
  answer.effect = true;
  answer.channel = message.channel;
  answer.ts = message.ts;
  return answer;
}

}  // namespace

MethodAnswer reactions_add(const MethodCall& call) {
  Item item = find_item(call);
  if (item.message == nullptr) return item.refusal;
  const std::string name = call.args.text("name");
  if (emoji(name).empty()) return answer_error("invalid_name");
  auto& reactions = item.message->reactions;
  auto found = std::find_if(reactions.begin(), reactions.end(),
                            [&](const Reaction& each) { return each.name == name; });
  const std::string& bot = call.state.bot.user_id;
  if (found == reactions.end()) {
    if (reactions.size() >= kMostReactions) return answer_error("too_many_emoji");
    found = reactions.insert(reactions.end(), Reaction{name, {}});
  }
  if (std::count(found->users.begin(), found->users.end(), bot) > 0) {
    return answer_error("already_reacted");
  }
  found->users.push_back(bot);
  return done(*item.message);
}

MethodAnswer reactions_remove(const MethodCall& call) {
  Item item = find_item(call);
  if (item.message == nullptr) return item.refusal;
  const std::string name = call.args.text("name");
  auto& reactions = item.message->reactions;
  const auto found = std::find_if(reactions.begin(), reactions.end(),
                                  [&](const Reaction& each) { return each.name == name; });
  if (found == reactions.end()) return answer_error("no_reaction");
  if (std::erase(found->users, call.state.bot.user_id) == 0) return answer_error("no_reaction");
  if (found->users.empty()) reactions.erase(found);
  return done(*item.message);
}

MethodAnswer reactions_get(const MethodCall& call) {
  Item item = find_item(call);
  if (item.message == nullptr) return item.refusal;
  return answer_ok({{"type", "message"},
                    {"channel", item.message->channel},
                    {"message", message_json(call.state, *item.message)}});
}

}  // namespace notifyd::sim
