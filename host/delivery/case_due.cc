// The part of Case that decides what is to be started, and when: what each recipient is due, who
// has the request, who may send, and what goes on record before it is sent.
#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "delivery/case.h"
#include "delivery/lane.h"

namespace notifyd::delivery {
namespace {

constexpr unsigned kFailuresToLetPass = 8;  // some minutes
constexpr Millis kLongWait{60'000};
constexpr std::size_t kGroup = 32;

bool is_end(const std::optional<Step>& step) { return step && step->kind == Step::Kind::kEnd; }

Importance importance_of(const Step& step, Audience audience) {
  if (audience == Audience::kRequester) return Importance::kAnswer;
  switch (step.kind) {
    case Step::Kind::kAnnounce:
      return Importance::kAnnouncement;
    case Step::Kind::kEnd:
      return Importance::kEnd;
    case Step::Kind::kReview:
    case Step::Kind::kGivenUp:
      break;
  }
  return Importance::kReview;
}

}  // namespace

// ---- Which steps ----

// Forgets doubts about recipients that were given up, lets an end pass a reply that cannot be
// found, and takes up the next search where no step is left.
void Case::update_stages() {
  const Plan now = plan();
  if (stopping() || now.behind()) return;
  for (Progress& p : ledger_.record().recipients) {
    Attempt& attempt = attempts_[p.to.id];
    if (!attempt.under_way()) update_stage(now, p, attempt);
  }
}

void Case::update_stage(const Plan& plan, Progress& p, Attempt& attempt) {
  if (attempt.doubtful() && p.for_good) attempt.clear(p);
  if (attempt.doubtful() && lets_end_pass(plan, p, attempt)) let_end_pass(p, attempt);
  if (is_left_out(plan, p, attempt)) {
    modules::Answer full;
    full.detail = "the record of the request in Teleport takes no more";
    return give_up(p, Step::announce(), full);
  }
  if (attempt.doubtful() || plan.owes(p)) return;
  attempt.clear(p);
  attempt.take_up_search(p);
}

// What would be posted could not be recorded.
bool Case::is_left_out(const Plan& plan, const Progress& p, const Attempt& attempt) const {
  return ledger_.full() && !attempt.doubtful() && plan.next(p) == Step::announce();
}

// While its thread can't be read a reply lets the end pass, and is searched for later.
bool Case::lets_end_pass(const Plan& plan, const Progress& p, const Attempt& attempt) const {
  if (!p.trying || p.trying->kind != Step::Kind::kReview || !is_end(plan.next(p))) return false;
  return attempt.retry.failures() >= kFailuresToLetPass ||
         attempt.retry.not_before() > engine_.now() + kLongWait;
}

// The reply is searched for after the end was told. If another end is waiting to be searched for,
// that search comes first.
void Case::let_end_pass(Progress& p, Attempt& attempt) {
  search_later(p, *p.trying);
  attempt.clear(p);
  attempt.retry.hurry(TimePoint());
  if (is_end(p.to_search.front())) attempt.take_up_search(p);
}

// What each recipient is due for now. What may have been done is looked for first.
std::vector<Case::Due> Case::wanted(const Look& look) const {
  std::vector<Due> steps;
  const Plan now = plan();
  if (stopping() || now.behind()) return steps;
  for (const Progress& p : ledger_.record().recipients) {
    auto due = wanted_of(now, p);
    if (due && attempts_.at(p.to.id).retry.due(look.now)) steps.push_back(std::move(*due));
  }
  return steps;
}

// Waiting times aside.
std::optional<Case::Due> Case::wanted_of(const Plan& plan, const Progress& p) const {
  const Attempt& attempt = attempts_.at(p.to.id);
  if (attempt.under_way()) return std::nullopt;
  if (attempt.doubtful()) return Due{p.to.id, *p.trying, true};
  auto step = plan.next(p);
  if (!step) return std::nullopt;
  return Due{p.to.id, std::move(*step), false};
}

// When there is something to look at again though nothing happens. What is due by now waits for a
// place, a turn or a write, each of which rings; or for another's claim to end.
TimePoint Case::next_look(const Look& look) const {
  TimePoint when = TimePoint::max();
  const auto look_at = [&when](TimePoint at) { when = std::min(when, at); };
  const TimePoint claim_ends = look.now + ledger_.claim_left();
  if (under_way() && !look.held_by_other) {
    look_at(claim_ends - lane_.options().claim_time / 2);  // to renew it
  }
  const Plan plan = this->plan();
  if (stopping() || plan.behind()) return when;
  const auto look_again = [&](const Retry& retry) {
    if (!retry.due(look.now)) {
      look_at(retry.not_before());
    } else if (look.held_by_other) {
      look_at(claim_ends);
    }
  };
  for (const Progress& p : ledger_.record().recipients) {
    if (wanted_of(plan, p)) look_again(attempts_.at(p.to.id).retry);
  }
  if (plan.needs_route()) look_again(routing_);
  return when;
}

// ---- Who may send ----

// Those of the steps that may start now. The others stand in line, and ring when their turn comes.
std::vector<Case::Due> Case::line_up(const Look& look, std::vector<Due> steps) {
  std::unordered_set<std::string_view> due;
  for (const Due& step : steps) due.insert(step.recipient);
  for (auto& [recipient, attempt] : attempts_) {
    if (!attempt.under_way() && !due.contains(recipient)) attempt.place = nullptr;
  }
  if (steps.empty()) return steps;
  if (look.held_by_other) {
    leave_places();
    return {};
  }
  std::size_t left = room();
  std::erase_if(steps, [&](const Due& step) {
    if (left == 0) attempts_[step.recipient].place = nullptr;
    if (left == 0 || !passes_breaker(step.recipient) || !takes_place(step)) return true;
    if (!takes_turn(step)) return true;
    --left;
    return false;
  });
  return steps;
}

// A request with many recipients has its steps done in groups: it takes a part of the window only,
// and what a group is about to do goes on record in one write.
std::size_t Case::room() const {
  const auto at_work = static_cast<std::size_t>(std::ranges::count_if(
      attempts_, [](const auto& attempt) { return attempt.second.under_way(); }));
  return at_work > kGroup / 2 ? 0 : kGroup - at_work;
}

// The instance works, as far as this recipient can tell. Otherwise it stands in line for a turn.
bool Case::passes_breaker(const std::string& recipient) {
  // Who stands in a line waits for its turn: the probe may be meant for another recipient.
  const bool waits = waits_for_turn_.contains(recipient);
  if (!waits && sender_.breaker().lets_through(recipient)) return true;
  if (const auto found = attempts_.find(recipient); found != attempts_.end()) {
    found->second.place = nullptr;
  }
  if (waits_for_turn_.insert(recipient).second) {
    sender_.turns().wait(recipient, weak_from_this());
  }
  return false;
}

// Who was refused before stands in line with all others that wait for the same recipient. An end
// that was not refused yet does not: what may not be posted any more may still be edited.
bool Case::takes_turn(const Due& due) {
  const Progress& p = *ledger_.record().find(due.recipient);
  Attempt& attempt = attempts_[due.recipient];
  const bool new_end = is_end(due.step) && p.trying != due.step;
  if (p.given_up.empty() || due.search || new_end) return true;
  const bool waits = waits_for_mending_.contains(due.recipient);
  if (!waits && sender_.unreachable().take(due.recipient)) return true;
  attempt.place = nullptr;
  if (waits_for_mending_.insert(due.recipient).second) {
    sender_.unreachable().wait(due.recipient, weak_from_this());
  }
  return false;
}

bool Case::takes_place(const Due& due) {
  const Progress& p = *ledger_.record().find(due.recipient);
  const Importance importance = importance_of(due.step, p.to.audience);
  Attempt& attempt = attempts_[due.recipient];
  auto& place = attempt.place;
  if (place && !place->granted() && place->importance() != importance) place = nullptr;
  if (!place || !joins(due)) attempt.digest = digest_of(due, p);
  const bool alone = attempt.digest.empty();
  if (!place) {
    place = sender_.window().enter(alone ? due.recipient : Digests::line(attempt.digest, p.to),
                                   importance, alone ? requester() : Digests::turn(requester()),
                                   [this] { wake(); });
  }
  return place->granted();
}

// The digest that the step is done in. Whether an announcement joins one is decided when it lines
// up.
std::string Case::digest_of(const Due& due, const Progress& p) {
  if (!joins(due)) return p.digest;
  return lane_.digests().to_join(p.to, requester(), subject_.id);
}

void Case::leave_places() {
  for (auto& [recipient, attempt] : attempts_) {
    if (!attempt.under_way()) attempt.place = nullptr;
  }
}

// ---- Claims ----

// Puts on record what is about to be started, and until when others keep off.
void Case::intend(const std::vector<Due>& steps) {
  for (const Due& due : steps) {
    Attempt& attempt = attempts_[due.recipient];
    Progress& p = *ledger_.record().find(due.recipient);
    if (joins(due)) p.digest = attempt.digest;
    attempt.intend(p, due.step);
  }
  ledger_.claim();
}

// Nothing is to be started now.
void Case::keep_or_return_claim(const Look& look) {
  put_back();
  if (under_way()) {
    if (!look.held_by_other) ledger_.claim();
    return;
  }
  if (!ledger_.claim_is_mine() || !idle()) return;
  const bool doubtful = std::any_of(attempts_.begin(), attempts_.end(),
                                    [](const auto& entry) { return entry.second.doubtful(); });
  if (doubtful) {
    ledger_.give_back_claim_in(kSettling);
  } else {
    ledger_.give_back_claim();
  }
}

// What was put on record and will not be started now is not to be taken for tried.
void Case::put_back() {
  for (Progress& p : ledger_.record().recipients) attempts_[p.to.id].put_back(p);
}

void Case::start(const std::vector<Due>& steps) {
  if (stopping()) return;
  // Writing it down took long: what is left of the claim may not last for a delivery. Claim again.
  if (ledger_.claim_left() < lane_.options().claim_time / 3) return;
  for (const Due& due : steps) {
    if (!sender_.breaker().enter(due.recipient)) continue;
    attempts_[due.recipient].start();
    steps_.run(run_step(due));
  }
}

}  // namespace notifyd::delivery
