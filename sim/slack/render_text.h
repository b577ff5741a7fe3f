// What a person sees in Slack, as plain text: for the terminal, for tests, for failure messages.
#pragma once

#include <string>

#include "sim/slack/workspace.h"

namespace notifyd::sim {

// Blocks from top to bottom (the top-level text where there are none), mrkdwn read away, entities
// decoded, links as "label (url)", also where Slack makes one of a bare name, buttons as
// "[Approve]"; a last line with the reactions.
std::string render_text(const SlackMessage& message);

// A whole conversation: each message with its author, replies indented below their parent.
std::string render_text(const Workspace& workspace, std::string_view channel);

}  // namespace notifyd::sim
