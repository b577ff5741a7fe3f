// How reviews decide a request.
#pragma once

#include <optional>

#include "types.pb.h"

namespace notifyd::sim {

// DENIED as soon as one threshold has its number of denials; APPROVED when each role, in each of
// its index sets, has a threshold with its number of approvals; empty: not decided. A review counts
// for the thresholds that its indexes name; a number of 0 is never reached.
std::optional<::types::RequestState> verdict(const ::types::AccessRequest::Spec& spec);

}  // namespace notifyd::sim
