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

void Actor::gate_moved(const std::string& recipient) {
  blocked_for_.erase(recipient);
  wake();
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
  if (!readable_) return leave_alone(decoded.error());
  recorded_claim_ = decoded->claim;
  merge(std::move(*decoded));
}

void Actor::leave_alone(const Error& error) {
  readable_ = false;
  lane_.log_.error(
      "left alone: " + error.message + "; delete the plugin data or run the version that wrote it",
      {{"request", id_}});
}

// ---- What the record says, and what this process knows better ----

// `fresh` is what the record says now. What this process did since it read it is laid over that.
void Actor::merge(Record fresh) {
  if (fresh.empty() && !record_.empty()) fresh = what_vanished();
  const bool is_mine = fresh.claim.owner == lane_.options_.owner;
  for (const Progress& mine : record_.recipients) {
    const Attempt& attempt = attempts_[mine.id];
    if (attempt.fact == 0 && !attempt.running) continue;  // nothing that the record may lack
    if (Progress* theirs = fresh.find(mine.id)) {
      *theirs = laid_over(*theirs, mine, is_mine);
    } else {
      fresh.recipients.push_back(mine);
    }
  }
  for (Progress& p : fresh.recipients) take_up_tried(p, is_mine);
  record_ = std::move(fresh);
}

// Teleport has lost the record, or never got it. What was only put down and surely not started is not
// to be looked for.
Record Actor::what_vanished() {
  Record known = record_;
  for (Progress& p : known.recipients) {
    const Attempt& attempt = attempts_[p.id];
    if (!attempt.running && !attempt.unsure && !attempt.begun) p.trying.clear();
  }
  return known;
}

// This process is at a step for a recipient, or has an answer that is not on record, and the record
// came to say `theirs`. What another replica told or tried meanwhile is looked for after that: whose
// edit came last nobody knows, and what was posted is found, not posted again.
Progress Actor::laid_over(const Progress& theirs, Progress mine, bool is_mine) {
  Attempt& attempt = attempts_[mine.id];
  if (attempt.marked && !is_mine) mine.trying.clear();  // lost the swap
  for (const std::string& step : theirs.afterwards) look_afterwards(mine, step);
  // An announcement that this process made since takes an expiry back.
  const bool taken_back = theirs.told == kExpired && mine.announced && !theirs.announced;
  if (later(theirs.told, mine.told) && !taken_back) {
    look_afterwards(mine, Step{.kind = Step::Kind::kFinal, .outcome = theirs.told}.name());
  }
  if (!is_mine && !theirs.trying.empty()) {
    if (!attempt.running && theirs.trying == mine.trying) {
      attempt.unsure = true;
    } else {
      look_afterwards(mine, theirs.trying);
    }
  }
  if (theirs.announced && !mine.announced) mine.given_up.clear();  // the other one got through
  mine.announced |= theirs.announced;
  mine.reported |= theirs.reported;
  mine.reviews = std::max(mine.reviews, theirs.reviews);
  if (mine.receipt.empty()) mine.receipt = theirs.receipt;
  if (mine.message.empty()) mine.message = theirs.message;
  return mine;
}

// What is on record as tried, and is not what this process is at or has only put there, may have been
// done: by another replica, by a former life, or by an actor before this one.
void Actor::take_up_tried(Progress& p, bool is_mine) {
  Attempt& attempt = attempts_[p.id];
  if (!is_mine) attempt.marked = false;  // what we meant to put on record lost the swap
  const bool by_another = !attempt.running && !attempt.marked && attempt.fact == 0;
  if (!p.trying.empty() && by_another) attempt.unsure = true;
  if (p.trying.empty() && !attempt.running) attempt.unsure = false;
  if (!attempt.running && !attempt.unsure) look_now(p);
}

// The latest end first, then the others as they came.
void Actor::look_afterwards(Progress& p, const std::string& name) {
  const auto step = Step::parse(name);
  if (!step || std::ranges::count(p.afterwards, name) > 0) return;
  const auto first = p.afterwards.empty() ? std::nullopt : Step::parse(p.afterwards.front());
  const bool goes_first = first && later(step->outcome, first->outcome);
  p.afterwards.insert(goes_first ? p.afterwards.begin() : p.afterwards.end(), name);
}

// Nothing else of this recipient is to be looked for before. An end that is begun here stays on record
// as tried, unless another replica told the same meanwhile, or a later one.
void Actor::look_now(Progress& p) {
  std::erase_if(p.afterwards, [&p](const std::string& name) {
    const auto step = Step::parse(name);
    return !step || !p.given_up.empty() || is_done(*step, p);
  });
  if (p.afterwards.empty()) return;
  const auto begun = Step::parse(p.trying);
  if (begun && later(begun->outcome, Step::parse(p.afterwards.front())->outcome)) return;
  p.trying = p.afterwards.front();
  p.afterwards.erase(p.afterwards.begin());
  attempts_[p.id].unsure = true;
}

// ---- Life ----

notify::Task<> Actor::live(std::shared_ptr<Actor> actor) {
  Actor& a = *actor;
  while (a.readable_) {
    a.next_look_ = TimePoint::max();
    if (!a.base_) {
      const bool loaded = co_await a.load();
      if (loaded) continue;
      if (a.may_stop()) break;
      co_await a.pause();
      continue;
    }
    co_await a.route();
    const auto steps = a.due();
    if (steps.empty()) {
      a.keep_or_return_claim();
    } else {
      a.claim_for(steps);
    }
    if (!steps.empty() || a.worth_writing()) {
      const Actor::Saved saved = co_await a.save();
      if (saved == Actor::Saved::kAgainLater) {
        if (a.may_stop()) break;
        co_await a.pause();
      }
      if (saved != Actor::Saved::kYes) continue;
    }
    if (!steps.empty()) {
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

// The daemon is to end, the record can't be read or written, and it lacks nothing.
bool Actor::may_stop() const { return lane_.stopping_ && running_count_ == 0 && all_recorded(); }

// ---- The record ----

notify::Task<bool> Actor::load() {
  const Result<PluginEntry> entry = co_await lane_.records_.read(id_, lane_.name());
  if (entry.ok()) {
    adopt(*entry);
    co_return true;
  }
  if (entry.error().code == Errc::kInvalid) {
    leave_alone(entry.error());
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
      return Saved::kAgainNow;
    case Errc::kDenied:
      lane_.record_denied(error);
      wake_in(kDeniedRetry);
      return Saved::kAgainLater;
    case Errc::kInvalid: {
      if (!std::exchange(short_record_, true)) return Saved::kAgainNow;
      const bool said = std::exchange(refusal_said_, true);
      lane_.log_.say(said ? Severity::kDebug : Severity::kError,
                     "Teleport refuses the record of this request, trying again", fields);
      leave_lines();  // it is this one's own trouble: others may be able to go on
      wake_in(kDeniedRetry);
      return Saved::kAgainLater;
    }
    case Errc::kConflict:
      lane_.log_.debug("somebody else wrote the record, reading it again", fields);
      base_.reset();
      if (record_failures_++ == 0) return Saved::kAgainNow;
      wake_in(record_backoff(kConflictCap));
      return Saved::kAgainLater;
    default:
      // The answer may have been lost after the write: what is there must be read, not guessed.
      lane_.log_.debug("writing the record failed, trying again", fields);
      base_.reset();
      wake_in(record_backoff(kRecordRetryCap));
      return Saved::kAgainLater;
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

}  // namespace notifyd::delivery
