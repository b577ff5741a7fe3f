#include "poster.h"

#include "ids.h"
#include "text.h"

namespace slack {
namespace {

constexpr std::size_t kMarkLimit = 500;
constexpr const char* kNoBlocks = "[]";

std::string metadata(const Mark& mark) {
  Args payload;
  payload.set("request_id", mark_key(mark.request_id));
  payload.set("recipient", mark_key(mark.recipient));
  payload.set("step", mark.step);
  payload.set("key", mark_key(mark.key));
  Args out;
  out.set("event_type", std::string(kEventType));
  out.set_json("event_payload", payload.as_json());
  return out.as_json();
}

// Nothing in a text is a link or a mention unless its markup says so. An edit that leaves this out
// would go back to Slack's defaults.
void take_literally(Args& args) {
  args.set("parse", "none");
  args.set_flag("link_names", false);
}

ApiCall call_of(const Post& post) {
  ApiCall call;
  call.method = "chat.postMessage";
  call.posts = true;
  call.standing = post.standing;
  call.channel = post.to.id();
  call.until_ms = post.until_ms;
  call.args.set("channel", post.to.value);  // a name without '#', as teleport-slack sends it
  call.args.set("text", post.message.text);
  if (!post.message.blocks.empty()) call.args.set_json("blocks", post.message.blocks);
  if (!post.thread_ts.empty()) call.args.set("thread_ts", post.thread_ts);
  call.args.set_json("metadata", metadata(post.mark));
  take_literally(call.args);
  call.args.set_flag("unfurl_links", false);
  call.args.set_flag("unfurl_media", false);
  return call;
}

Posted posted(const ApiReply& reply) {
  Posted out;
  out.outcome = reply.outcome;
  out.channel = text_at(reply.body, "channel");
  out.ts = text_at(reply.body, "ts");
  if (reply.ok() && !(is_answered_channel(out.channel) && is_ts(out.ts))) {
    out.outcome = outcome_of(Kind::kUnsure, true,
                             "Slack's answer to a post lacks channel or ts, or has no such thing "
                             "in their place");
  }
  return out;
}

}  // namespace

std::string mark_key(std::string_view key) {
  return std::string(cut(one_line(clean(key)), kMarkLimit));
}

notify::Task<Posted> Poster::post(const Post& post) {
  const std::string asked_for = post.to.id();
  auto calling = call_or_plainer(call_of(post));
  const ApiReply reply = co_await calling;
  Posted out = posted(reply);
  if (out.outcome.ok()) limiter_.rename(asked_for, out.channel);
  co_return out;
}

notify::Task<Outcome> Poster::edit(Target target, Message message, Standing standing,
                                   std::uint64_t until_ms) {
  ApiCall call;
  call.method = "chat.update";
  call.standing = std::move(standing);
  call.channel = target.channel;
  call.until_ms = until_ms;
  call.args.set("channel", std::move(target.channel));
  call.args.set("ts", std::move(target.ts));
  call.args.set("text", std::move(message.text));
  call.args.set_json("blocks", std::move(message.blocks));
  take_literally(call.args);
  auto calling = call_or_plainer(std::move(call));
  const ApiReply reply = co_await calling;
  co_return reply.outcome;
}

notify::Task<Outcome> Poster::reaction(std::string method, Target target, std::string name,
                                       std::string requester) {
  const Outcome of_no_consequence = outcome_of(Kind::kIgnore, false, "");
  if (!reactions_allowed()) {
    reactions_missing();
    co_return of_no_consequence;
  }
  ApiCall call;
  call.method = method;
  call.standing = {Priority::kReaction, std::move(requester)};
  call.channel = target.channel;
  call.args.set("channel", std::move(target.channel));
  call.args.set("timestamp", std::move(target.ts));
  call.args.set("name", std::move(name));
  auto calling = api_.call(call);
  const ApiReply reply = co_await calling;
  switch (reply.outcome.kind) {
    case Kind::kScope:
      reactions_refused_ = true;
      reactions_missing();
      co_return of_no_consequence;
    case Kind::kGone:
    case Kind::kSetup:
    case Kind::kDestination:
    case Kind::kContent:
    case Kind::kIgnore:
      co_return of_no_consequence;
    default:
      co_return reply.outcome;
  }
}

// Each plainer form is tried once: there is less to leave out each time.
notify::Task<ApiReply> Poster::call_or_plainer(ApiCall call) {
  for (;;) {
    auto calling = api_.call(call);
    ApiReply reply = co_await calling;
    if (!make_plainer(call, reply.outcome)) co_return reply;
  }
}

bool Poster::make_plainer(ApiCall& call, const Outcome& outcome) const {
  if (outcome.kind != Kind::kContent && outcome.kind != Kind::kMetadata) return false;
  const char* part = outcome.kind == Kind::kMetadata ? "metadata" : "blocks";
  const std::string_view there = call.args.at(part);
  if (there.empty() || there == kNoBlocks) return false;
  host_.log(NOTIFY_LOG_WARN, "Slack refused the content; once more without part of it",
            {{"method", call.method}, {"without", part}, {"detail", outcome.detail}});
  if (call.posts) {
    call.args.erase(part);
  } else {
    call.args.set_json(part, kNoBlocks);  // an edit that leaves them out would keep them, if it can
  }
  return true;
}

// Slack names the token's scopes in every answer, so a scope that was added later is noticed.
bool Poster::reactions_allowed() const {
  return api_.has_scope("reactions:write").value_or(!reactions_refused_);
}

void Poster::reactions_missing() {
  if (std::exchange(said_reactions_missing_, true)) return;
  host_.log(NOTIFY_LOG_WARN,
            "no reactions are added: the Slack app lacks the scope reactions:write; add it under "
            "OAuth & Permissions and reinstall the app to the workspace");
}

}  // namespace slack
