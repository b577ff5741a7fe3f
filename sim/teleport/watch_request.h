// What a watcher asked for, checked.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "authservice.pb.h"
#include "base/result.h"

namespace notifyd::sim {

// Which PUTs of requests go to a watcher; deletions go to all.
struct RequestFilter {
  std::string id{};  // empty or NONE: any
  std::string user{};
  ::types::RequestState state = ::types::NONE;

  bool passes(const ::types::AccessRequest& request) const;
};

struct WatchPlan {
  std::vector<::types::WatchKind> kinds;  // agreed to, as asked
  std::vector<RequestFilter> requests;    // one for each access_request among them
};

using MayRead = std::function<bool(const std::string& kind)>;

// Denied and unknown kinds are left out with `allow_partial_success`, else refused.
Result<WatchPlan> plan_watch(const ::proto::Watch& watch, const std::string& caller,
                             const MayRead& may_read);

}  // namespace notifyd::sim
