// Which of Slack's tokens and secrets somebody wrote where the bot token belongs.
#pragma once

#include <string>
#include <string_view>

namespace slack {

// Why no call can work with it and what to write, to follow the option's name: "is an app-level
// token (xapp-...); ...". "" where it may work: of what does not look like Slack's at all nobody
// knows. The token is not quoted.
std::string token_fault(std::string_view token);

// A token that ends after twelve hours.
bool is_rotating(std::string_view token);

}  // namespace slack
