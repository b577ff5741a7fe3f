// What the items of Teleport's lists and events have in common.
#pragma once

#include <string>

#include "teleport/wire_reader.h"

namespace notifyd::teleport {

// An Access Request, a record of plugin data, or the header of what was deleted, before its spec is
// looked at: a broken spec does not hide whose it is.
struct WireItem {
  std::string kind;
  std::string id;  // "" where it cannot be read
};

bool is_good_id(const std::string& id);

// What to do with the members of an item.
template <class ReadSpec>
class ItemReader {
 public:
  // `read_spec()` is called where the reader stands at the spec.
  ItemReader(WireReader& reader, WireItem& item, ReadSpec read_spec)
      : reader_(reader), item_(item), read_spec_(read_spec) {}

  void operator()(const WireReader::Member& member) const;

 private:
  WireReader& reader_;
  WireItem& item_;
  ReadSpec read_spec_;
};

// Parts of an item, as members 1 and 4 have them.
std::string read_kind(WireReader& reader);
std::string read_id(WireReader& reader);

template <class ReadSpec>
void ItemReader<ReadSpec>::operator()(const WireReader::Member& member) const {
  if (member.is_bytes(1)) item_.kind = read_kind(reader_);
  if (member.is_bytes(4)) item_.id = read_id(reader_);
  if (member.is_bytes(5)) read_spec_();
}

}  // namespace notifyd::teleport
