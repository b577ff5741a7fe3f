// The part of Steps that tells of many requests in one message.
#include "digest_message.h"
#include "step_event.h"
#include "steps.h"

namespace slack {
namespace {

using notify::Answer;
using notify::Task;
using notify::view;

// One begins where many requests come in, and takes up none that is older than an hour.
constexpr std::int64_t kLongAgoMs = std::int64_t{24} * 60 * 60 * 1000;

}  // namespace

// An edit, where there is a message that can be edited; else a new one.
Task<Answer> Steps::digest(const notify_event& event, Receipt receipt) {
  if (!NOTIFY_HAS(&event, digest) || event.digest == nullptr) co_return skipped();
  if (receipt.announced()) {
    auto editing = poster_.edit({receipt.channel, receipt.ts}, digest_message(*event.digest),
                                digest_standing(event, Priority::kFinalEdit), until_ms(event));
    const Outcome edited = co_await editing;
    if (edited.ok()) log_digest(event, "edited a digest", {receipt.channel, receipt.ts});
    if (edited.kind != Kind::kGone) co_return answer(event, edited, receipt);
  }
  auto asking = destination(event);
  const Destination at = co_await asking;
  if (!at.outcome.ok()) co_return answer(event, at.outcome, receipt);
  Post post;
  post.to = at.to;
  post.message = digest_message(*event.digest);
  post.mark.recipient = view(event.recipient);
  post.mark.step = "digest";
  post.mark.key = view(event.key);
  post.until_ms = until_ms(event);
  post.standing = digest_standing(event, Priority::kAnnouncement);
  auto posting = send(std::move(post));
  const Posted posted = co_await posting;
  if (posted.outcome.ok()) {
    receipt.channel = posted.channel;
    receipt.ts = posted.ts;
    log_digest(event, "announced in a digest", {posted.channel, posted.ts});
  }
  co_return answer(event, posted.outcome, receipt);
}

Task<Answer> Steps::find_digest(const notify_event& event, Receipt receipt) {
  if (receipt.announced()) co_return answer(event, Outcome{}, receipt);
  auto asking = destination(event);
  const Destination at = co_await asking;
  if (!at.outcome.ok()) co_return answer(event, at.outcome, receipt);
  Where where;
  where.to = at.to;
  where.since_ms = host_.unix_ms() - kLongAgoMs;
  where.standing = digest_standing(event, Priority::kAnnouncement);
  where.attempt = event.attempt;
  auto looking = search_.find(std::move(where), std::string(view(event.key)));
  const Found found = co_await looking;
  switch (found.known) {
    case Found::Known::kFailed:
      co_return answer(event, found.outcome, receipt);
    case Found::Known::kNo:
      co_return skipped();
    case Found::Known::kUnknown: {
      Outcome unknown = outcome_of(Kind::kUnknown, false, found.outcome.detail);
      unknown.rc = NOTIFY_DROP;
      co_return answer(event, unknown, receipt);
    }
    case Found::Known::kYes:
      break;
  }
  receipt.channel = found.target.channel;
  receipt.ts = found.target.ts;
  log_digest(event, "found", found.target);
  co_return answer(event, Outcome{}, receipt);
}

// Somebody of its own among the requesters: it is not behind those of its person that wait alone.
Standing digest_standing(const notify_event& event, Priority priority) {
  const bool known = NOTIFY_HAS(&event, digest) && event.digest != nullptr;
  return {priority, "\n" + std::string(known ? view(event.digest->user) : "")};
}

void Steps::log_digest(const notify_event& event, std::string_view what, const Target& at) const {
  const std::string total = std::to_string(event.digest->total);
  const std::string pending = std::to_string(event.digest->pending);
  host_.log(NOTIFY_LOG_INFO, what,
            {{"user", view(event.digest->user)},
             {"requests", total},
             {"pending", pending},
             {"channel", at.channel},
             {"ts", at.ts}});
}

}  // namespace slack
