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
std::optional<EntryView> view_of(const std::string& bytes) {
  google::protobuf::io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  WireReader reader(in, bytes.size());
  EntryView entry;
  bool good = true;
  while (const auto member = reader.next()) {
    if (!member->is_bytes(1) || !good) continue;
    std::string_view key, value;
    good = reader.enter([&](const Member& part) {
      if (part.is_bytes(1)) key = reader.look();
      if (part.is_bytes(2)) value = reader.look();
    });
    entry.emplace_back(key, value);
    good = good && entry.size() <= kMaxEntryKeys;
  }
  if (!good || reader.broken()) return std::nullopt;
  return entry;
}

void keep(RecordList& list, std::string id, const EntryView& entry, const ToldTest& told) {
  const auto packed = told ? pack(id) : std::nullopt;
  const auto says = packed ? told(entry) : std::nullopt;
  if (says) return list.told.add(*packed, *says);
  PluginEntry& kept = list.entries[std::move(id)];
  kept.clear();
  for (const auto& [key, value] : entry) kept.insert_or_assign(std::string(key), value);
}

// A record, the member that the reader stands at. The entries of others may be what they like.
void add_record(RecordList& list, WireReader& reader, const std::string& plugin,
                const ToldTest& told) {
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
  auto entry = ours && ours->fits ? view_of(ours->value) : std::nullopt;
  if (!whole || !good || !is_good_id(item.id) || (ours && !entry)) {
    list.unreadable.push_back(std::move(item.id));
  } else if (entry) {
    keep(list, std::move(item.id), *entry, told);
  }
}

}  // namespace

std::optional<RecordList> to_records(WireReader& answer, const std::string& plugin,
                                     const ToldTest& told) {
  RecordList out;
  while (const auto member = answer.next()) {
    if (member->is_bytes(1)) add_record(out, answer, plugin, told);
  }
  if (answer.broken()) return std::nullopt;
  out.told.seal();
  return out;
}

}  // namespace notifyd::teleport
