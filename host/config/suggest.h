// Which known word somebody most likely meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace notifyd::config {

// The nearest of `known`, or "" when none is near: letters changed, added, left out or swapped with
// their neighbour, one in three of the word at most. Upper and lower case count as the same.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace notifyd::config
