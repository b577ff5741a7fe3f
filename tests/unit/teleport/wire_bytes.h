// Messages as they are on Teleport's wire, put together byte by byte from its tables.
#pragma once

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstddef>
#include <string>

#include "teleport/wire_reader.h"

namespace notifyd::teleport {

// What `read(reader)` makes of a message.
template <class Read>
auto read_message(const std::string& bytes, Read read) {
  google::protobuf::io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  WireReader reader(in, bytes.size());
  return read(reader);
}

inline std::string varint(std::size_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7fU) | 0x80U);
  return bytes += static_cast<char>(value);
}

inline std::string varint_field(std::size_t number, std::size_t value) {
  return varint(number << 3U) + varint(value);
}

inline std::string field(std::size_t number, const std::string& bytes) {
  return varint(number << 3U | 2U) + varint(bytes.size()) + bytes;
}

// One entry of a map.
inline std::string pair_field(std::size_t number, const std::string& key,
                              const std::string& value) {
  return field(number, field(1, key) + field(2, value));
}

inline std::string request_bytes(const std::string& id, const std::string& more_metadata = "",
                                 const std::string& more_spec = "") {
  const std::string spec = field(1, "alice") + field(2, "editor") + varint_field(3, 1) + more_spec;
  return field(1, "access_request") + field(3, "v3") + field(4, field(1, id) + more_metadata) +
         field(5, spec);
}

// Metadata that tells the ID, and a spec whose second member is longer than what is left of it.
inline std::string request_without_readable_spec(const std::string& id) {
  return field(4, field(1, id)) + field(5, field(1, "alice") + "\x12\x7f");
}

inline std::string record_bytes(const std::string& id, const std::string& plugin,
                                const std::string& entry) {
  return field(1, "plugin_data") + field(2, "access_request") + field(4, field(1, id)) +
         field(5, pair_field(1, plugin, entry));
}

inline std::string put_event(const std::string& request) {
  return varint_field(1, 1) + field(14, request);
}

inline std::string delete_event(const std::string& id, const std::string& more_metadata = "") {
  return varint_field(1, 2) +
         field(2, field(1, "access_request") + field(4, field(1, id) + more_metadata));
}

}  // namespace notifyd::teleport
