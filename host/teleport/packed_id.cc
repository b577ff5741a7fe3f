#include "teleport/packed_id.h"

#include <cstddef>
#include <string_view>

namespace notifyd::teleport {
namespace {

constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kDigitsInHalf = 16;

}  // namespace

std::optional<PackedId> pack(const std::string& id) {
  if (id.size() != kShape.size()) return std::nullopt;
  PackedId packed{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '-') {
      if (id[i] != '-') return std::nullopt;
      continue;
    }
    const std::size_t digit = kDigits.find(id[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    std::uint64_t& half = packed[digits++ / kDigitsInHalf];
    half = half << 4U | digit;
  }
  return packed;
}

std::string unpack(const PackedId& id) {
  std::string text(kShape);
  std::size_t digits = 0;
  for (char& c : text) {
    if (c == '-') continue;
    const std::uint64_t half = id[digits / kDigitsInHalf];
    const std::size_t shift = 4 * (kDigitsInHalf - 1 - digits++ % kDigitsInHalf);
    c = kDigits[half >> shift & 0xfU];
  }
  return text;
}

}  // namespace notifyd::teleport
