// A module's options in words: for `modules`, and as a sample file.
#pragma once

#include <string>
#include <vector>

#include "config/option.h"

namespace notifyd::cli {

// "text, secret, required", "duration, default 1m30s"
std::string kind_of(const config::Option& option);

// A commented file for conf.d. What must be written is there with an empty value, the rest as
// comments with its default.
std::string sample_conf(const std::string& module, const std::vector<config::Option>& options);

}  // namespace notifyd::cli
