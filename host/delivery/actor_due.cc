// The part of Actor that decides what is to be started, and when: what is on record as claimed and
// tried, whom each recipient waits for, and what may have been done and is looked for first.

#include <algorithm>

#include "delivery/actor.h"

namespace notifyd::delivery {
namespace {

constexpr unsigned kFailuresToLetPass = 8;  // some minutes
constexpr Millis kLongWait{60'000};

Importance importance_of(const Step& step, std::uint32_t audience) {
  if (audience == NOTIFY_TO_REQUESTER) return Importance::kAnswer;
  switch (step.kind) {
    case Step::Kind::kAnnounce:
      return Importance::kAnnouncement;
    case Step::Kind::kFinal:
      return Importance::kEnd;
    case Step::Kind::kReview:
    case Step::Kind::kGivenUp:
      break;
  }
  return Importance::kReview;
}

}  // namespace

// ---- Claims: who may send ----

// Puts on record what is about to be started, and until when others keep off.
void Actor::claim_for(const std::vector<Due>& steps) {
  for (const Due& due : steps) {
    record_.find(due.recipient)->trying = due.step.name();
    attempts_[due.recipient].marked = !due.find;  // what is looked for may have been done before
  }
  renew_claim();
}

// Nothing is to be started now.
void Actor::keep_or_return_claim() {
  forget_marks();
  if (running_count_ > 0) {
    if (!held_by_other()) renew_claim();
    return;
  }
  if (!claim_is_mine() || !idle()) return;
  const bool unsure = std::any_of(attempts_.begin(), attempts_.end(),
                                  [](const auto& attempt) { return attempt.second.unsure; });
  record_.claim = unsure ? Claim{lane_.options_.owner, now_ms() + kSettling.count()} : Claim{};
}

// What was put on record and will not be started now is not to be taken for tried. An end stays: when
// the request is gone nothing else says how it ended.
void Actor::forget_marks() {
  for (auto& [recipient, attempt] : attempts_) {
    if (!std::exchange(attempt.marked, false)) continue;
    Progress* p = record_.find(recipient);
    if (p == nullptr) continue;
    const auto step = Step::parse(p->trying);
    attempt.begun = step && step->kind == Step::Kind::kFinal;
    if (!attempt.begun) p->trying.clear();
  }
}

void Actor::renew_claim() {
  const Millis claim_time = lane_.options_.claim_time;
  if (!claim_is_fresh()) record_.claim = {lane_.options_.owner, now_ms() + claim_time.count()};
  wake_in(claim_time / 2);
}

// One that seems to run for longer than any that is made now was made before the clock was set back.
bool Actor::claim_is_fresh() const {
  const std::int64_t claim_ms = lane_.options_.claim_time.count();
  const std::int64_t left = record_.claim.until_ms - now_ms();
  return claim_is_mine() && left >= claim_ms * 2 / 3 && left <= claim_ms;
}

// ---- Steps: which, and when ----

std::vector<Actor::Due> Actor::due() {
  std::vector<Due> steps = wanted();
  if (steps.empty()) return steps;
  if (!may_start()) {
    leave_lines();
    return {};
  }
  std::erase_if(steps,
                [this](const Due& due) { return !has_room(due.recipient) || !has_place(due); });
  return steps;
}

std::vector<Actor::Due> Actor::wanted() {
  std::vector<Due> steps;
  const bool none = lane_.stopping_ || situation().behind(record_);
  for (Progress& p : record_.recipients) {
    Attempt& attempt = attempts_[p.id];
    if (attempt.running) continue;
    std::optional<Step> step;
    if (!none) step = next_for(p);
    if (step) {
      steps.push_back({p.id, *step, attempt.unsure});
    } else {
      attempt.place = nullptr;
    }
  }
  return steps;
}

// Nobody else has it. Otherwise it is woken when that may have changed.
bool Actor::may_start() {
  if (held_by_other()) wake_in(Millis(record_.claim.until_ms - now_ms()));
  return !held_by_other();
}

// The instance works, as far as this recipient can tell. Otherwise woken as above.
bool Actor::has_room(const std::string& recipient) {
  // Who stands in a line waits for its turn: the probe may be meant for another recipient.
  if (!blocked_for_.contains(recipient) && lane_.gate_.has_room(recipient)) return true;
  if (const auto found = attempts_.find(recipient); found != attempts_.end()) {
    found->second.place = nullptr;
  }
  if (blocked_for_.insert(recipient).second) lane_.turns_.wait(recipient, id_);
  return false;
}

bool Actor::has_place(const Due& due) {
  const Importance importance = importance_of(due.step, record_.find(due.recipient)->audience);
  auto& place = attempts_[due.recipient].place;
  if (place && !place->granted() && place->importance() != importance) place = nullptr;
  if (!place) place = lane_.window_.enter(due.recipient, importance, [this] { wake(); });
  return place->granted();
}

void Actor::leave_lines() {
  for (auto& [recipient, attempt] : attempts_) {
    if (!attempt.running) attempt.place = nullptr;
  }
}

// The step that this recipient is due for now, if any. What may have been done is looked for first.
std::optional<Step> Actor::next_for(Progress& p) {
  Attempt& attempt = attempts_[p.id];
  std::optional<Step> step;
  if (attempt.unsure && p.given_up.empty()) step = Step::parse(p.trying);
  if (step && lets_end_pass(p, *step)) {
    let_end_pass(p);
    step = Step::parse(p.trying);
  }
  attempt.unsure = step.has_value();
  if (!step) step = next_step(situation(), record_, p);
  if (!step) {
    p.trying.clear();
    look_now(p);
    if (attempt.unsure) wake();
    return std::nullopt;
  }
  if (lane_.engine_.now() < attempt.not_before) {
    wake_at(attempt.not_before);
    return std::nullopt;
  }
  return step;
}

// While its thread can't be read a reply lets the end pass, and is looked for afterwards.
bool Actor::lets_end_pass(const Progress& p, const Step& reply) const {
  if (reply.kind != Step::Kind::kReview) return false;
  const auto next = next_step(situation(), record_, p);
  if (!next || next->kind != Step::Kind::kFinal) return false;
  const Attempt& attempt = attempts_.at(p.id);
  return attempt.failures >= kFailuresToLetPass ||
         attempt.not_before > lane_.engine_.now() + kLongWait;
}

// It is looked for when the end is told. An end that may have been told already is looked for now.
void Actor::let_end_pass(Progress& p) {
  look_afterwards(p, std::exchange(p.trying, {}));
  attempts_[p.id].not_before = {};
  const auto first = Step::parse(p.afterwards.front());
  if (first && first->kind == Step::Kind::kFinal) look_now(p);
}

void Actor::start(const std::vector<Due>& steps) {
  if (lane_.stopping_) return;
  // Writing it down took long: what is left of the claim may not last for a delivery. Claim again.
  if (record_.claim.until_ms - now_ms() < lane_.options_.claim_time.count() / 3) return;
  for (const Due& due : steps) {
    if (!lane_.gate_.enter(due.recipient)) continue;
    Attempt& attempt = attempts_[due.recipient];
    attempt.marked = false;
    attempt.running = due.step;
    ++running_count_;
    steps_.run(run_step(due.recipient, due.step, due.find));
  }
}

void Actor::wake_in(Millis delay) { wake_at(lane_.engine_.now() + delay); }

}  // namespace notifyd::delivery
