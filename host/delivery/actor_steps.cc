// The part of Actor that talks to the module: asking it, and what its answers mean for the record.

#include <algorithm>

#include "delivery/actor.h"
#include "delivery/request_data.h"

namespace notifyd::delivery {
namespace {

std::uint32_t event_kind(const Step& step) {
  switch (step.kind) {
    case Step::Kind::kAnnounce:
      return NOTIFY_REQUEST_PENDING;
    case Step::Kind::kReview:
      return NOTIFY_REQUEST_REVIEWED;
    case Step::Kind::kGivenUp:
      return NOTIFY_GIVEN_UP;
    case Step::Kind::kFinal:
      break;
  }
  return step.outcome == kExpired ? NOTIFY_REQUEST_EXPIRED : NOTIFY_REQUEST_RESOLVED;
}

// A recipient that keeps failing is worth a line once, not at every try.
constexpr unsigned kFailuresToMention = 5;
constexpr char kRouting[] = "";  // in the window and the gate, where recipients stand by their ids

Millis asked_wait(const modules::Answer& answer) { return Millis(answer.retry_after_ms); }

}  // namespace

// ---- Asking ----

// What is sent after the claim has ended, another replica looks for in vain and sends too.
TimePoint Actor::deadline() const {
  const Millis claim_time = lane_.options_.claim_time;
  const Millis left = unrecorded_ ? claim_time : Millis(record_.claim.until_ms - now_ms());
  return lane_.engine_.now() + std::min(left, claim_time) - claim_time / 6;
}

std::shared_ptr<const modules::RequestData> Actor::data(const Outcome& outcome) {
  if (data_ && data_outcome_ == outcome) return data_;
  if (!request_) {
    data_ = request_data(id_, record_, outcome, lane_.cluster_);
  } else if (situation().outdated(record_)) {
    teleport::AccessRequest decided = *request_;
    decided.resolve_reason = record_.resolve_reason;
    data_ = request_data(decided, outcome, lane_.cluster_);
  } else {
    data_ = request_data(*request_, outcome, lane_.cluster_);
  }
  data_outcome_ = outcome;
  return data_;
}

modules::Event Actor::event(const Progress& p, const Step& step) {
  modules::Event event;
  event.kind = event_kind(step);
  event.attempt = attempts_[p.id].failures;
  event.audience = p.audience;
  event.occurred_ms = now_ms();
  event.deadline = deadline();
  event.key = lane_.name() + "/" + id_ + "/" + p.id + "/" + step.name();
  event.recipient = p.id;
  event.label = p.label;
  event.receipt = p.receipt;
  // An end that may have been told is looked for as it was, whatever was decided since.
  const bool is_end = step.kind == Step::Kind::kFinal;
  event.request = data(is_end ? step.outcome : situation().end(record_));
  event.review = step.review;
  if (const Progress* lost = record_.find(step.lost); lost != nullptr && !step.lost.empty()) {
    event.lost = lost->label;
    event.lost_why = lost->given_up;
  }
  return event;
}

notify::Task<> Actor::run_step(std::string recipient, Step step, bool find) {
  modules::Event asked = event(*record_.find(recipient), step);
  modules::Answer answer;
  if (!find) {
    answer.rc = NOTIFY_OK_SKIPPED;
    if (lane_.notifier_.wants(asked.kind))
      answer = co_await lane_.notifier_.deliver(std::move(asked));
  } else if (lane_.notifier_.can_find()) {
    answer = co_await lane_.notifier_.find(std::move(asked));
  } else {
    answer.rc = NOTIFY_DROP;
  }
  Attempt& attempt = attempts_[recipient];
  attempt.running.reset();
  attempt.place = nullptr;
  --running_count_;
  if (Progress* p = record_.find(recipient)) {
    if (find) {
      take_find(*p, step, answer);
    } else {
      take_answer(*p, step, answer);
    }
    if (!attempt.unsure) look_now(*p);
  }
  wake();
}

// Whom does it concern? Asked once; the answer goes into the record with the first claim.
notify::Task<> Actor::route() {
  if (!may_route()) {
    route_place_ = nullptr;
    co_return;
  }
  if (!route_place_)
    route_place_ = lane_.window_.enter(kRouting, Importance::kAnnouncement, [this] { wake(); });
  if (!route_place_->granted()) co_return;
  modules::Event asked;
  asked.key = lane_.name() + "/" + id_;
  asked.occurred_ms = now_ms();
  asked.attempt = route_failures_;
  asked.request = data(situation().end(record_));
  const modules::Answer answer = co_await lane_.notifier_.route(std::move(asked));
  route_place_ = nullptr;
  take_route(answer);
}

bool Actor::may_route() {
  if (lane_.stopping_ || !needs_route(situation(), record_)) return false;
  if (lane_.engine_.now() < route_not_before_) {
    wake_at(route_not_before_);
    return false;
  }
  return may_start() && has_room(kRouting);
}

void Actor::retry_now() {
  const TimePoint now = lane_.engine_.now();
  for (auto& [recipient, attempt] : attempts_) {
    attempt.not_before = std::min(attempt.not_before, attempt.unsure ? now + kSettling : now);
  }
  route_not_before_ = std::min(route_not_before_, now);
  wake();
}

// ---- Answers ----

void Actor::gate_failed(const std::string& recipient, const modules::Answer& answer) {
  lane_.gate_.failed(
      {recipient, answer.rc, asked_wait(answer), answer.whole_instance, answer.detail});
}

void Actor::take_route(const modules::Answer& answer) {
  switch (NOTIFY_CLASS(answer.rc)) {
    case NOTIFY_OK:
    case NOTIFY_DROP:
      take_recipients(answer);
      return;
    default:
      gate_failed(kRouting, answer);
      route_not_before_ = lane_.engine_.now() + retry_wait(route_failures_++, answer);
      wake_at(route_not_before_);
      lane_.log_.debug("cannot tell yet whom to notify, trying again",
                       {{"request", id_}, {"reason", answer.detail}});
  }
}

void Actor::take_recipients(const modules::Answer& answer) {
  const bool taken_over = !record_.recipients.empty();
  std::size_t reviews = 0;
  for (const Progress& p : record_.recipients) reviews = std::max(reviews, p.reviews);
  std::string labels;
  for (const modules::Recipient& r : answer.recipients) {
    if (taken_over && r.audience == NOTIFY_TO_REVIEWER) continue;
    if (record_.find(r.id) != nullptr) continue;
    Progress p;
    p.id = r.id;
    p.label = r.label;
    p.audience = r.audience;
    // Who has one of teleport-slack's messages can't be told: only the end is owed.
    if (taken_over) {
      p.announced = true;
      p.reviews = reviews;
    }
    record_.recipients.push_back(std::move(p));
    if (r.audience != NOTIFY_TO_FALLBACK) labels += (labels.empty() ? "" : ",") + r.label;
  }
  record_.routed = true;
  const std::string user = request_ ? request_->user : record_.user;
  if (taken_over) {
    lane_.log_.info("taken over from teleport-slack",
                    {{"request", id_}, {"messages", record_.recipients.size()}});
  } else if (labels.empty()) {
    lane_.log_.warn("nobody is notified: no recipient is configured for its roles",
                    {{"request", id_}, {"user", user}, {"file", lane_.config_file_}});
  } else {
    lane_.log_.info("Access Request", {{"request", id_}, {"user", user}, {"recipients", labels}});
  }
}

void Actor::keep_receipt(Progress& p, const modules::Answer& answer) {
  if (!answer.receipt.empty()) p.receipt = answer.receipt;
  // What the fallback got is no announcement: nobody is to take it for one and edit it.
  const bool shows_request = p.audience != NOTIFY_TO_FALLBACK;
  if (!answer.message.empty() && shows_request) p.message = answer.message;
  attempts_[p.id].fact = ++facts_;
}

void Actor::finish(Progress& p, const Step& step) {
  mark_done(step, record_, p);
  attempts_[p.id].begun = false;
  if (record_.find(step.lost) != nullptr) attempts_[step.lost].fact = ++facts_;
  ++lane_.counts_.delivered;
}

// An end may have been told in part (the message is there, its edit failed), and that must not be lost:
// when Teleport has the request no more, the record alone says how it ended.
void Actor::not_done(Progress& p, const Step& step) {
  attempts_[p.id].begun = step.kind == Step::Kind::kFinal;
  if (!attempts_[p.id].begun) p.trying.clear();
}

void Actor::take_answer(Progress& p, const Step& step, const modules::Answer& answer) {
  Attempt& attempt = attempts_[p.id];
  keep_receipt(p, answer);
  attempt.unsure = false;
  const bool over = lane_.engine_.now() >= unrecorded_until_;
  if (over && NOTIFY_CLASS(answer.rc) == NOTIFY_RETRY) {
    lane_.gate_.done(p.id, answer.rc);
    return drop(p, step, answer);
  }
  switch (NOTIFY_CLASS(answer.rc)) {
    case NOTIFY_OK:
      lane_.gate_.done(p.id, answer.rc);
      attempt.failures = 0;
      finish(p, step);
      return;
    case NOTIFY_DROP:
      lane_.gate_.done(p.id, answer.rc);
      drop(p, step, answer);
      return;
    case NOTIFY_BROKEN:
      not_done(p, step);
      gate_failed(p.id, answer);
      return;
    case NOTIFY_RETRY:
      attempt.unsure = answer.rc == NOTIFY_RETRY_UNSURE;
      break;
    default:  // cancelled or misused in the middle: nobody knows how far it got
      attempt.unsure = true;
  }
  if (!attempt.unsure) not_done(p, step);
  retry_later(p, answer);
}

void Actor::take_find(Progress& p, const Step& step, const modules::Answer& answer) {
  Attempt& attempt = attempts_[p.id];
  keep_receipt(p, answer);  // what was found is known, whatever failed after it
  switch (NOTIFY_CLASS(answer.rc)) {
    case NOTIFY_OK:
      lane_.gate_.done(p.id, answer.rc);
      attempt.unsure = false;
      if (answer.rc == NOTIFY_OK_SKIPPED) {
        not_done(p, step);
        lane_.log_.debug("was not delivered before",
                         {{"request", id_}, {"recipient", p.label}, {"step", step.name()}});
        return;
      }
      finish(p, step);
      lane_.log_.info("was delivered before, found again",
                      {{"request", id_}, {"recipient", p.label}, {"step", step.name()}});
      return;
    case NOTIFY_DROP:
      lane_.gate_.done(p.id, answer.rc);
      attempt.unsure = false;
      not_done(p, step);
      // Twice announced is a nuisance, never announced is an outage; a reply is neither.
      if (step.kind == Step::Kind::kReview) finish(p, step);
      return;
    case NOTIFY_BROKEN:
      gate_failed(p.id, answer);
      return;
    default:
      if (gives_up_looking(p, step)) {
        lane_.gate_.done(p.id, answer.rc);
        attempt.unsure = false;
        return drop(p, step, answer);
      }
      retry_later(p, answer);
  }
}

// Not while the request is there, or anything else is owed. When it is gone nobody misses a reply.
bool Actor::gives_up_looking(const Progress& p, const Step& step) {
  if (lane_.engine_.now() >= unrecorded_until_) return true;
  const bool all_else_told = gone_ && !later(situation().end(record_), p.told);
  const bool for_long = attempts_[p.id].failures >= kFailuresToMention;
  return step.kind == Step::Kind::kReview && all_else_told && for_long && !lane_.stopping_;
}

Millis Actor::retry_wait(unsigned failures, const modules::Answer& answer) {
  const DeliveryOptions& o = lane_.options_;
  return asked_wait(answer) + lane_.jitter_.backoff(failures, o.retry_base, o.retry_cap);
}

void Actor::retry_later(Progress& p, const modules::Answer& answer) {
  Attempt& attempt = attempts_[p.id];
  // Others of this recipient go first: that is no failure of this one.
  const bool queued = answer.rc == NOTIFY_RETRY_LIMITED;
  const bool own_wait = answer.retry_after_ms > 0 || queued;
  if (lane_.stopping_ || (own_wait && !answer.whole_instance)) {
    lane_.gate_.done(p.id, answer.rc);
  } else {
    gate_failed(p.id, answer);
  }
  // What was sent a moment ago may not be in the history yet.
  const Millis floor = answer.rc == NOTIFY_RETRY_UNSURE ? kSettling : Millis(0);
  const Millis wait = retry_wait(queued ? 0 : attempt.failures++, answer);
  attempt.not_before = lane_.engine_.now() + std::max(floor, wait);
  const bool mention = !queued && attempt.failures == kFailuresToMention;
  const Severity severity = mention ? Severity::kWarn : Severity::kDebug;
  lane_.log_.say(severity, "not delivered yet, trying again",
                 {{"request", id_},
                  {"recipient", p.label},
                  {"failures", attempt.failures},
                  {"reason", answer.detail}});
}

// Permanent: no more of it for this recipient. A reply that is refused ends only itself: who may
// not post any more may still edit, and the message must not stay as it is.
void Actor::drop(Progress& p, const Step& step, const modules::Answer& answer) {
  const bool by_another = is_done(step, p) || std::ranges::count(p.afterwards, step.name()) > 0;
  if (by_another) return p.trying.clear();  // which got through, or may have
  const bool only_this = step.kind == Step::Kind::kReview;
  if (only_this) {
    finish(p, step);
  } else {
    p.trying.clear();
    p.given_up = answer.detail.empty() ? "refused" : answer.detail;
    ++lane_.counts_.given_up;
  }
  lane_.log_.warn(only_this ? "reply given up" : "recipient given up",
                  {{"request", id_},
                   {"recipient", p.label},
                   {"step", step.name()},
                   {"reason", answer.detail},
                   {"file", lane_.config_file_}});
}

}  // namespace notifyd::delivery
