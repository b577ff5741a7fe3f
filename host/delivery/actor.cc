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

}  // namespace notifyd::delivery
