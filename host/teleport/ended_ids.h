// EndedIds: a set of IDs for very many that come in order and are seldom asked for: 16 bytes each.
//
// [engine thread]
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "teleport/packed_id.h"

namespace notifyd::teleport {

class EndedIds {
 public:
  // False: it is none that can be packed, and has to be kept elsewhere.
  bool add(const std::string& id) {
    const auto packed = pack(id);
    if (!packed) return false;
    sorted_ = sorted_ && (ids_.empty() || ids_.back() < *packed);
    ids_.push_back(*packed);
    return true;
  }

  bool contains(const std::string& id) {
    const auto packed = pack(id);
    if (!packed) return false;
    if (!std::exchange(sorted_, true)) std::ranges::sort(ids_);
    return std::ranges::binary_search(ids_, *packed);
  }

 private:
  std::vector<PackedId> ids_;
  bool sorted_ = true;
};

}  // namespace notifyd::teleport
