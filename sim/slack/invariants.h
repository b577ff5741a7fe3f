// What a notifier must never do, whatever the scenario; read off the workspace and its journal.
#pragma once

#include <vector>

#include "sim/slack/state.h"

namespace notifyd::sim {

// Rules: "doubled" (one operation shown twice), "inside_retry_after", "rate" (more than one post
// per second and channel, sustained), "foreign_edit", "invalid_blocks", "no_text", "secret".
std::vector<Violation> violations(const SlackState& state);

}  // namespace notifyd::sim
