// AccessRequest: a request for access as the daemon knows it, free of the wire that it came over
// and of the boundary to modules. Field meanings: Teleport's AccessRequestV3.
//
// Immutable once built and shared by everybody who looks at it, so nothing is copied per recipient;
// any thread may read it. All text is valid UTF-8 and otherwise as strangers wrote it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
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
  std::string submitted_by{};    // "": the author, or not known
  UnixMs proposed_start_ms = 0;  // of the access; 0: the reviewer leaves it as it is
};

struct Resource {
  std::string cluster;
  std::string kind;
  std::string name;
  std::string sub_resource;  // "": all of it
};

// How many reviews decide. A number of 0 is never reached (calculateReviewBasedResolution in
// Teleport's lib/services/access_request.go).
struct Threshold {
  struct Count {
    std::uint32_t approvals = 0;
    std::uint32_t denials = 0;
  };
  Count needed;
  std::optional<Count> given;  // nullopt: not known
  std::string name;
  std::string filter;
  std::vector<std::uint32_t> roles;  // positions in AccessRequest::roles, ascending
};

struct PromotedTo {
  std::string id;  // of the Access List
  std::string title;
};

// How many elements of a list there are in Teleport that are not here: the host keeps so many.
struct LeftOut {
  std::size_t roles = 0;
  std::size_t resources = 0;
  std::size_t suggested_reviewers = 0;
  std::size_t reviews = 0;

  bool operator==(const LeftOut&) const = default;
};

struct AccessRequest {
  std::string id;
  std::string user;
  std::vector<std::string> roles;  // as requested; a partial approval does not shrink it
  End end = End::kNone;            // kNone: it waits for a decision
  RequestKind kind = RequestKind::kUndefined;
  UnixMs created_ms = 0;
  // Teleport sets these when the request is made and counts from then, not from the approval
  // (Validate in its lib/services/access_request.go).
  UnixMs expires_ms = 0;  // the last moment to decide; a decided one lives until access_expires_ms
  UnixMs access_starts_ms = 0;  // 0: as soon as it is granted
  UnixMs access_expires_ms = 0;
  std::int64_t max_duration_ms = 0;  // 0: not known
  std::int64_t session_ttl_ms = 0;
  std::string reason;
  std::string resolve_reason;
  std::vector<Review> reviews;  // in the order they came in; Teleport only appends
  std::vector<std::string> suggested_reviewers;
  std::vector<std::string> resources;      // "/cluster/kind/name"
  std::vector<Resource> resource_details;  // the same in parts and in the same order, or empty
  std::vector<Threshold> thresholds;
  std::optional<PromotedTo> promoted_to;  // only after a promotion
  std::map<std::string, std::vector<std::string>> annotations;
  LeftOut left_out;
};

// How many there are in Teleport. How many of them are here depends on what else the request holds.
inline std::size_t review_count(const AccessRequest& request) {
  return request.reviews.size() + request.left_out.reviews;
}

using AccessRequestPtr = std::shared_ptr<const AccessRequest>;

}  // namespace notifyd::model
