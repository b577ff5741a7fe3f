// How a request stands, and how that is written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "notify/abi.h"

namespace slack {

enum class State { kPending, kApproved, kDenied, kPromoted, kExpired };

State state_of(const notify_event& event);
State state_of_resolution(std::uint32_t resolution);

std::string_view state_name(State state);  // "APPROVED"
std::string_view state_mark(State state);  // "✅"
std::string marked(State state);           // "✅ APPROVED"
std::string_view happened(State state);    // "was approved"

// The emoji that marks a decision; "" while there is none.
std::string_view reaction_name(State state);
std::string_view reaction_of(std::string_view state_name);  // "": it has none

}  // namespace slack
