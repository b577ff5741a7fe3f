// Record: what was done for one Access Request by one instance. It lives in the request's plugin
// data in Teleport, written by compare-and-swap: the only durable state there is.
//
// Two programs read it. teleport-slack knows user, roles, resources, request_reason, reviews_count,
// resolution, resolve_reason and messages ("channel/ts,..."), in its own encodings, and may have
// written them before us or take over after us. What it has no key for is in `notifyd`, one JSON
// object:
//
//   {"v":1,
//    "claim":{"by":"host-1234-5e1f","until":1700000000000},   Unix ms; absent: nobody's
//    "to":[{"id":"U123","as":"bob@example.com",               recipient, and how it was named
//           "who":1,                                          audience, absent: reviewer
//           "rc":"D9/17.1;r=1","msg":"D9/17.1",               receipt and message of the module
//           "ok":1,                                           announced
//           "n":1,"st":"APPROVED",                            reviews told, end told
//           "try":"final:APPROVED",                           under way when this was written
//           "then":["review:0"],                              to be looked for after that
//           "bad":"no such channel","rep":1}],                given up, and why; the fallback knows
//    "routed":0}                                              absent: it is known whom it concerns
//
// A record with `messages` and without `notifyd` is teleport-slack's: its messages are taken over.
// One without messages was never announced (teleport-slack writes it before it posts).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "teleport/types.h"

namespace notifyd::delivery {

// The end of a request as the record and Slack name it: "" while it has none.
using Outcome = std::string;
inline constexpr char kExpired[] = "EXPIRED";
Outcome outcome_of(teleport::State state);

struct Progress {
  std::string id, label;
  std::uint32_t audience = 0;  // NOTIFY_TO_...
  std::string receipt, message;
  bool announced = false;
  std::size_t reviews = 0;  // how many were told, in the order they came in
  Outcome told;             // the end that was told
  std::string trying;       // step that may have been done though its answer is not here
  // Other steps that may have been done, to be looked for when `trying` is over: another replica's,
  // or a reply that lets the end pass since its thread can't be read.
  std::vector<std::string> afterwards;
  std::string given_up;   // why nothing more is tried
  bool reported = false;  // the fallback was told so

  bool operator==(const Progress&) const = default;
};

struct Claim {
  std::string owner;
  std::int64_t until_ms = 0;

  // A claim that ends later than `longest_ms` from now was made before a clock was set back.
  bool held_by_other(const std::string& me, std::int64_t now_ms, std::int64_t longest_ms) const {
    return !owner.empty() && owner != me && now_ms < until_ms && until_ms - now_ms <= longest_ms;
  }
  bool operator==(const Claim&) const = default;
};

struct Record {
  // Kept of the request, so that its messages can be drawn when Teleport has it no more.
  std::string user, reason, resolve_reason;
  std::vector<std::string> roles, resources;

  bool routed = false;  // the recipients are known (perhaps none)
  std::vector<Progress> recipients;
  Claim claim;

  bool empty() const { return !routed && recipients.empty(); }
  Progress* find(const std::string& id);
  bool operator==(const Record&) const = default;
};

// Errors (kInvalid): written by a newer version than this, or damaged. It must then be left alone.
Result<Record> decode(const teleport::PluginEntry& entry);

// `was` is the entry as read: keys that we don't know stay, and messages keep their order.
teleport::PluginEntry encode(const Record& record, const teleport::PluginEntry& was);

// What to `set` so that `was` becomes `now`, and what to `expect` of exactly those keys.
struct Change {
  teleport::PluginEntry set, expect;
  bool empty() const { return set.empty(); }
};
Change difference(const teleport::PluginEntry& was, const teleport::PluginEntry& now);

}  // namespace notifyd::delivery
