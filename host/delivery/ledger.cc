#include "delivery/ledger.h"

#include <algorithm>
#include <utility>

namespace notifyd::delivery {
namespace {

constexpr Millis kRetryBase{500};
constexpr Millis kRetryCap{10'000};
constexpr Millis kConflictCap{2'000};  // who lost a swap reads and is up to date again
constexpr Millis kDeniedRetry{60'000};
constexpr std::chrono::hours kUnrecordedFor{24};

RecordText without_empty(RecordText text) {
  std::erase_if(text, [](const auto& item) { return item.second.empty(); });
  return text;
}

}  // namespace

void RecordsDenied::denied(const Error& error) {
  if (std::exchange(said_, true)) return;
  log_.error("records cannot be kept, so nothing can be announced", {{"error", error.message}});
}

void RecordsDenied::written() {
  if (std::exchange(said_, false)) log_.info("records can be kept again");
}

Ledger::Ledger(Surroundings around, std::string instance, std::string request_id)
    : around_(around), instance_(std::move(instance)), id_(std::move(request_id)) {}

// ---- Reading ----

notify::Task<std::optional<RecordText>> Ledger::read(bool stopping) {
  Result<RecordText> text = co_await around_.records.read(id_, instance_);
  if (text.ok()) co_return *std::move(text);
  if (text.error().code == Errc::kInvalid) {
    unreadable_ = std::move(text).error();
    co_return std::nullopt;
  }
  around_.log.debug("reading the record failed",
                    {{"request", id_}, {"error", text.error().message}});
  if (text.error().code == Errc::kDenied) {
    retry_.put_off(around_.engine.now() + kDeniedRetry);
  } else {
    try_again(kRetryCap, stopping);
  }
  co_return std::nullopt;
}

Ledger::Stages Ledger::adopt(RecordText text, Stages stages) {
  Result<Record> theirs = decode(text);
  text_ = std::move(text);
  if (!theirs.ok()) {
    unreadable_ = std::move(theirs).error();
    return stages;
  }
  const Standing mine{std::move(record_), std::move(stages)};
  Standing merged = merge(recorded_, *theirs, mine, around_.options.owner);
  record_ = std::move(merged.record);
  recorded_ = *std::move(theirs);
  return std::move(merged.stages);
}

// ---- Writing ----

notify::Task<Ledger::Saved> Ledger::save(bool stopping) {
  if (reason_ != Reason::kWhole) record_.reason.clear();
  if (record_.empty()) co_return Saved::kYes;
  RecordText now = encode(record_, *text_);
  const Change change = difference(*text_, now);
  Record written = record_;  // answers may come while it is being written
  if (!change.empty() && !unrecorded()) {
    const Result<> done = co_await around_.records.write(id_, instance_, change.set, change.expect);
    if (!done.ok()) co_return not_saved(done.error(), stopping);
    around_.denied.written();
    text_ = without_empty(std::move(now));
  }
  recorded_ = std::move(written);
  retry_ = Retry();
  co_return Saved::kYes;
}

Ledger::Saved Ledger::not_saved(const Error& error, bool stopping) {
  const Log::Fields fields = {{"request", id_}, {"error", error.message}};
  switch (error.code) {
    case Errc::kNotFound:
      around_.log.debug("Teleport has neither the request nor its record any more", fields);
      return Saved::kVanished;
    case Errc::kDenied:
      around_.denied.denied(error);
      retry_.put_off(around_.engine.now() + kDeniedRetry);
      return Saved::kAgainLater;
    case Errc::kInvalid: {
      if (std::exchange(reason_, std::max(reason_, Reason::kLeftOut)) == Reason::kWhole) {
        return Saved::kAgainNow;
      }
      const bool said = std::exchange(reason_, Reason::kLeftOutInVain) == Reason::kLeftOutInVain;
      around_.log.say(said ? Severity::kDebug : Severity::kError,
                      "Teleport refuses the record of this request, trying again", fields);
      retry_.put_off(around_.engine.now() + kDeniedRetry);
      return Saved::kRefused;
    }
    case Errc::kConflict: {
      around_.log.debug("somebody else wrote the record, reading it again", fields);
      text_.reset();
      const bool first = retry_.failures() == 0;
      try_again(kConflictCap, stopping);
      return first ? Saved::kAgainNow : Saved::kAgainLater;
    }
    default:
      // The answer may have been lost after the write: what is there must be read, not guessed.
      around_.log.debug("writing the record failed, trying again", fields);
      text_.reset();
      try_again(kRetryCap, stopping);
      return Saved::kAgainLater;
  }
}

void Ledger::try_again(Millis cap, bool stopping) {
  const Millis wait =
      around_.jitter.backoff(retry_.failures(), kRetryBase, stopping ? kRetryBase : cap);
  retry_.failed(around_.engine.now() + wait);
}

bool Ledger::has_news_of(const Progress& recipient, Stage stage) const {
  return has_news(recipient, stage, recorded_.find(recipient.to.id));
}

void Ledger::keep(const model::AccessRequest& request) {
  record_.user = request.user;
  record_.roles = request.roles;
  record_.resources = request.resources;
  record_.reason = request.reason;
  record_.resolve_reason = request.resolve_reason;
}

// ---- Claims ----

bool Ledger::held_by_other() const {
  const DeliveryOptions& options = around_.options;
  return record_.claim.held_by_other(options.owner, now_ms(), 2 * options.claim_time.count());
}

Millis Ledger::claim_left() const { return Millis(record_.claim.until_ms - now_ms()); }

void Ledger::claim() {
  const Millis whole = around_.options.claim_time;
  // One that seems to run for longer than any that is made now was made before the clock was set
  // back.
  const bool fresh = claim_is_mine() && claim_left() >= whole * 2 / 3 && claim_left() <= whole;
  if (!fresh) record_.claim = {around_.options.owner, now_ms() + whole.count()};
}

void Ledger::give_back_claim() { record_.claim = {}; }

void Ledger::give_back_claim_in(Millis delay) {
  record_.claim = {around_.options.owner, now_ms() + delay.count()};
}

// ---- Without a record ----

void Ledger::go_on_without(const Stages& stages, std::size_t reviews) {
  if (!unrecorded()) unrecorded_until_ = around_.engine.now() + kUnrecordedFor;
  const Claim& last = recorded_.claim;
  if (last.owner == around_.options.owner && now_ms() < last.until_ms) return;
  std::erase_if(record_.recipients, [&stages](const Progress& p) {
    const bool is_edit = p.announced && p.to.audience == Audience::kReviewer;
    const auto stage = stages.find(p.to.id);
    const bool under_way = stage != stages.end() && (stage->second == Stage::kDelivering ||
                                                     stage->second == Stage::kSearching);
    return !is_edit && !under_way;
  });
  for (Progress& p : record_.recipients) p.reviews = reviews;
}

}  // namespace notifyd::delivery
