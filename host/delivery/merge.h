// merge(): what holds when the record came to say something else than this process read or wrote
// last. A three-way merge, pure: no clock, no network, no state.
#pragma once

#include <string>
#include <unordered_map>

#include "delivery/attempt.h"
#include "delivery/record.h"

namespace notifyd::delivery {

// A record, and where its recipients' steps stand in this process. Who is not in `stages` is idle.
struct Standing {
  Record record;
  std::unordered_map<std::string, Stage> stages;

  Stage stage(const std::string& recipient) const;
  bool operator==(const Standing&) const = default;
};

// Whether `mine` says more than the record, which has it as `base` (null: not at all). That a step
// is intended is no news: it is not started before it is written.
bool has_news(const Progress& mine, Stage stage, const Progress* base);

// `base` is the record as this process read or wrote it last, `theirs` as it is now, `mine` what
// this process makes of it, and `me` its name in claims.
//
// Of a recipient that this process has no news of, theirs holds, and what it has as tried is
// doubtful here. Where this process is at a step, has begun an end, or has an answer that is not on
// record, mine holds; what somebody else told or tried meanwhile is looked for after that: whose edit came last
// nobody knows, and what was posted is found, not posted again.
Standing merge(const Record& base, const Record& theirs, const Standing& mine,
               const std::string& me);

}  // namespace notifyd::delivery
