// What Slack makes of text that only looks like a link or a mention: www.evil.example is one where
// the sender did not ask for his text to be taken as it is (`verbatim`, `parse`).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sim/slack/model.h"

namespace notifyd::sim {

// Where a click on this word leads, if Slack makes a link of it: "http://evil.example" of
// evil.example, "mailto:..." of an address, "#general" and "@here" of themselves.
std::optional<std::string> automatic_target(std::string_view word);

// Where clicks on the message can lead, written as links or made into ones, in its blocks and in
// the text that stands for them.
std::set<std::string> links(const SlackMessage& message);

}  // namespace notifyd::sim
