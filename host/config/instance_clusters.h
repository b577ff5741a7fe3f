// `clusters = ["prod"]` in a file of conf.d: of which of several Teleport clusters an instance is
// told.
#pragma once

#include "config/faults.h"
#include "config/host_config.h"

namespace notifyd::config {

// What the instance's file says.
void read_clusters(InstanceConfig& instance, Faults& faults);

// Whether those that the instances name are there, and all that are there are named.
void match_clusters(HostConfig& config);

}  // namespace notifyd::config
