// Durations as people write them: "1m30s", "500ms", "2h", "1.5s", "0".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace notifyd::config {

// Units ns, us, ms, s, m, h, from hours down or in any order; what is below a millisecond is cut.
// Nothing for other text, a negative duration, or one of more than a hundred years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace notifyd::config
