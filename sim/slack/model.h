// What a simulated Slack workspace consists of: plain data, copied freely. Ids look like Slack's
// (U…, C…, D…); a message is known by its channel and ts.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace notifyd::sim {

using Json = nlohmann::json;
using SlackTime = std::chrono::system_clock::time_point;

struct SlackTeam {
  std::string id = "T0SIM00001";
  std::string name = "Example";
  std::string domain = "example";  // https://<domain>.slack.com/
  bool bare_names_only = false;    // "#general" is no channel's name, as some emulators have it
};

// The app under test and its bot user.
struct SlackBot {
  std::string app_id = "A0SIM00001";
  std::string bot_id = "B0SIM00001";
  std::string user_id = "U0SIMBOT01";
  std::string name = "teleport";
  bool messages_tab = true;  // off: every DM is refused with messages_tab_disabled
};

struct SlackToken {
  std::set<std::string> scopes;
  bool org_wide = false;  // of an organisation: has to say which workspace it means
  std::string refusal;  // the error that every call gets ("token_revoked", …); "" while it is good
};

struct SlackUser {
  std::string id;
  std::string name;
  std::string real_name;
  std::string email;
  bool deleted = false;
  bool is_bot = false;
};

enum class ChannelKind { kPublic, kPrivate, kIm };

enum class PostingPolicy {
  kAnyone,
  kRestricted,
  kReadOnly,
  kThreadOnly,     // top-level posts are refused
  kNonThreadable,  // replies are refused
  kThreadLocked,   // replies are refused
};

struct SlackChannel {
  std::string id;
  std::string name;  // without '#'; "" for a DM
  ChannelKind kind = ChannelKind::kPublic;
  std::string user;               // kIm: who is at the other end
  std::set<std::string> members;  // user ids, the bot's among them
  bool archived = false;
  PostingPolicy posting = PostingPolicy::kAnyone;
};

struct Reaction {
  std::string name;  // without colons
  std::vector<std::string> users;
};

struct MessageVersion {  // what an edit replaced
  std::string text;
  Json blocks;
};

struct SlackMessage {
  std::string channel;
  std::string ts;
  std::string user;        // author
  std::string text;        // as sent, entities not decoded
  bool literal = false;    // nothing in `text` becomes a link by itself
  Json blocks;             // array; null: none were sent
  Json attachments;        // array; null: none
  Json metadata;           // object; null: none
  std::string thread_ts;   // of the parent; "" for a top-level message
  bool broadcast = false;  // a reply that the channel shows too
  std::vector<Reaction> reactions;
  bool edited = false;  // Slack shows "(edited)": only where the result is rendered from text
  std::vector<MessageVersion> earlier;  // one for each chat.update, oldest first

  std::size_t edits() const { return earlier.size(); }
  bool reacted(const std::string& name) const;
};

// One call of the Web API, whatever became of it.
struct Call {
  SlackTime arrived;
  SlackTime time;  // when it was dealt with: later than it arrived only where a fault held it up
  std::string method;
  Json args;            // the token is "[redacted]"
  std::string channel;  // resolved id that it touched; "" if it got to none
  std::string ts;       // message that it touched
  int status = 0;       // of the HTTP answer; 0: none was sent
  std::string error;    // "" for ok:true
  bool ok = false;
  bool effect = false;              // the workspace changed
  bool fault = false;               // an injected fault had a hand in it
  bool inside_retry_after = false;  // made although an earlier Retry-After had not ended
  int connection = 0;               // the client's port: one number per TCP connection
};

struct CallCount {
  int calls = 0;
  int ok = 0;
  int refused = 0;  // 429
  int inside_retry_after = 0;
};

struct Violation {
  std::string rule;    // stable, for tests: "doubled", "inside_retry_after", …
  std::string detail;  // for a person
};

}  // namespace notifyd::sim
