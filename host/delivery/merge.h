// merge(): combines a record that came to say something else with what this process did since it
// read or wrote the record last. Pure: no clock, no network, no state.
#pragma once

#include <string>
#include <unordered_map>

#include "delivery/attempt.h"
#include "delivery/record.h"

namespace notifyd::delivery {

// What this process has to say of one recipient.
struct Hand {
  Stage stage = Stage::kIdle;
  // An answer came that the record lacks. Comparing records does not tell: an answer may change
  // nothing in them, and what changes in them may be no answer.
  bool news = false;

  bool operator==(const Hand&) const = default;
};
using Hands = std::unordered_map<std::string, Hand>;  // by recipient; none: idle, no news

// A record, and where its recipients' steps stand in this process.
struct Standing {
  Record record;
  Hands hands;
};

// `theirs` is the record as it is now, `mine` what this process made of it as it was before, and
// `me` its name in claims.
//
// Of a recipient that this process has no news of, theirs holds, and what it has as tried is
// doubtful here. Where this process is at a step, or has an answer that is not on record, mine
// holds; what somebody else told or tried meanwhile is searched for after that: whose edit came
// last nobody knows, and what was posted is found, not posted again.
Standing merge(const Record& theirs, Standing mine, const std::string& me);

}  // namespace notifyd::delivery
