// Ledger: the record of one case: read, merged, written, and what holds when it cannot be.
//
// What keeps deliveries right when anything dies at any point:
//  * Before a step is started the record says so: the claim and what is tried, in one
//    compare-and-swap. What is on record as tried and has no answer may have been done.
//  * While a claim runs, other replicas start nothing. It is renewed while steps are under way. Who
//    lost it all the same (Teleport was away) leaves it to the one who has it now.
//  * A lost compare-and-swap, and a write whose answer was lost, end the same way: the record is
//    read again and merged with what was done since.
//
// [engine thread]
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/backoff.h"
#include "base/engine.h"
#include "base/log.h"
#include "base/retry.h"
#include "delivery/merge.h"
#include "delivery/options.h"
#include "delivery/record_codec.h"
#include "delivery/record_limits.h"
#include "model/access_request.h"
#include "teleport/auth.h"

namespace notifyd::delivery {

class RecordsDenied;

class Ledger {
 public:
  // What all ledgers of a lane share.
  struct Surroundings {
    Engine& engine;
    teleport::PluginData& records;
    const DeliveryOptions& options;
    Jitter& jitter;
    RecordsDenied& denied;
    const std::string& instance;
    const Log& log;                             // names the instance
    std::unordered_set<std::string>& too_long;  // requests whose records were named as that
  };
  // Both outlive the ledger: tens of thousands may wait, and each keeps only what is its own.
  Ledger(const Surroundings& around, const std::string& request_id)
      : around_(around), id_(request_id) {}

  // What holds as far as this process knows; not all of it may be on record yet.
  Record& record() { return record_; }
  const Record& record() const { return record_; }

  // ---- Reading ----
  bool loaded() const { return text_.has_value(); }
  // Null: it is well. Else why it is not ours to change: nothing is sent for this request.
  const Error* unreadable() const { return unreadable_ ? &*unreadable_ : nullptr; }
  // Nothing: try again at retry_at(), unless it is unreadable.
  notify::Task<std::optional<RecordText>> read(bool stopping);
  // The record as it was read, merged with what this process did. Gives what follows from it for
  // all recipients.
  Hands adopt(RecordText text, Hands hands);

  // ---- Writing ----
  enum class Saved {
    kYes,         // the record is as this process has it
    kAgainNow,    // not written: look again, reading the record first if it was lost to another
    kAgainLater,  // likewise, at retry_at()
    kRefused,     // likewise, and it is this record's own trouble: others may be able to go on
    kVanished,    // Teleport has neither the request nor its record any more
  };
  notify::Task<Saved> save(bool stopping);
  TimePoint retry_at() const { return retry_.not_before(); }
  // A long record is not written for each answer: those that come until then are written together.
  // Until they are, the record has their steps as tried.
  TimePoint next_write() const { return next_write_; }
  // It takes nobody new.
  bool full() const { return bytes_ >= limits::kRecipientBytes; }

  bool claim_changed() const { return record_.claim != recorded_claim_; }

  // What the record keeps of a request, for when Teleport has it no more.
  void keep(const model::AccessRequest& request);

  // ---- Claims ----
  bool held_by_other() const;
  bool claim_is_mine() const { return record_.claim.owner == around_.options.owner; }
  Millis claim_left() const;
  void claim();                           // or renew it, when a third of it is over
  void give_back_claim();                 // at once
  void give_back_claim_in(Millis delay);  // what was sent last can't be seen by others yet

  // ---- Without a record ----
  // The request has ended while nothing could be sent, and has no record by now. What was announced
  // is to show the end all the same, though not for ever. Without a record nobody is kept off, so
  // unless the last claim was ours only what may be done twice is done: no reply (all `reviews`
  // count as told), and no message to anybody new but those whose step is under way.
  void go_on_without(const Hands& hands, std::size_t reviews);
  bool unrecorded() const { return unrecorded_until_.has_value(); }
  bool gives_up() const { return unrecorded() && around_.engine.now() >= *unrecorded_until_; }

 private:
  Saved not_saved(const Error& error, bool stopping);
  void try_again(Millis cap, bool stopping);
  std::int64_t now_ms() const { return unix_ms(around_.engine.wall()); }

  const Surroundings& around_;
  const std::string& id_;

  Record record_;
  std::optional<RecordText> text_;  // as last read or written; none: read it
  Claim recorded_claim_;            // in it
  std::size_t bytes_ = 0;           // of our key, as last written
  TimePoint next_write_{};
  std::optional<Error> unreadable_;
  Retry retry_;
  enum class Reason { kWhole, kLeftOut, kLeftOutInVain } reason_ = Reason::kWhole;
  std::optional<TimePoint> unrecorded_until_;
};

}  // namespace notifyd::delivery
