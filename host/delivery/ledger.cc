#include "delivery/ledger.h"

#include <algorithm>
#include <utility>

#include "delivery/records_denied.h"

namespace notifyd::delivery {
namespace {

constexpr Millis kRetryBase{500};
constexpr Millis kRetryCap{10'000};
constexpr Millis kConflictCap{2'000};  // who lost a swap reads and is up to date again
constexpr Millis kDeniedRetry{60'000};
constexpr std::chrono::hours kUnrecordedFor{24};

// What is short is written at once, what is long at 16 KB a second.
constexpr std::size_t kShort = 8'192;
constexpr std::size_t kBytesPerMs = 16;
constexpr Millis kLongestPause{5'000};

std::size_t bytes(const RecordText& text) {
  std::size_t sum = 0;
  for (const auto& [key, value] : text) sum += key.size() + value.size();
  return sum;
}

Millis pause_after(const Change& written) {
  const std::size_t sum = bytes(written.set) + bytes(written.expect);
  return sum <= kShort ? Millis(0) : std::min(Millis(sum / kBytesPerMs), kLongestPause);
}

RecordText without_empty(RecordText text) {
  std::erase_if(text, [](const auto& item) { return item.second.empty(); });
  return text;
}

}  // namespace

// ---- Reading ----

notify::Task<std::optional<RecordText>> Ledger::read(bool stopping) {
  Result<RecordText> text = co_await around_.records.read(id_, around_.instance);
  if (text.ok()) co_return *std::move(text);
  if (text.error().code == Errc::kDamaged) {
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

Hands Ledger::adopt(RecordText text, Hands hands) {
  Result<Record> theirs = decode(text);
  text_ = std::move(text);
  if (!theirs.ok()) {
    unreadable_ = std::move(theirs).error();
    return hands;
  }
  recorded_claim_ = theirs->claim;
  if (!theirs->excess.empty() && around_.too_long.insert(id_).second) {
    around_.log.warn("the record of this request is too long, the rest of it is left as it is",
                     {{"request", id_}, {"left", theirs->excess}});
  }
  Standing merged = merge(*theirs, {std::move(record_), std::move(hands)}, around_.options.owner);
  record_ = std::move(merged.record);
  return std::move(merged.hands);
}

// ---- Writing ----

notify::Task<Ledger::Saved> Ledger::save(bool stopping) {
  if (reason_ != Reason::kWhole) record_.request.reason.clear();
  if (record_.empty()) co_return Saved::kYes;
  RecordText now = encode(record_, *text_);
  const Change change = difference(*text_, now);
  const Claim claim = record_.claim;
  if (!change.empty() && !unrecorded()) {
    const Result<> done =
        co_await around_.records.write(id_, around_.instance, change.set, change.expect);
    if (!done.ok()) co_return not_saved(done.error(), stopping);
    around_.denied.written();
    bytes_ = our_bytes(now);
    next_write_ = around_.engine.now() + pause_after(change);
    text_ = without_empty(std::move(now));
  }
  recorded_claim_ = claim;
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

void Ledger::keep(const model::AccessRequest& request) { record_.request = kept(request); }

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

void Ledger::go_on_without(const Hands& hands, std::size_t reviews) {
  if (!unrecorded()) unrecorded_until_ = around_.engine.now() + kUnrecordedFor;
  const Claim& last = recorded_claim_;
  if (last.owner == around_.options.owner && now_ms() < last.until_ms) return;
  std::erase_if(record_.recipients, [&hands](const Progress& p) {
    const bool is_edit = p.announced && p.to.audience == Audience::kReviewer;
    const auto hand = hands.find(p.to.id);
    return !is_edit && (hand == hands.end() || !under_way(hand->second.stage));
  });
  for (Progress& p : record_.recipients) p.reviews = reviews;
}

}  // namespace notifyd::delivery
