// The part of Case that asks the module, and what its answers mean for the record.
#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"
#include "delivery/case.h"
#include "delivery/lane.h"
#include "delivery/record_limits.h"

namespace notifyd::delivery {
namespace {

// A recipient that keeps failing is worth a line once, not at every try.
constexpr unsigned kFailuresToMention = 5;
constexpr std::size_t kUnknownReview = std::numeric_limits<std::size_t>::max();

Millis asked_wait(const modules::Answer& answer) { return Millis(answer.retry_after_ms); }

}  // namespace

// ---- Asking ----

// What is sent after the claim has ended, another replica looks for in vain and sends too.
TimePoint Case::deadline() const {
  const Millis claim_time = lane_.options().claim_time;
  const Millis left = ledger_.unrecorded() ? claim_time : ledger_.claim_left();
  return engine_.now() + std::min(left, claim_time) - claim_time / 6;
}

model::AccessRequestPtr Case::shown(const Plan& plan) {
  if (view_.request() && !plan.outdated()) return view_.request();
  if (drawn_) return drawn_;
  const KeptRequest& kept = ledger_.record().request;
  model::AccessRequest request = view_.request() ? *view_.request() : drawn(kept, subject_.id);
  request.resolve_reason = kept.resolve_reason;
  drawn_ = std::make_shared<const model::AccessRequest>(std::move(request));
  return drawn_;
}

modules::Event Case::event(const Due& due) {
  const Plan now = plan();
  const Progress& p = *ledger_.record().find(due.recipient);
  modules::Event event;
  event.step = due.step;
  event.recipient = addressed(due, p);
  event.attempt = attempts_[due.recipient].retry.failures();
  event.occurred_ms = unix_ms(engine_.wall());
  event.deadline = deadline();
  event.key = sender_.name() + "/" + subject_.id + "/" + p.to.id + "/" + name_of(due.step);
  event.receipt = p.receipt;
  event.request = shown(now);
  // One that only the record knows is searched for by its key.
  const bool unknown = due.step.kind == Step::Kind::kReview && !view_.request();
  if (unknown) event.step.review = kUnknownReview;
  // An end that may have been told is looked for as it was, whatever was decided since.
  event.end = due.step.kind == Step::Kind::kEnd ? due.step.end : now.end();
  event.cluster = lane_.cluster();
  if (due.step.kind != Step::Kind::kGivenUp) return event;
  if (const Progress* lost = ledger_.record().find(due.step.lost)) {
    event.lost = lost->to.label;
    event.lost_why = lost->given_up;
    event.lost_tried_again = !lost->for_good;
  }
  return event;
}

// A search changes nothing, so it looks where the record says. What is done goes to whom route()
// named, or to what stands.
model::Recipient Case::addressed(const Due& due, const Progress& p) const {
  if (due.search) return p.to;
  if (const model::Recipient* to = invited_.as(p.to.id)) return *to;
  return invited_.known() || p.to.id == p.message ? as_message(p) : p.to;
}

notify::Task<modules::Answer> Case::ask(const Due& due) {
  modules::Notifier& notifier = sender_.notifier();
  modules::Answer answer;
  answer.rc = due.search ? NOTIFY_DROP : NOTIFY_OK_SKIPPED;  // what a module that can't would say
  if (!attempts_[due.recipient].digest.empty()) {
    auto telling = ask_digest(due);
    answer = co_await telling;
    co_return answer;
  }
  if (due.search ? !notifier.can_find() : !notifier.wants(due.step)) co_return answer;
  modules::Event asked = event(due);
  auto asking = due.search ? notifier.find(std::move(asked)) : notifier.deliver(std::move(asked));
  answer = co_await asking;
  co_return answer;
}

// One message for many requests: of what becomes of this one it shows the end.
notify::Task<modules::Answer> Case::ask_digest(const Due& due) {
  modules::Answer answer;
  answer.rc = due.search ? NOTIFY_DROP : NOTIFY_OK_SKIPPED;
  if (due.step.kind == Step::Kind::kReview || !sender_.notifier().wants_digests()) co_return answer;
  const Attempt& attempt = attempts_[due.recipient];
  Digest& digest =
      lane_.digests().get(attempt.digest, ledger_.record().find(due.recipient)->to, requester());
  const Plan now = plan();
  digest.note(*shown(now), now.end());
  auto telling = digest.tell({[this] { return deadline(); }, due.search, attempt.retry.failures()});
  answer = co_await telling;
  co_return answer;
}

notify::Task<> Case::run_step(Due due) {
  auto asking = ask(due);
  const modules::Answer answer = co_await asking;
  attempts_[due.recipient].place = nullptr;
  take_answer(due, answer);
  wake();
}

// ---- Answers ----

void Case::take_answer(const Due& due, const modules::Answer& answer) {
  Attempt& attempt = attempts_[due.recipient];
  Progress* p = ledger_.record().find(due.recipient);
  if (p == nullptr) return attempt.restore(Stage::kIdle);
  keep_receipt(*p, answer);  // what was found is known, whatever failed after it
  const Verdict verdict = judge(due, *p, answer);
  conclude(due, *p, answer, verdict);
  if (!attempt.doubtful()) attempt.take_up_search(*p);
}

Verdict Case::judge(const Due& due, const Progress& p, const modules::Answer& answer) const {
  const Verdict verdict =
      due.search ? judge_search(answer.rc, due.step) : judge_delivery(answer.rc);
  if (verdict.again != Verdict::Again::kLater) return verdict;
  const bool retries = due.search || NOTIFY_CLASS(answer.rc) == NOTIFY_RETRY;
  const bool gives_up =
      (retries && ledger_.gives_up()) || (due.search && gives_up_looking(p, due.step));
  return gives_up ? Verdict{Verdict::Fate::kRefused, Verdict::Again::kNow} : verdict;
}

// Not while the request is there, or anything else is owed. When it is gone nobody misses a reply.
bool Case::gives_up_looking(const Progress& p, const Step& step) const {
  const bool all_else_told = view_.gone() && !overrules(plan().end(), p.told);
  const bool for_long = attempts_.at(p.to.id).retry.failures() >= kFailuresToMention;
  return step.kind == Step::Kind::kReview && all_else_told && for_long && !stopping();
}

void Case::conclude(const Due& due, Progress& p, const modules::Answer& answer, Verdict verdict) {
  Attempt& attempt = attempts_[due.recipient];
  switch (verdict.fate) {
    case Verdict::Fate::kDone:
    case Verdict::Fate::kLeftOut:
      finish(p, due.step);
      if (answer.rc == NOTIFY_OK) reached(p, due.step);
      if (!due.search) attempt.retry.succeeded();
      break;
    case Verdict::Fate::kNotDone:
      attempt.not_done(p, due.step);
      break;
    case Verdict::Fate::kMaybe:
      attempt.maybe();
      break;
    case Verdict::Fate::kUnreached:
      set_aside(p, due.step, answer);
      break;
    case Verdict::Fate::kRefused:
      give_up(p, due.step, answer);
      break;
  }
  if (due.search) say_what_was_found(due, p, verdict.fate);
  if (verdict.again != Verdict::Again::kNow && !answer.detail.empty()) {
    sender_.last_error = {answer.detail, unix_ms(engine_.wall())};
  }
  switch (verdict.again) {
    case Verdict::Again::kNow:
    case Verdict::Again::kRarely:
      return sender_.breaker().done(p.to.id, answer.rc);
    case Verdict::Again::kLater:
      return retry_later(p, answer);
    case Verdict::Again::kParked:
      return breaker_failed(p.to.id, answer);
  }
}

void Case::say_what_was_found(const Due& due, const Progress& p, Verdict::Fate fate) const {
  const bool done = fate == Verdict::Fate::kDone;
  if (!done && fate != Verdict::Fate::kNotDone) return;
  lane_.log().say(
      done ? Severity::kInfo : Severity::kDebug,
      done ? "was delivered before, found again" : "was not delivered before",
      {{"request", subject_.id}, {"recipient", p.to.label}, {"step", name_of(due.step)}});
}

void Case::keep_receipt(Progress& p, const modules::Answer& answer) {
  if (!answer.receipt.empty()) {
    p.receipt = answer.receipt;
    p.digest = attempts_[p.to.id].digest;
  }
  // What the fallback got is no announcement: nobody is to take it for one and edit it.
  const bool shows_request = p.to.audience != Audience::kFallback && p.digest.empty();
  if (!answer.message.empty() && shows_request) p.message = answer.message;
  attempts_[p.to.id].answered(++answers_);
}

void Case::finish(Progress& p, const Step& step) {
  Attempt& attempt = attempts_[p.to.id];
  attempt.done(p);
  mark_done(step, ledger_.record(), p);
  if (step.kind == Step::Kind::kGivenUp) attempts_[step.lost].answered(++answers_);
  ++sender_.counts.delivered;
}

// What got through brings along what waits for the same recipient. That an end could be edited in
// says nothing while a reply is owed, which takes another right.
void Case::reached(Progress& p, const Step& step) {
  const bool was_lost = !p.given_up.empty();
  const bool says_something =
      was_lost ? step.kind != Step::Kind::kEnd || !plan().next(p) : step == Step::announce();
  if (!says_something) return;
  sender_.unreachable().reached(p.to.id);
  if (!was_lost) return;
  p.got_through();
  lane_.log().info("recipient is reached after all",
                   {{"request", subject_.id}, {"recipient", p.to.label}});
}

// Nobody knows when a person mends it. Said once, and again where it is for another reason.
void Case::set_aside(Progress& p, const Step& step, const modules::Answer& answer) {
  attempts_[p.to.id].not_done(p, step);
  sender_.unreachable().refused(p.to.id);
  const bool by_another = is_done(step, p) || std::ranges::count(p.to_search, step) > 0;
  if (by_another) return;  // which got through, or may have
  std::string why(cut_utf8(answer.detail.empty() ? "refused" : answer.detail, limits::kWhy));
  if (p.given_up.empty()) ++sender_.counts.given_up;
  if (std::exchange(p.given_up, why) == why) return;
  lane_.log().warn("recipient can't be reached, trying again now and then",
                   {{"request", subject_.id},
                    {"recipient", p.to.label},
                    {"step", name_of(step)},
                    {"reason", why},
                    {"file", sender_.config_file()}});
}

// Permanent: no more of it for this recipient. A reply that is refused ends only itself: who may
// not post any more may still edit, and the message must not stay as it is.
void Case::give_up(Progress& p, const Step& step, const modules::Answer& answer) {
  attempts_[p.to.id].done(p);
  const bool by_another = is_done(step, p) || std::ranges::count(p.to_search, step) > 0;
  if (by_another) return;  // which got through, or may have
  const bool only_this = step.kind == Step::Kind::kReview;
  if (only_this) {
    mark_done(step, ledger_.record(), p);
  } else {
    p.given_up = answer.detail.empty() ? "refused" : answer.detail;
    p.for_good = true;
    ++sender_.counts.given_up;
  }
  lane_.log().warn(only_this ? "reply given up" : "recipient given up",
                   {{"request", subject_.id},
                    {"recipient", p.to.label},
                    {"step", name_of(step)},
                    {"reason", answer.detail},
                    {"file", sender_.config_file()}});
}

void Case::breaker_failed(const std::string& recipient, const modules::Answer& answer) {
  if (answer.repeated) return;
  sender_.breaker().failed(
      {recipient, answer.rc, asked_wait(answer), answer.whole_instance, answer.detail});
}

Millis Case::retry_wait(unsigned failures, const modules::Answer& answer) {
  const DeliveryOptions& o = lane_.options();
  return asked_wait(answer) + sender_.jitter().backoff(failures, o.retry_base, o.retry_cap);
}

void Case::retry_later(const Progress& p, const modules::Answer& answer) {
  Retry& retry = attempts_[p.to.id].retry;
  // Others of this recipient go first: that is no failure of this one.
  const bool queued = answer.rc == NOTIFY_RETRY_LIMITED;
  const bool own_wait = answer.retry_after_ms > 0 || queued;
  if (stopping() || (own_wait && !answer.whole_instance)) {
    sender_.breaker().done(p.to.id, answer.rc);
  } else {
    breaker_failed(p.to.id, answer);
  }
  // What was sent a moment ago may not be in the history yet.
  const Millis floor = answer.rc == NOTIFY_RETRY_UNSURE ? kSettling : Millis(0);
  const Millis wait = std::max(floor, retry_wait(queued ? 0 : retry.failures(), answer));
  if (queued) {
    retry.put_off(engine_.now() + wait);
  } else {
    retry.failed(engine_.now() + wait);
  }
  const bool mention = !queued && retry.failures() == kFailuresToMention;
  lane_.log().say(mention ? Severity::kWarn : Severity::kDebug, "not delivered yet, trying again",
                  {{"request", subject_.id},
                   {"recipient", p.to.label},
                   {"failures", retry.failures()},
                   {"reason", answer.detail}});
}

}  // namespace notifyd::delivery
