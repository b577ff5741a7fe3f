// An Access Request's ID in 16 bytes: a listing may have a million. Pure functions, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace notifyd::teleport {

using PackedId = std::array<std::uint64_t, 2>;  // sorts as the text does

// nullopt: it is no UUID as Teleport writes them, and has to be kept as it is.
std::optional<PackedId> pack(const std::string& id);
std::string unpack(const PackedId& id);

}  // namespace notifyd::teleport
