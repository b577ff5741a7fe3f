// The sample configuration files, built into the program.
#pragma once

#include <string_view>

namespace notifyd::cli {

std::string_view sample_notifyd_toml();
std::string_view sample_teleport_slack_toml();

}  // namespace notifyd::cli
