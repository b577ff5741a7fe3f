// AccessRequest: a request for access as the daemon knows it, free of the wire that it came over and
// of the boundary to modules. Field meanings: Teleport's AccessRequestV3.
//
// Immutable once built and shared by everybody who looks at it, so nothing is copied per recipient;
// any thread may read it. All text is valid UTF-8 and otherwise as strangers wrote it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/end.h"

namespace notifyd::model {

// Unix time in ms; 0 where Teleport gave none (absent, or Go's zero time of year 1).
using UnixMs = std::int64_t;

enum class RequestKind { kUndefined, kShortTerm, kLongTerm };

struct Review {
  std::string author;
  End proposed = End::kNone;
  std::string reason;
  UnixMs created_ms = 0;
};

struct AccessRequest {
  std::string id;
  std::string user;
  std::vector<std::string> roles;  // as requested; a partial approval does not shrink it
  End end = End::kNone;            // kNone: it waits for a decision
  RequestKind kind = RequestKind::kUndefined;
  UnixMs created_ms = 0;
  UnixMs expires_ms = 0;  // end of the granted access, not of the request
  std::string reason;
  std::string resolve_reason;
  std::vector<Review> reviews;  // in the order they came in; Teleport only appends
  std::vector<std::string> suggested_reviewers;
  std::vector<std::string> resources;  // "/cluster/kind/name"
  std::map<std::string, std::vector<std::string>> annotations;
};

using AccessRequestPtr = std::shared_ptr<const AccessRequest>;

}  // namespace notifyd::model
