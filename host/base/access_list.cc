#include "base/access_list.h"

#include <cstddef>
#include <limits>

namespace notifyd {
namespace {

constexpr std::size_t kHeader = 4;
constexpr std::size_t kEntry = 8;
constexpr std::uint32_t kVersion = 2;
constexpr std::uint16_t kAll = 7;

// Little-endian, whatever the machine is.
std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

}  // namespace

AccessList unknown_access_list() {
  return {{AccessEntry::Whose::kGroup, kAll, std::numeric_limits<std::uint32_t>::max()}};
}

AccessList parse_access_list(std::string_view attribute) {
  if (attribute.size() < kHeader || (attribute.size() - kHeader) % kEntry != 0) {
    return unknown_access_list();
  }
  if (number(attribute.substr(0, kHeader)) != kVersion) return unknown_access_list();
  AccessList list;
  for (attribute.remove_prefix(kHeader); !attribute.empty(); attribute.remove_prefix(kEntry)) {
    list.push_back({AccessEntry::Whose(number(attribute.substr(0, 2))),
                    static_cast<std::uint16_t>(number(attribute.substr(2, 2))),
                    number(attribute.substr(4, 4))});
  }
  return list;
}

}  // namespace notifyd
