// The state of workspace and cluster as JSON for the page.
#pragma once

#include <string>
#include <vector>

#include "sim/slack/workspace.h"
#include "sim/teleport/cluster.h"

namespace notifyd::sim {

Json slack_view(const Workspace& workspace);
Json cluster_view(const Cluster& cluster);
Json emoji_view();  // name to character

const char* state_name(::types::RequestState state);         // "PENDING"
::types::RequestState state_named(const std::string& name);  // NONE for anything else

}  // namespace notifyd::sim
