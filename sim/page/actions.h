// What the page may do to the cluster, from the JSON that its forms send.
#pragma once

#include <string>

#include "base/result.h"
#include "sim/slack/model.h"
#include "sim/teleport/cluster.h"

namespace notifyd::sim {

// `path` is what follows /api/requests: "" to create, "/ID/review", "/ID/state" or "/ID/expire".
// The answer names the request.
Result<Json> act(Cluster& cluster, const std::string& path, const Json& form);

}  // namespace notifyd::sim
