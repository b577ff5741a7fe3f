// The plain text of a message, which phones and screen readers show: our own words first, theirs as
// quotations.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "facts.h"

namespace slack {

// "⏳ PENDING: alice@example.com requests role editor (cluster example.com). Reason: “...”. …"
std::string summary_cut(const Facts& facts, std::size_t limit);

// The same between two texts of ours, within Slack's limits.
std::string summary(std::string_view before, const Facts& facts, std::string_view after);

}  // namespace slack
