// Times and spans of time in words.
#pragma once

#include <cstdint>
#include <string>

#include "base/engine.h"

namespace notifyd {

// "1h 2m 3s"; milliseconds only below a second.
std::string duration_text(Millis span);

// "13 days", "47 hours", "90 minutes": as exact as somebody needs who must act in time.
std::string rough_duration(Millis span);

// "2026-05-01 12:00:00 UTC"
std::string utc_text(std::int64_t unix_ms);

}  // namespace notifyd
