#include "teleport/wire_scan.h"

#include <optional>

namespace notifyd::teleport {
namespace {

enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Takes it off the front.
std::optional<std::uint64_t> take_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if (byte < 0x80U) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> take(std::string_view& rest, std::uint64_t size) {
  if (size > rest.size()) return std::nullopt;
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

// What follows a tag. Groups make no sense: Teleport has none.
std::optional<std::string_view> take_value(std::string_view& rest, std::uint64_t wire_type) {
  switch (wire_type) {
    case kVarint:
      return take_varint(rest) ? std::optional<std::string_view>("") : std::nullopt;
    case kFixed64:
      return take(rest, 8);
    case kFixed32:
      return take(rest, 4);
    case kBytes: {
      const auto size = take_varint(rest);
      return size ? take(rest, *size) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string_view scan_for(std::uint32_t number, std::string_view message) {
  const std::uint64_t wanted = static_cast<std::uint64_t>(number) << 3U | kBytes;
  while (const auto tag = take_varint(message)) {
    const auto value = take_value(message, *tag & 7U);
    if (!value) break;
    if (*tag == wanted) return *value;
  }
  return "";
}

}  // namespace notifyd::teleport
