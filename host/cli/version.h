// Which program this is.
#pragma once

#include <string>

namespace notifyd::cli {

// "teleport-notifyd v0.1.0 git:5d0f926 c++20", in the form of teleport-slack's.
std::string version_text(const std::string& program);

}  // namespace notifyd::cli
