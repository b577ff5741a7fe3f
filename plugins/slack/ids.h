// How Slack names things in its answers. They go into records and into further calls, so they are
// taken only in the form that they have.
#pragma once

#include <string_view>

namespace slack {

bool is_answered_user(std::string_view text);
bool is_answered_channel(std::string_view text);
bool is_team(std::string_view text);
bool is_ts(std::string_view text);  // of a message, "1700000000.000100"

}  // namespace slack
