// Reads one member out of a message that a decoder refuses: what comes before the place that is
// broken can be read all the same. What protobuf leaves of such a message is no good for that: text
// that is cut off is filled up with NUL bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace notifyd::teleport {

// The first member of this number that has bytes (text, bytes, a message) and is there in full; ""
// if there is none before the end, or before what makes no sense.
std::string_view scan_for(std::uint32_t number, std::string_view message);

}  // namespace notifyd::teleport
