// Record: what was done for one subject by one instance. It lives in the request's plugin data in
// Teleport, written by compare-and-swap: the only durable state there is. How it is written there
// is in record_codec.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "delivery/kept_request.h"
#include "model/end.h"
#include "model/recipient.h"
#include "model/step.h"

namespace notifyd::delivery {

using model::Audience;
using model::End;
using model::Step;

// How far one recipient has got.
struct Progress {
  model::Recipient to;
  std::string receipt, message;
  std::string digest;  // the id of the digest that the announcement stands in; "": it stands alone
  bool announced = false;
  std::size_t reviews = 0;     // how many were told, in the order they came in
  End told = End::kNone;       // the end that was told
  std::optional<Step> trying;  // may have been done though its answer is not here
  // Other steps that may have been done, to be searched for when `trying` is over: another
  // replica's, or a reply that lets the end pass since its thread can't be read.
  std::vector<Step> to_search;
  std::string given_up;   // why it was refused; "": it was not, or got through since
  bool for_good = false;  // and nothing more is tried; else it is, now and then (unreachable.h)
  bool reported = false;  // the fallback was told so

  void got_through() {
    given_up.clear();
    for_good = reported = false;
  }
  bool operator==(const Progress&) const = default;
};

// Which replica works on the subject. Replicas compare wall clocks: see docs/reliability.md.
struct Claim {
  std::string owner;          // "": nobody
  std::int64_t until_ms = 0;  // Unix time

  // A claim that ends later than `longest_ms` from now was made before a clock was set back.
  bool held_by_other(const std::string& me, std::int64_t now_ms, std::int64_t longest_ms) const {
    return !owner.empty() && owner != me && now_ms < until_ms && until_ms - now_ms <= longest_ms;
  }
  bool operator==(const Claim&) const = default;
};

struct Record {
  KeptRequest request;

  bool routed = false;  // the recipients are known (perhaps none)
  std::vector<Progress> recipients;
  Claim claim;

  // Of teleport-slack's messages: those that are too many to be kept up to date from here, and
  // whether the key is left as it is for its length. In words, for the log: what is too much.
  std::vector<std::string> left_alone;
  bool keeps_messages = false;
  std::string excess;

  bool empty() const { return !routed && recipients.empty(); }
  Progress* find(const std::string& id);
  const Progress* find(const std::string& id) const;
  bool operator==(const Record&) const = default;

 private:
  // Where the recipients are, by id: as they were when it was made, so that each hit is looked at
  // again. A copy has its recipients elsewhere soon enough and makes its own.
  struct Places {
    Places() = default;
    Places(const Places&) {}
    Places(Places&&) = default;
    Places& operator=(const Places& other) {
      if (this != &other) by_id.clear();
      return *this;
    }
    Places& operator=(Places&&) = default;
    ~Places() = default;
    bool operator==(const Places&) const { return true; }

    std::unordered_map<std::string, std::size_t> by_id;
  };
  mutable Places places_;
};

// Whether the record has it as done, or as overtaken.
bool is_done(const Step& step, const Progress& recipient);

// What an answered step means for the record.
void mark_done(const Step& step, Record& record, Progress& recipient);

// `step` is to be searched for when what is tried now is over. The latest end comes first, then the
// others as they came.
void search_later(Progress& recipient, const Step& step);

// Moves the first step of `to_search` that is not done yet to `trying`. Only while no step of this
// recipient is under way or doubtful. False: there is none, or `trying` holds an end that overrules
// it.
bool take_up_search(Progress& recipient);

}  // namespace notifyd::delivery
