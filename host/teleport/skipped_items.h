// SkippedItems: counts the items of lists and streams that could not be read, and names each once
// in the log; also those of which only part was read.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "base/log.h"
#include "teleport/types.h"

namespace notifyd::teleport {

enum class SkippedItem { kRequest, kEvent, kRecord };

class SkippedItems {
 public:
  // So many are named. Who can make one that is no good can make many.
  static constexpr std::size_t kMostNamed = 1000;

  explicit SkippedItems(Log log) : log_(std::move(log)) {}

  // `id` as it came: the ID of the request, or "".
  void add(SkippedItem what, const std::string& id);

  // Says so if there is more of the request than the host keeps.
  void look_at(const AccessRequest& request);

  // How often an item was skipped; the same one is skipped in every list.
  std::uint64_t count() const { return count_; }

 private:
  Log log_;
  std::uint64_t count_ = 0;
  std::set<std::pair<SkippedItem, std::string>> named_;
  std::set<std::string> shortened_;
};

}  // namespace notifyd::teleport
