#include "sim/slack/invariants.h"

#include <set>
#include <string>

namespace notifyd::sim {
namespace {

using Violations = std::vector<Violation>;

constexpr double kPostsPerSecond = 1;
constexpr double kPostBurst = 5;

template <class Look>
void each_message_of_the_bot(const SlackState& state, Look look) {
  for (const auto& [channel, messages] : state.messages) {
    for (const auto& [ts, message] : messages) {
      if (message.user == state.bot.user_id) look(message);
    }
  }
}

// What the message was posted for. An explicit "op" names it; else the payload as a whole does.
std::string operation(const SlackMessage& message) {
  if (!message.metadata.is_object()) return "";
  const Json payload = message.metadata.value("event_payload", Json::object());
  const Json& name = payload.contains("op") ? payload["op"] : payload;
  return message.metadata.value("event_type", "") + name.dump();
}

void find_doubled(const SlackState& state, Violations& found) {
  std::set<std::string> seen;
  each_message_of_the_bot(state, [&](const SlackMessage& message) {
    const std::string name = operation(message);
    if (name.empty() || seen.insert(message.channel + name).second) return;
    found.push_back({"doubled", message.channel + " " + message.ts + " repeats " + name});
  });
}

void find_textless(const SlackState& state, Violations& found) {
  each_message_of_the_bot(state, [&](const SlackMessage& message) {
    if (!message.text.empty()) return;
    found.push_back({"no_text", message.channel + " " + message.ts + " has no top-level text"});
  });
}

// A bucket that fills with the allowed rate: whoever overdraws it kept a higher one for long.
void find_too_fast(const SlackState& state, Violations& found) {
  struct Bucket {
    double tokens = kPostBurst;
    SlackTime at;
  };
  std::map<std::string, Bucket> buckets;
  for (const Call& call : state.journal) {
    if (call.method != "chat.postMessage" || !call.effect) continue;
    const auto [entry, fresh] = buckets.try_emplace(call.channel, Bucket{kPostBurst, call.time});
    Bucket& bucket = entry->second;
    const std::chrono::duration<double> gone = call.time - bucket.at;
    bucket.tokens = std::min(kPostBurst, bucket.tokens + gone.count() * kPostsPerSecond) - 1;
    bucket.at = call.time;
    if (bucket.tokens > -1) continue;
    found.push_back({"rate", call.channel + " got posts faster than one a second"});
    bucket.tokens = kPostBurst;
  }
}

void find_bad_calls(const SlackState& state, Violations& found) {
  for (const Call& call : state.journal) {
    const std::string what = call.method + " " + call.channel + " " + call.ts;
    if (call.inside_retry_after) found.push_back({"inside_retry_after", what});
    if (call.fault) continue;
    if (call.error == "cant_update_message") found.push_back({"foreign_edit", what});
    if (call.error == "invalid_blocks") found.push_back({"invalid_blocks", what});
  }
}

bool mentions_token(const SlackState& state, const std::string& text) {
  for (const auto& [token, properties] : state.tokens) {
    if (text.find(token) != std::string::npos) return true;
  }
  return false;
}

void find_secrets(const SlackState& state, Violations& found) {
  for (const Call& call : state.journal) {
    if (mentions_token(state, call.args.dump())) found.push_back({"secret", call.method});
  }
  each_message_of_the_bot(state, [&](const SlackMessage& message) {
    if (!mentions_token(state, message.text + message.blocks.dump())) return;
    found.push_back({"secret", message.channel + " " + message.ts + " shows a token"});
  });
}

}  // namespace

std::vector<Violation> violations(const SlackState& state) {
  Violations found;
  find_doubled(state, found);
  find_textless(state, found);
  find_too_fast(state, found);
  find_bad_calls(state, found);
  find_secrets(state, found);
  return found;
}

}  // namespace notifyd::sim
