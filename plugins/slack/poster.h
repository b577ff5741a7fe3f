// The three things that show in Slack: a post, an edit, a reaction. What Slack refuses for its
// content is tried once more in a plainer form. [instance thread]
#pragma once

#include <string>

#include "api.h"
#include "message.h"
#include "notify/module.hpp"
#include "notify/task.hpp"
#include "recipient.h"

namespace slack {

// The event type of the metadata that each post carries.
inline constexpr std::string_view kEventType = "teleport_access_request";

// Goes with each post as metadata, which everybody in the channel can read, so that find() can tell
// later whether it was posted.
struct Mark {
  std::string request_id, recipient, step, key;
};

// `key` as it is stored in, and comes back from, Slack.
std::string mark_key(std::string_view key);

struct Post {
  Recipient to;           // no e-mail address
  std::string thread_ts;  // "": not a reply
  Message message;        // blocks may be ""
  Mark mark;
  Standing standing{};
  std::uint64_t until_ms = 0;  // see ApiCall
};

struct Posted {
  Outcome outcome;
  std::string channel, ts;  // the channel's id, whatever the post named
};

struct Target {
  std::string channel, ts;
};

class Poster {
 public:
  Poster(const notify::Host& host, Api& api, Limiter& limiter)
      : host_(host), api_(api), limiter_(limiter) {}

  // The post outlives the task.
  notify::Task<Posted> post(const Post& post);
  notify::Task<Posted> post(Post&&) = delete;
  notify::Task<Outcome> edit(Target target, Message message, Standing standing,
                             std::uint64_t until_ms);
  // kIgnore when there is nothing to react to, or reactions are not allowed: that is said once.
  notify::Task<Outcome> react(Target target, std::string name, std::string requester) {
    return reaction("reactions.add", std::move(target), std::move(name), std::move(requester));
  }
  notify::Task<Outcome> take_back(Target target, std::string name, std::string requester) {
    return reaction("reactions.remove", std::move(target), std::move(name), std::move(requester));
  }
  void reactions_missing();  // says so, once

 private:
  notify::Task<Outcome> reaction(std::string method, Target target, std::string name,
                                 std::string requester);
  notify::Task<ApiReply> call_or_plainer(ApiCall call);
  bool make_plainer(ApiCall& call, const Outcome& outcome) const;
  bool reactions_allowed() const;

  const notify::Host& host_;
  Api& api_;
  Limiter& limiter_;
  bool reactions_refused_ = false;
  bool said_reactions_missing_ = false;
};

}  // namespace slack
