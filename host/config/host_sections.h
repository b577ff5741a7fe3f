// The sections that the host reads itself beside [teleport] (teleport_section.h): [log] and
// [delivery]. What each says, its options, and the rules that a table cannot say. What breaks a
// rule is a fault, and has its default instead.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/log.h"
#include "config/faults.h"
#include "config/option.h"
#include "config/position.h"
#include "config/settings.h"

namespace notifyd::config {

// ---- [log] ----

struct LogConfig {
  std::string output = "stderr";  // "stderr", "stdout", or a file that is appended to
  Severity severity = Severity::kInfo;
  Position output_at = {};  // for what is wrong with the file
};

const std::vector<Option>& log_options();
LogConfig log_config(const Settings& settings, Faults& faults);

// ---- [delivery] ----

struct DeliveryConfig {
  std::chrono::milliseconds claim_time{30'000};
  std::chrono::milliseconds resync_interval{600'000};
  std::size_t digest_after = 100;  // 0: never
};

const std::vector<Option>& delivery_options();
DeliveryConfig delivery_config(const Settings& settings, Faults& faults);

}  // namespace notifyd::config
