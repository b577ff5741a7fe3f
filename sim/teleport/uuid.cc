#include "sim/teleport/uuid.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace notifyd::sim {
namespace {

constexpr std::uint64_t kCounterBits = 12;
constexpr std::uint64_t kVariant = std::uint64_t{1} << 63;
constexpr std::uint64_t kBelowVariant = (std::uint64_t{1} << 62) - 1;

std::string format(std::uint64_t high, std::uint64_t low) {
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xffff),
                static_cast<unsigned>(high & 0xffff), static_cast<unsigned>(low >> 48),
                static_cast<unsigned long long>(low & 0xffffffffffff));
  return text.data();
}

}  // namespace

std::string uuid_v7(std::uint64_t unix_ms, std::uint64_t in_ms, std::uint64_t random) {
  return format(unix_ms << 16 | 0x7000 | in_ms, kVariant | (random & kBelowVariant));
}

std::string Uuids::next_v7(std::uint64_t unix_ms) {
  // A clock that stands still, steps back, or a full counter must not break the order.
  unix_ms = std::max(unix_ms, last_ms_);
  in_ms_ = unix_ms == last_ms_ ? in_ms_ + 1 : 0;
  unix_ms += in_ms_ >> kCounterBits;
  in_ms_ &= (1U << kCounterBits) - 1;
  last_ms_ = unix_ms;
  return uuid_v7(unix_ms, in_ms_, random_());
}

std::string Uuids::next_v4() {
  constexpr std::uint64_t kWithoutVersion = ~std::uint64_t{0xf000};
  return format((random_() & kWithoutVersion) | 0x4000, kVariant | (random_() & kBelowVariant));
}

}  // namespace notifyd::sim
