#include "steps.h"

#include <algorithm>

#include "message.h"
#include "routing.h"
#include "step_event.h"
#include "text.h"

namespace slack {
namespace {

using notify::Answer;
using notify::Task;
using notify::view;

constexpr std::uint32_t kScopeRetryMs = 5 * 60 * 1000;
constexpr std::int64_t kLongAgoMs = std::int64_t{7} * 24 * 60 * 60 * 1000;

// What nothing else in this step can work with either.
bool ends_step(const Outcome& outcome) {
  return outcome.kind == Kind::kAuth || outcome.kind == Kind::kOffline ||
         outcome.kind == Kind::kCancelled || outcome.kind == Kind::kEnding;
}

// Of two parts of a step, the outcome that decides what becomes of it: what is to be tried again
// goes before what never will work.
const Outcome& decisive(const Outcome& first, const Outcome& second) {
  const bool final = NOTIFY_CLASS(first.rc) == NOTIFY_DROP;
  const bool again = !second.ok() && NOTIFY_CLASS(second.rc) != NOTIFY_DROP;
  return first.ok() || (final && again) ? second : first;
}

// A scope that this recipient needs is no reason to stop for those that don't.
Outcome for_this_alone(Outcome outcome) {
  if (outcome.kind != Kind::kScope) return outcome;
  outcome.rc = NOTIFY_RETRY;
  outcome.whole_instance = false;
  outcome.retry_after_ms = kScopeRetryMs;
  return outcome;
}

bool is_message(std::string_view recipient) { return Receipt::parse(recipient).announced(); }

Target target_of(const Receipt& receipt) { return {receipt.channel, receipt.ts}; }

}  // namespace

Task<Answer> Steps::run(const notify_event& event, Receipt receipt) {
  switch (event.kind) {
    case NOTIFY_REQUEST_PENDING:
      return announce(event, std::move(receipt));
    case NOTIFY_REQUEST_REVIEWED:
      return answer_review(event, std::move(receipt));
    case NOTIFY_GIVEN_UP:
      return report_lost(event, std::move(receipt));
    default:
      return conclude(event, std::move(receipt));
  }
}

// ---- The steps ----

Task<Answer> Steps::announce(const notify_event& event, Receipt receipt) {
  if (receipt.announced()) co_return answer(event, Outcome{}, receipt);
  auto asking = destination(event);
  const Destination at = co_await asking;
  if (!at.outcome.ok()) co_return answer(event, at.outcome, receipt);
  const State state = state_of(event);
  Post post = post_for(event, at.to);
  const std::size_t unsaid = not_told(config_, event);
  post.message = announcement(*event.request, state, unsaid);
  auto posting = send(std::move(post));
  const Posted posted = co_await posting;
  if (posted.outcome.ok()) {
    receipt.channel = posted.channel;
    receipt.ts = posted.ts;
    receipt.not_told = unsaid;
    receipt.shown = state_name(state);
    log_done(event, "announced", target_of(receipt));
  }
  co_return answer(event, posted.outcome, receipt);
}

Task<Answer> Steps::answer_review(const notify_event& event, Receipt receipt) {
  if (!receipt.announced() || event.review == nullptr) co_return skipped();
  Outcome replied;
  if (!known_posted(event, receipt)) {
    auto replying = reply(event, receipt);
    replied = co_await replying;
  }
  auto answering = with_reviews_shown(event, std::move(receipt), std::move(replied));
  Answer answer = co_await answering;
  co_return answer;
}

// A reply that is refused for good, or that nobody can know of, is no reason to leave the review
// out of the message.
Task<Answer> Steps::with_reviews_shown(const notify_event& event, Receipt receipt,
                                       Outcome replied) {
  const bool settled = replied.ok() || NOTIFY_CLASS(replied.rc) == NOTIFY_DROP;
  if (!settled) co_return answer(event, replied, receipt);
  auto showing = show_reviews(event, receipt);
  const Outcome shown = co_await showing;
  co_return answer(event, decisive(replied, shown), receipt);
}

// What fails does not keep the rest from being done.
Task<Answer> Steps::conclude(const notify_event& event, Receipt receipt) {
  if (state_of(event) == State::kPending) co_return skipped();
  if (!to_requester(event) && !receipt.announced()) co_return skipped();
  auto telling = tell(event, receipt);
  const Outcome told = co_await telling;
  if (ends_step(told)) co_return answer(event, told, receipt);
  auto showing = show_end(event, receipt);
  const Outcome shown = co_await showing;
  const Outcome so_far = decisive(told, shown);
  // While edits wait for somebody to mend something, the reaction waits with them.
  const bool waits = ends_step(shown) || waits_for_mending(shown.kind);
  if (waits) co_return answer(event, so_far, receipt);
  auto reacting = react(event, receipt);
  const Outcome reacted = co_await reacting;
  co_return answer(event, decisive(so_far, reacted), receipt);
}

// The post is nobody's to edit, so it goes into no receipt: teleport-slack would take what is there
// for an announcement.
Task<Answer> Steps::report_lost(const notify_event& event, Receipt receipt) {
  if (!NOTIFY_HAS(&event, lost_why)) co_return skipped();
  auto asking = destination(event);
  const Destination at = co_await asking;
  if (!at.outcome.ok()) co_return answer(event, at.outcome, receipt);
  Post post = post_for(event, at.to);
  const bool again = NOTIFY_HAS(&event, lost_tried_again) && event.lost_tried_again != 0;
  post.message =
      given_up(*event.request, state_of(event), view(event.lost), view(event.lost_why), again);
  auto posting = send(std::move(post));
  const Posted posted = co_await posting;
  if (posted.outcome.ok()) log_done(event, "reported as lost", {posted.channel, posted.ts});
  co_return answer(event, posted.outcome, receipt);
}

// ---- Their parts ----

Task<Outcome> Steps::reply(const notify_event& event, Receipt& receipt) {
  Post post = post_for(event, Recipient::of_channel(receipt.channel));
  post.thread_ts = receipt.ts;
  post.message.text = review_reply(*event.review);
  auto posting = send(std::move(post));
  Posted posted = co_await posting;
  const Kind kind = posted.outcome.kind;
  if (posted.outcome.ok()) log_done(event, "replied", {posted.channel, posted.ts});
  if (kind == Kind::kThread || kind == Kind::kGone) {
    host_.log(NOTIFY_LOG_WARN, "a review could not be shown as a reply",
              {{"request", view(event.request->id)}, {"detail", posted.outcome.detail}});
    posted.outcome = Outcome{};
  }
  if (posted.outcome.ok()) receipt.replies = std::max(receipt.replies, position_of(event));
  co_return posted.outcome;
}

// Only the newest review is shown: an edit for an older one would be overwritten at once. What
// shows the end stays: a review that is told after a request expired comes with no state but
// pending.
Task<Outcome> Steps::show_reviews(const notify_event& event, const Receipt& receipt) {
  const bool newest = position_of(event) == event.request->n_reviews;
  const bool ended = !receipt.shown.empty() && receipt.shown != state_name(State::kPending);
  if (ended || state_of(event) != State::kPending || !newest) co_return Outcome{};
  auto editing = poster_.edit(target_of(receipt),
                              announcement(*event.request, State::kPending, receipt.not_told),
                              standing_of(event, Priority::kEdit), until_ms(event));
  const Outcome edited = co_await editing;
  if (edited.ok()) log_done(event, "edited", target_of(receipt));
  co_return edited.kind == Kind::kGone ? Outcome{} : edited;
}

// A new message, since an edit notifies nobody.
Task<Outcome> Steps::tell(const notify_event& event, Receipt& receipt) {
  if (!to_requester(event) || known_posted(event, receipt)) co_return Outcome{};
  auto asking = destination(event);
  const Destination at = co_await asking;
  if (!at.outcome.ok()) co_return at.outcome;
  Post post = post_for(event, at.to);
  post.message = verdict(*event.request, state_of(event));
  auto posting = send(std::move(post));
  const Posted posted = co_await posting;
  if (posted.outcome.ok()) {
    receipt.told = state_name(state_of(event));
    log_done(event, "told", {posted.channel, posted.ts});
  }
  co_return posted.outcome;
}

Task<Outcome> Steps::show_end(const notify_event& event, Receipt& receipt) {
  const State state = state_of(event);
  if (!receipt.announced() || receipt.shown == state_name(state)) co_return Outcome{};
  auto editing =
      poster_.edit(target_of(receipt), announcement(*event.request, state, receipt.not_told),
                   standing_of(event, Priority::kFinalEdit), until_ms(event));
  Outcome edited = co_await editing;
  if (edited.kind == Kind::kGone) {
    auto replacing = replace(event, receipt);
    edited = co_await replacing;
  } else if (edited.ok()) {
    log_done(event, "edited", target_of(receipt));
  }
  if (edited.ok()) receipt.shown = state_name(state);
  co_return edited;
}

// The announcement is gone or can't be edited: the result as a new message, once. The requester has
// been told anyway. It goes to the recipient and not to where the receipt says the announcement
// was, for others may write receipts; a recipient that is but a message, which somebody else
// announced, gets nothing new.
Task<Outcome> Steps::replace(const notify_event& event, Receipt& receipt) {
  if (to_requester(event) || is_message(view(event.recipient))) co_return Outcome{};
  Where where;
  where.to = Recipient::of_channel(receipt.channel);
  where.since_ms = since_ms(event);
  where.standing = standing_of(event);
  where.attempt = event.attempt;
  auto looking = search_.find(std::move(where), std::string(view(event.key)));
  const Found found = co_await looking;
  if (found.known == Found::Known::kFailed) co_return found.outcome;
  if (found.known == Found::Known::kYes) {
    receipt.ts = found.target.ts;
    co_return Outcome{};
  }
  auto asking = destination(event);
  const Destination at = co_await asking;
  if (!at.outcome.ok()) co_return at.outcome;
  Post post = post_for(event, at.to);
  post.message = announcement(*event.request, state_of(event), receipt.not_told);
  auto posting = send(std::move(post));
  const Posted posted = co_await posting;
  if (posted.outcome.ok()) {
    receipt.channel = posted.channel;
    receipt.ts = posted.ts;
    log_done(event, "announced again", target_of(receipt));
  }
  co_return posted.outcome;
}

Task<Outcome> Steps::react(const notify_event& event, Receipt& receipt) {
  const State state = state_of(event);
  if (!receipt.announced() || receipt.reacted == state_name(state)) co_return Outcome{};
  const std::string requester(view(event.request->user));
  // Of a decision that overruled another.
  const std::string_view stale = reaction_of(receipt.reacted);
  if (!stale.empty() && stale != reaction_name(state)) {
    auto removing = poster_.take_back(target_of(receipt), std::string(stale), requester);
    const Outcome removed = co_await removing;
    if (!removed.ok() && removed.kind != Kind::kIgnore) co_return removed;
    receipt.reacted.clear();
  }
  auto reacting = poster_.react(target_of(receipt), std::string(reaction_name(state)), requester);
  const Outcome reacted = co_await reacting;
  if (!reacted.ok() && reacted.kind != Kind::kIgnore) co_return reacted;
  receipt.reacted = state_name(state);
  if (reacted.ok()) log_done(event, "reacted", target_of(receipt));
  co_return Outcome{};
}

// ---- find ----

Task<Answer> Steps::find(const notify_event& event, Receipt receipt) {
  if (!posts(event, receipt)) co_return skipped();
  if (!known_posted(event, receipt)) {
    auto locating = where_posted(event, receipt);
    const Destination place = co_await locating;
    if (!place.outcome.ok()) co_return answer(event, place.outcome, receipt);
    Where where;
    where.to = place.to;
    if (event.kind == NOTIFY_REQUEST_REVIEWED) where.thread_ts = receipt.ts;
    where.since_ms = since_ms(event);
    where.standing = standing_of(event);
    where.attempt = event.attempt;
    auto looking = search_.find(std::move(where), std::string(view(event.key)));
    const Found found = co_await looking;
    if (found.known == Found::Known::kFailed) co_return answer(event, found.outcome, receipt);
    if (found.known == Found::Known::kNo) co_return skipped();
    if (found.known == Found::Known::kUnknown) {
      Outcome unknown = outcome_of(Kind::kUnknown, false, found.outcome.detail);
      unknown.rc = NOTIFY_DROP;
      const bool is_reply = event.kind == NOTIFY_REQUEST_REVIEWED && event.review != nullptr;
      if (!is_reply) co_return answer(event, unknown, receipt);
      auto answering = with_reviews_shown(event, std::move(receipt), std::move(unknown));
      Answer answer = co_await answering;
      co_return answer;
    }
    note_posted(event, found.target, receipt);
    if (event.kind == NOTIFY_REQUEST_PENDING) receipt.not_told = not_told(config_, event);
    log_done(event, "found", found.target);
    if (!shows_after(event)) co_return answer(event, Outcome{}, receipt);
  }
  auto rest = run(event, std::move(receipt));
  const Answer done = co_await rest;
  co_return done;
}

// A requester's verdict goes to the channel of the announcement, if there is one.
Task<Destination> Steps::where_posted(const notify_event& event, const Receipt& receipt) {
  Destination known;
  known.to = Recipient::of_channel(receipt.channel);
  if (receipt.announced()) co_return known;
  auto asking = destination(event);
  Destination asked = co_await asking;
  co_return asked;
}

// ---- Helpers ----

// Nothing was posted for the request before this. After expiry nobody knows when it was made.
std::int64_t Steps::since_ms(const notify_event& event) const {
  const std::int64_t created = event.request->created_ms;
  return created != 0 ? created : host_.unix_ms() - kLongAgoMs;
}

// An organisation's token posts to no channel by its name: which one that is depends on the
// workspace.
Task<Posted> Steps::send(Post post) {
  const bool named = post.to.kind == Recipient::Kind::kChannelName;
  if (!named || !directory_.org_wide()) {
    auto posting = poster_.post(post);
    Posted posted = co_await posting;
    if (!named || posted.outcome.code != "team_not_found") co_return posted;
    directory_.note_org_wide();
  }
  auto looking = directory_.channel(post.to.value);
  const Lookup channel = co_await looking;
  Posted nowhere;
  nowhere.outcome = for_this_alone(channel.outcome);
  if (channel.outcome.ok() && channel.id.empty()) {
    nowhere.outcome = refused("chat.postMessage", "channel_not_found", false, "", "");
  }
  if (channel.id.empty()) co_return nowhere;
  post.to = Recipient::of_channel(channel.id);
  auto posting = poster_.post(post);
  Posted posted = co_await posting;
  co_return posted;
}

// Whose Slack user was not known when the request was routed.
Task<Destination> Steps::destination(const notify_event& event) {
  Destination at;
  at.to = recipient_of(event);
  if (!at.to.is_email()) co_return at;
  auto asking = directory_.user(at.to.value, standing_of(event));
  const Lookup user = co_await asking;
  at.outcome = for_this_alone(user.outcome);
  if (at.outcome.ok() && user.id.empty()) {
    at.outcome = refused("users.lookupByEmail", "users_not_found", false, "", "");
  }
  at.to = Recipient::of_user(user.id);
  co_return at;
}

Answer Steps::answer(const notify_event& event, const Outcome& outcome,
                     const Receipt& receipt) const {
  Answer answer;
  answer.rc = outcome.rc;
  answer.retry_after_ms = outcome.retry_after_ms;
  answer.whole_instance = outcome.whole_instance;
  answer.receipt = receipt.str();
  answer.message = receipt.message();
  answer.detail = outcome.detail;
  if (outcome.kind == Kind::kDestination) {
    const std::string named = named_by(config_, event);
    answer.detail = (named.empty() ? "" : named + " ") +
                    ("\"" + shortened(one_line(clean(label_of(event))), 100) + "\": ") +
                    answer.detail;
  }
  return answer;
}

void Steps::log_done(const notify_event& event, std::string_view what, const Target& at) const {
  const std::string who = label_of(event);
  host_.log(NOTIFY_LOG_INFO, what,
            {{"request", view(event.request->id)},
             {"recipient", who},
             {"channel", at.channel},
             {"ts", at.ts}});
}

}  // namespace slack
