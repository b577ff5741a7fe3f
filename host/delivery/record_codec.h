// The text of a record, and the only place where steps and ends are written as text and read again.
//
// Two programs read it. teleport-slack knows user, roles, resources, request_reason, reviews_count,
// resolution, resolve_reason and messages ("channel/ts,..."), in its own encodings, and may have
// written them before us or take over after us. What it has no key for is in `notifyd`, one JSON
// object:
//
//   {"v":1,
//    "req":{...},                                          of the request (kept_request_codec.h)
//    "claim":{"by":"host-1234-5e1f","until":1700000000000},   Unix ms; absent: nobody's
//    "to":[{"id":"U123","as":"bob@example.com",               recipient, and how it was named
//           "who":1,                                          audience, absent: reviewer
//           "rc":"D9/17.1;r=1","msg":"D9/17.1",               receipt and message of the module
//           "dig":"0191-a@1700000000",                        stands in this digest (digests.h)
//           "ok":1,                                           announced
//           "n":1,"st":"APPROVED",                            reviews told, end told
//           "try":"final:APPROVED",                           under way when this was written
//           "then":["review:0"],                              to be looked for after that
//           "bad":"no such channel","rep":1,                  refused, and why; the fallback knows
//           "end":1}],                                        and nothing more is tried
//    "routed":0}                                              absent: it is known whom it concerns
//
// Anybody may have written it who may write plugin data in the cluster: it is read as what was done
// and never as what is to be done (invited.h), and within the limits of record_limits.h.
//
// A record with `messages` and without `notifyd` is teleport-slack's: its messages are taken over.
// One without messages was never announced (teleport-slack writes it before it posts).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "delivery/record.h"

namespace notifyd::delivery {

// One plugin's keys and values. A key that is not there counts as "".
using RecordText = std::map<std::string, std::string>;

// Errors (kInvalid): written by a newer version than this, damaged, or larger than any that this
// program writes. It must then be left alone. How much is read is in record_limits.h; a record of
// many thousand entries takes no longer than one that is as long as it may be.
Result<Record> decode(const RecordText& text);

// `was` is the text as read: keys that we don't know stay, and messages keep their order.
RecordText encode(const Record& record, const RecordText& was);

// Of the key `notifyd`.
std::size_t our_bytes(const RecordText& text);

// What to `set` so that `was` becomes `now`, and what to `expect` of exactly those keys.
struct Change {
  RecordText set, expect;
  bool empty() const { return set.empty(); }
};
Change difference(const RecordText& was, const RecordText& now);

// "announce", "review:0", "final:DENIED" (the end), "given-up:C1": in `try` and `then`, and the
// last part of notify_event.key. Messages in Slack carry them, so they never change.
std::string name_of(const Step& step);
std::optional<Step> parse_step(std::string_view name);

// "APPROVED"; "" for End::kNone and for what is no end.
std::string_view name_of(End end);
End parse_end(std::string_view name);

}  // namespace notifyd::delivery
