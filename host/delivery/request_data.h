// From what Teleport says, or what the record kept of it, to what modules get.
#pragma once

#include <memory>
#include <string>

#include "delivery/record.h"
#include "module/notifier.h"
#include "teleport/types.h"

namespace notifyd::delivery {

// `outcome` is how the request ended as far as recipients are concerned ("" while pending): of a
// request that is gone, its last state is what counts.
std::shared_ptr<const modules::RequestData> request_data(const teleport::AccessRequest& request,
                                                         const Outcome& outcome,
                                                         const teleport::ClusterInfo& cluster);

// For a request that Teleport has no more and that this process never saw.
std::shared_ptr<const modules::RequestData> request_data(const std::string& id,
                                                         const Record& record,
                                                         const Outcome& outcome,
                                                         const teleport::ClusterInfo& cluster);

// The reverse of the second: what the record keeps of a request.
void keep_request(const teleport::AccessRequest& request, Record& record);

}  // namespace notifyd::delivery
