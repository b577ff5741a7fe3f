#include "delivery/actor.h"

#include <algorithm>

#include "delivery/request_data.h"

namespace notifyd::delivery {
namespace {

using teleport::AccessRequest;
using teleport::PluginEntry;

constexpr Millis kRecordRetryBase{500};
constexpr Millis kRecordRetryCap{10'000};
constexpr Millis kConflictCap{2'000};  // who lost a swap reads and is up to date again
constexpr Millis kDeniedRetry{60'000};
constexpr std::chrono::hours kUnrecordedFor{24};
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

bool older(const AccessRequest& a, const AccessRequest& b) {
  const Outcome end_a = outcome_of(a.state);
  const Outcome end_b = outcome_of(b.state);
  if (later(end_a, end_b) || later(end_b, end_a)) return later(end_b, end_a);
  return a.reviews.size() < b.reviews.size();
}

PluginEntry without_empty(PluginEntry entry) {
  std::erase_if(entry, [](const auto& item) { return item.second.empty(); });
  return entry;
}

}  // namespace

Actor::Actor(Lane& lane, std::string id, std::optional<PluginEntry> entry)
    : lane_(lane), id_(std::move(id)), timer_(lane.engine_) {
  if (entry) adopt(*entry);
}

// ---- What is known ----

void Actor::see(teleport::AccessRequestPtr request, bool is_gone) {
  if (is_gone) {
    if (!std::exchange(gone_, true)) wait_no_longer();
  } else if (gone_ || (request_ && older(*request, *request_))) {
    return;
  } else {
    const Outcome before = situation().outcome;
    request_ = std::move(request);
    if (situation().outcome != before) wait_no_longer();
  }
  seen_pending_ |= request_ && outcome_of(request_->state).empty();
  data_ = nullptr;
  wake();
}

// An end does not wait for what a reply before it was told to wait for.
void Actor::wait_no_longer() {
  for (auto& [recipient, attempt] : attempts_) {
    if (!attempt.unsure) attempt.not_before = {};
  }
}

void Actor::wake() {
  if (wake_posted_) return;
  wake_posted_ = true;
  lane_.engine_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->wake_posted_ = false;
    self->changed_.set();
  });
}

Situation Actor::situation() const {
  Situation now;
  now.gone = gone_;
  if (request_) {
    now.outcome = outcome_of(request_->state);
    now.reviews = request_->reviews.size();
  }
  now.seen_pending = seen_pending_;
  return now;
}

bool Actor::at_rest() const { return base_ && (!readable_ || !left()); }

void Actor::adopt(const PluginEntry& entry) {
  base_ = entry;
  Result<Record> decoded = decode(entry);
  readable_ = decoded.ok();
  if (!readable_) {
    lane_.log_.error("left alone: " + decoded.error().message +
                         "; delete the plugin data or run the version that wrote it",
                     {{"request", id_}});
    return;
  }
  recorded_claim_ = decoded->claim;
  merge(std::move(*decoded));
}

// `fresh` is what the record says now. What this process did since it read it is laid over that.
void Actor::merge(Record fresh) {
  if (fresh.empty() && record_.routed) {
    fresh.claim = record_.claim;
    fresh.routed = true;
    fresh.recipients = record_.recipients;
    for (Progress& p : fresh.recipients) {
      const Attempt& attempt = attempts_[p.id];
      // Only marked: surely not started.
      if (!attempt.running && !attempt.unsure && !attempt.begun) p.trying.clear();
    }
  }
  const bool is_mine = fresh.claim.owner == lane_.options_.owner;
  for (const Progress& mine : record_.recipients) {
    Attempt& attempt = attempts_[mine.id];
    Progress* theirs = fresh.find(mine.id);
    if (attempt.fact == 0 && !attempt.running) continue;
    if (theirs == nullptr) {
      fresh.recipients.push_back(mine);
      continue;
    }
    const Progress before = std::exchange(*theirs, mine);
    theirs->announced |= before.announced;
    theirs->reported |= before.reported;
    theirs->reviews = std::max(theirs->reviews, before.reviews);
    if (theirs->receipt.empty()) theirs->receipt = before.receipt;
    if (theirs->message.empty()) theirs->message = before.message;
    if (attempt.marked && !is_mine) theirs->trying.clear();  // lost the swap
    if (const bool overtaken = later(before.told, theirs->told); overtaken && attempt.running) {
      theirs->told = attempt.overtaken_by = before.told;
    } else if (overtaken) {
      owe_again(*theirs, before.told);
    }
    // What another one tried meanwhile is looked for too, after what this one is at.
    if (theirs->afterwards.empty()) theirs->afterwards = before.afterwards;
    if (is_mine || before.trying.empty()) continue;
    if (!attempt.running && before.trying == theirs->trying) {
      attempt.unsure = true;
    } else if (theirs->afterwards.empty()) {
      theirs->afterwards = before.trying;
    }
  }
  for (Progress& p : fresh.recipients) {
    Attempt& attempt = attempts_[p.id];
    if (p.trying.empty() && !p.afterwards.empty() && !attempt.running) {
      p.trying = std::exchange(p.afterwards, {});
      attempt.unsure = true;
    }
    if (!is_mine) attempt.marked = false;  // what we meant to put on record lost the swap
    // Tried by another replica, by a former life, or by an actor before this one.
    const bool by_another = !attempt.running && !attempt.marked && attempt.fact == 0;
    if (!p.trying.empty() && by_another) attempt.unsure = true;
  }
  record_ = std::move(fresh);
}

// Another replica told this end while this one was at an older step, so nobody knows whose edit
// came last: once more. What was posted for it is found, not posted again.
void Actor::owe_again(Progress& p, const Outcome& end) {
  p.told.clear();
  p.trying = Step{.kind = Step::Kind::kFinal, .outcome = end}.name();
  attempts_[p.id].unsure = true;
}

// ---- Life ----

notify::Task<> Actor::live(std::shared_ptr<Actor> actor) {
  Actor& a = *actor;
  while (a.readable_) {
    a.next_look_ = TimePoint::max();
    if (!a.base_) {
      const bool loaded = co_await a.load();
      if (!loaded && a.lane_.stopping_ && a.running_count_ == 0 && a.all_recorded()) break;
      if (!loaded) co_await a.pause();
      continue;
    }
    co_await a.route();
    const auto steps = a.due();
    const bool armed = a.claim_for(steps);
    if (armed || a.worth_writing()) {
      const Actor::Saved saved = co_await a.save();
      if (saved == Actor::Saved::kLookAgain) {
        if (a.next_look_ != TimePoint::max()) co_await a.pause();
        continue;
      }
    }
    if (armed) {
      a.start(steps);
      continue;
    }
    if (a.finished()) break;
    co_await a.pause();
  }
  a.lane_.ended(a.id_);
}

// Until something changed or next_look_.
notify::Task<> Actor::pause() {
  if (running_count_ == 0) data_ = nullptr;  // built again in no time; many may wait
  if (next_look_ != TimePoint::max()) {
    const auto wait = std::chrono::ceil<Millis>(next_look_ - lane_.engine_.now());
    timer_.start(std::max(wait, Millis(1)), [this] { changed_.set(); });
  }
  co_await changed_;
  timer_.stop();
}

// Nothing is under way, and nothing is to be started.
bool Actor::idle() const {
  if (running_count_ > 0) return false;
  return lane_.stopping_ || !left();
}

// Whom it concerns is no news to anybody until something is about to be sent: many requests may
// wait for their turn, and that costs Teleport nothing.
bool Actor::worth_writing() const {
  return running_count_ > 0 || !all_recorded() || claim_is_mine() ||
         record_.claim != recorded_claim_ || !left();
}

// An answer may have come while the record was being written, or while it could not be.
bool Actor::all_recorded() const {
  return std::all_of(attempts_.begin(), attempts_.end(),
                     [](const auto& attempt) { return attempt.second.fact == 0; });
}

bool Actor::finished() const { return all_recorded() && idle(); }

// ---- The record ----

notify::Task<bool> Actor::load() {
  const Result<PluginEntry> entry = co_await lane_.records_.read(id_, lane_.name());
  if (entry.ok()) {
    adopt(*entry);
    co_return true;
  }
  lane_.log_.debug("reading the record failed",
                   {{"request", id_}, {"error", entry.error().message}});
  wake_in(entry.error().code == Errc::kDenied ? kDeniedRetry : record_backoff(kRecordRetryCap));
  co_return false;
}

notify::Task<Actor::Saved> Actor::save() {
  if (request_ && !situation().outdated(record_)) keep_request(*request_, record_);
  if (short_record_) record_.reason.clear();
  if (record_.empty()) co_return Saved::kYes;
  PluginEntry now = encode(record_, *base_);
  const Change change = difference(*base_, now);
  const std::uint64_t included = facts_;
  if (!change.empty() && !unrecorded_) {
    const Result<> written =
        co_await lane_.records_.write(id_, lane_.name(), change.set, change.expect);
    if (!written.ok()) co_return not_saved(written.error());
    lane_.record_written();
    recorded_claim_ = record_.claim;
    base_ = without_empty(std::move(now));
  }
  record_failures_ = 0;
  for (auto& [recipient, attempt] : attempts_) {
    if (attempt.fact <= included) attempt.fact = 0;
  }
  co_return Saved::kYes;
}

Actor::Saved Actor::not_saved(const Error& error) {
  const Log::Fields fields = {{"request", id_}, {"error", error.message}};
  next_look_ = TimePoint::max();
  switch (error.code) {
    case Errc::kNotFound:
      lane_.log_.debug("Teleport has neither the request nor its record any more", fields);
      go_on_unrecorded();
      return Saved::kLookAgain;
    case Errc::kDenied:
      lane_.record_denied(error);
      wake_in(kDeniedRetry);
      return Saved::kLookAgain;
    case Errc::kInvalid:
      if (short_record_) {
        const bool said = std::exchange(refusal_said_, true);
        lane_.log_.say(said ? Severity::kDebug : Severity::kError,
                       "Teleport refuses the record of this request, trying again", fields);
        wake_in(kDeniedRetry);
      }
      short_record_ = true;
      return Saved::kLookAgain;
    case Errc::kConflict:
      lane_.log_.debug("somebody else wrote the record, reading it again", fields);
      base_.reset();
      if (const Millis wait = record_backoff(kConflictCap); record_failures_ > 1) wake_in(wait);
      return Saved::kLookAgain;
    default:
      // The answer may have been lost after the write: what is there must be read, not guessed.
      lane_.log_.debug("writing the record failed, trying again", fields);
      base_.reset();
      wake_in(record_backoff(kRecordRetryCap));
      return Saved::kLookAgain;
  }
}

// A request that ended while nothing could be sent may have no record by now. What was announced is
// to show the end all the same. Without a record nobody is kept off, though, so unless the last one
// was ours only what may be done twice is done: no reply, and no message to anybody new.
void Actor::go_on_unrecorded() {
  if (!unrecorded_) unrecorded_until_ = lane_.engine_.now() + kUnrecordedFor;
  gone_ = unrecorded_ = true;
  data_ = nullptr;
  if (!base_) base_.emplace();
  const Claim& last = recorded_claim_;
  if (last.owner == lane_.options_.owner && now_ms() < last.until_ms) return;
  std::erase_if(record_.recipients, [this](const Progress& p) {
    const bool is_edit = p.announced && p.audience == NOTIFY_TO_REVIEWER;
    return !is_edit && !attempts_[p.id].running;
  });
  for (Progress& p : record_.recipients) p.reviews = situation().reviews;
}

Millis Actor::record_backoff(Millis cap) {
  if (lane_.stopping_) cap = kRecordRetryBase;
  return lane_.jitter_.backoff(record_failures_++, kRecordRetryBase, cap);
}

// ---- Claims: who may send ----

// Puts on record what is about to be started, and until when others keep off. False: nothing may be
// started now.
bool Actor::claim_for(const std::vector<Due>& steps) {
  if (steps.empty()) {
    forget_marks();
    if (running_count_ == 0 && claim_is_mine() && idle()) record_.claim = {};
    if (running_count_ > 0 && !held_by_other()) renew_claim();
    return false;
  }
  for (const Due& due : steps) {
    record_.find(due.recipient)->trying = due.step.name();
    attempts_[due.recipient].marked = !due.find;  // what is looked for may have been done before
  }
  renew_claim();
  return true;
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
    if (!none) step = wanted(p);
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
  if (lane_.gate_.has_room(recipient)) return true;
  if (const auto found = attempts_.find(recipient); found != attempts_.end()) {
    found->second.place = nullptr;
  }
  lane_.blocked(shared_from_this());
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

// The step that this recipient is due for now, if any.
std::optional<Step> Actor::wanted(Progress& p) {
  Attempt& attempt = attempts_[p.id];
  std::optional<Step> step = looked_for(p);
  attempt.unsure = step.has_value();
  if (!step) step = next_step(situation(), record_, p);
  if (!step) {
    p.trying.clear();
    look_for_afterwards(p);
    return std::nullopt;
  }
  if (lane_.engine_.now() < attempt.not_before) {
    wake_at(attempt.not_before);
    return std::nullopt;
  }
  return step;
}

// The step that may have been done. While its thread can't be read a reply lets the end pass, and is
// looked for afterwards.
std::optional<Step> Actor::looked_for(Progress& p) {
  Attempt& attempt = attempts_[p.id];
  if (!attempt.unsure || !p.given_up.empty()) return std::nullopt;
  const auto step = Step::parse(p.trying);
  if (!step || step->kind != Step::Kind::kReview) return step;
  const bool end_waits = later(situation().end(record_), p.told);
  const bool for_long = attempt.failures >= kFailuresToLetPass ||
                        attempt.not_before > lane_.engine_.now() + kLongWait;
  if (!end_waits || !for_long) return step;
  p.afterwards = std::exchange(p.trying, {});
  attempt.not_before = {};
  return std::nullopt;
}

void Actor::look_for_afterwards(Progress& p) {
  std::string afterwards = std::exchange(p.afterwards, {});
  if (afterwards.empty() || !p.given_up.empty()) return;
  p.trying = std::move(afterwards);
  attempts_[p.id].unsure = true;
  wake();
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
