// The sections that the host reads itself, [teleport], [log] and [delivery]: their options, and the
// rules that a table cannot say.
#pragma once

#include <string>
#include <vector>

#include "config/host_config.h"

namespace notifyd::config {

const std::vector<Option>& teleport_options();
const std::vector<Option>& log_options();
const std::vector<Option>& delivery_options();

// `section` is where [teleport] stands, for what is missing there. Adds to `warnings`.
Result<TeleportConfig> teleport_config(const Settings& settings, const Position& section,
                                       std::vector<std::string>& warnings);
Result<LogConfig> log_config(const Settings& settings);
Result<DeliveryConfig> delivery_config(const Settings& settings);

// Where `section` stands in the file, or the file as a whole.
Position section_position(const Tree& tree, const std::string& section, const std::string& file);

}  // namespace notifyd::config
