// What a record says at a glance: of most records of a cluster nothing is to be done, and they need
// neither be decoded nor kept until their requests are listed.
#pragma once

#include <optional>

#include "teleport/told_records.h"

namespace notifyd::delivery {

// How a request may be without anything being left to do for it by this record; if it ended, it may
// be gone as well. nullopt: something may be left, or the record is not as simple as most are: with
// a claim, a step that is tried, a recipient that was given up or a digest its case looks at it.
// Knows a part of the format (record_codec.h), and may take for told what decode() calls damaged:
// nothing is done then in either case. Pure, any thread.
std::optional<teleport::Told> told_to_all(const teleport::EntryView& entry);

}  // namespace notifyd::delivery
