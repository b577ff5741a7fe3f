// The step computation: what is to be done for a request, from how it is now and what the record
// says was done. No clock, no network, no state: a table from (Situation, Record) to steps, and the
// whole of what "level, not edge" means here. Events, catch-up and restart all end in this
// function.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "delivery/record.h"

namespace notifyd::delivery {

// A request as it is now.
struct Situation {
  bool gone = false;          // Teleport has it no more
  Outcome outcome;            // how it ended, "" while pending. When gone: the last that was known
  std::size_t reviews = 0;    // how many there are
  bool seen_pending = false;  // by this process

  // How it ended, for everybody who asks: a decision that was made stays, whatever became of the
  // request later (access ends, the object is deleted); without one, gone means expired.
  Outcome end(const Record& record) const;

  // A decision is on record as told, or begun to be, that is not known here.
  bool outdated(const Record& record) const;
  // And the view that is missing is under way. What would be done before it comes would take the
  // decision back.
  bool behind(const Record& record) const { return !gone && outdated(record); }
};

// Which of two ends holds: a denial may overrule an approval and nothing overrules it; that a
// request expired is what is told until a decision is known.
bool later(const Outcome& end, const Outcome& than);

struct Step {
  enum class Kind { kAnnounce, kReview, kFinal, kGivenUp };
  Kind kind = Kind::kAnnounce;
  std::size_t review = 0;  // kReview: index of the review to tell
  Outcome outcome{};       // kFinal
  std::string lost{};      // kGivenUp: id of the recipient that was given up

  // As it stands in Progress::trying and in notify_event.key: "announce", "review:0",
  // "final:DENIED", "given-up:C1".
  std::string name() const;
  static std::optional<Step> parse(std::string_view name);
  bool operator==(const Step&) const = default;
};

// Whether the request still needs route(): it waits for a decision and nobody knows yet for whom.
bool needs_route(const Situation& now, const Record& record);

// The next step for one recipient, if any. The end comes before replies that are still owed: a
// thread that refuses replies must not keep the message on PENDING.
std::optional<Step> next_step(const Situation& now, const Record& record,
                              const Progress& recipient);

// Whether anything at all is left to do from here, claims and waiting times aside. Who is behind
// has nothing to do: the view that comes looks again.
bool anything_left(const Situation& now, const Record& record);

// Whether the record has it as done, or as overtaken.
bool is_done(const Step& step, const Progress& recipient);

// What an answered step means for the record.
void mark_done(const Step& step, Record& record, Progress& recipient);

}  // namespace notifyd::delivery
