// How Slack names things. What Slack answers goes into records and into further calls, so it is
// taken only in the form that it has.
#pragma once

#include <string_view>

namespace slack {

// As people write them in a file, where anything else is a name: U... or W...; C..., G..., D...
bool is_user_id(std::string_view text);
bool is_channel_id(std::string_view text);

// As Slack answers them, where nothing else is to be told from it.
bool is_answered_user(std::string_view text);
bool is_answered_channel(std::string_view text);
bool is_ts(std::string_view text);  // of a message, "1700000000.000100"

}  // namespace slack
