// KeptRequest: what the record keeps of an Access Request, so that its messages can be drawn when
// Teleport has it no more. That is all that a message may show: an edit that shows the end says
// nothing less than the message it replaces.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/access_request.h"

namespace notifyd::delivery {

struct KeptRequest {
  struct Review {
    std::string author;
    model::End proposed = model::End::kNone;
    bool operator==(const Review&) const = default;
  };

  std::string user, reason, resolve_reason;
  std::vector<std::string> roles, resources;
  model::RequestKind kind = model::RequestKind::kUndefined;
  model::UnixMs created_ms = 0, expires_ms = 0;
  model::UnixMs access_starts_ms = 0, access_expires_ms = 0;
  std::int64_t max_duration_ms = 0, session_ttl_ms = 0;
  std::vector<Review> reviews;  // in the order they came in
  std::string promoted_to;      // the Access List's title; "": not promoted, or not known

  bool operator==(const KeptRequest&) const = default;
};

KeptRequest kept(const model::AccessRequest& request);
model::AccessRequest drawn(const KeptRequest& kept, std::string id);

}  // namespace notifyd::delivery
