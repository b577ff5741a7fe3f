// Which reviews would decide an Access Request, as its spec tells it.
#pragma once

#include <string>
#include <vector>

#include "model/access_request.h"
#include "types.pb.h"

namespace notifyd::teleport {

// `roles`: the request's, as the model has them, with every role of the spec's threshold mapping
// among them. Where reviews are left out nobody knows how many count for a threshold. The memory it
// takes follows the size of the spec, whatever the indexes in it say.
std::vector<model::Threshold> thresholds_of(const ::types::AccessRequest::Spec& spec,
                                            const std::vector<std::string>& roles,
                                            const model::LeftOut& left_out = {});

}  // namespace notifyd::teleport
