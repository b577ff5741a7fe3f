// ToldRecords: the records of a listing that owe nothing to anybody while their requests stay as
// they say. Most records of a big cluster are such, and this is all that is kept of them: 24 bytes.
//
// Made and asked on gRPC's threads, and asked on the engine's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/end.h"
#include "teleport/packed_id.h"

namespace notifyd::teleport {

// A request that ended like this (kNone: that waits) and has no more reviews than these is at rest.
struct Told {
  model::End end = model::End::kNone;
  std::uint32_t reviews = 0;

  bool operator==(const Told&) const = default;
};

// One plugin's entry where it lies. Of two with one key the last counts.
using EntryView = std::vector<std::pair<std::string_view, std::string_view>>;

// What a record has told, or nullopt where it may owe something, so that all of it is kept. Called
// on any thread.
using ToldTest = std::function<std::optional<Told>(const EntryView&)>;

class ToldRecords;
// Of one plugin. Nothing changes them once they are sealed: any thread.
using ToldRecordsPtr = std::shared_ptr<const ToldRecords>;
using AllTold = std::vector<ToldRecordsPtr>;  // of all plugins

// A request as it is now, of which no record owes anything.
struct Settled {
  PackedId id;
  Told now;
};

class ToldRecords {
 public:
  void add(const PackedId& id, const Told& told) { all_.push_back({id, told}); }
  // Once all are in, and before the rest is asked.
  void seal();

  std::optional<Told> find(const PackedId& id) const;
  std::optional<Told> find(const std::string& id) const;
  // The IDs of those that wait for a decision.
  template <class Visit>
  void visit_waiting(Visit visit) const {
    for (const Entry& entry : all_) {
      if (entry.told.end == model::End::kNone) visit(unpack(entry.id));
    }
  }
  std::size_t size() const { return all_.size(); }

 private:
  struct Entry {
    PackedId id;
    Told told;
  };
  std::vector<Entry> all_;
};

}  // namespace notifyd::teleport
