// Plugin data, of which only one plugin's entries are read.
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <utility>

#include "teleport/convert.h"
#include "teleport/wire_item.h"

namespace notifyd::teleport {
namespace {

using Member = WireReader::Member;

struct KeyValue {
  std::string key, value;
  bool fits = true;
};

// False: it is broken.
bool read_pair(WireReader& reader, KeyValue& pair) {
  return reader.enter([&](const Member& member) {
    if (member.size > kMaxEntry) pair.fits = false;
    if (member.is_bytes(1)) pair.key = reader.take(kMaxEntry);
    if (member.is_bytes(2)) pair.value = reader.take(kMaxEntry);
  });
}

// nullopt: it is broken, or holds more than a record of ours.
std::optional<PluginEntry> to_entry(const std::string& bytes) {
  google::protobuf::io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  WireReader reader(in, bytes.size());
  PluginEntry entry;
  bool good = true;
  while (const auto member = reader.next()) {
    if (!member->is_bytes(1) || !good) continue;
    KeyValue pair;
    good = read_pair(reader, pair);
    entry.insert_or_assign(std::move(pair.key), std::move(pair.value));
    good = good && entry.size() <= kMaxEntryKeys;
  }
  if (!good || reader.broken()) return std::nullopt;
  return entry;
}

// A record, the member that the reader stands at. The entries of others may be what they like.
void add_record(RecordList& list, WireReader& reader, const std::string& plugin) {
  WireItem item;
  bool good = false;
  std::optional<KeyValue> ours;
  const auto read_spec = [&] {
    bool pairs = true;
    const bool spec = reader.enter([&](const Member& member) {
      KeyValue named;
      if (!member.is_bytes(1)) return;
      pairs = read_pair(reader, named) && pairs;
      if (named.key == plugin) ours = std::move(named);
    });
    good = spec && pairs;
  };
  const bool whole = reader.enter(ItemReader(reader, item, read_spec));
  auto entry = ours && ours->fits ? to_entry(ours->value) : std::nullopt;
  if (!whole || !good || !is_good_id(item.id) || (ours && !entry)) {
    list.unreadable.push_back(std::move(item.id));
  } else if (entry) {
    list.entries.insert_or_assign(std::move(item.id), std::move(*entry));
  }
}

}  // namespace

std::optional<RecordList> to_records(WireReader& answer, const std::string& plugin) {
  RecordList out;
  while (const auto member = answer.next()) {
    if (member->is_bytes(1)) add_record(out, answer, plugin);
  }
  if (answer.broken()) return std::nullopt;
  return out;
}

}  // namespace notifyd::teleport
