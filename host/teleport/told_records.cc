#include "teleport/told_records.h"

#include <algorithm>

namespace notifyd::teleport {

// They come in order of their IDs, as far as is known; nothing promises it.
void ToldRecords::seal() {
  if (!std::ranges::is_sorted(all_, {}, &Entry::id)) std::ranges::sort(all_, {}, &Entry::id);
}

std::optional<Told> ToldRecords::find(const PackedId& id) const {
  const auto found = std::ranges::lower_bound(all_, id, {}, &Entry::id);
  if (found == all_.end() || found->id != id) return std::nullopt;
  return found->told;
}

std::optional<Told> ToldRecords::find(const std::string& id) const {
  const std::optional<PackedId> packed = pack(id);
  return packed ? find(*packed) : std::nullopt;
}

}  // namespace notifyd::teleport
