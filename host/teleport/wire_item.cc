#include "teleport/wire_item.h"

#include "base/text.h"

namespace notifyd::teleport {
namespace {

constexpr std::size_t kMaxName = 256;  // an ID of Teleport's has 36

}  // namespace

bool is_good_id(const std::string& id) { return !id.empty() && mend_utf8(id) == id; }

std::string read_kind(WireReader& reader) { return reader.take(kMaxName); }

// What comes before the place that is broken can be read all the same. Longer than an ID can be:
// none.
std::string read_id(WireReader& reader) {
  std::string id;
  reader.enter([&](const WireReader::Member& member) {
    if (!id.empty() || !member.is_bytes(1) || member.size > kMaxName) return;
    id = reader.take(kMaxName);
    if (reader.broken()) id.clear();
  });
  return id;
}

}  // namespace notifyd::teleport
