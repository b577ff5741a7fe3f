#include "delivery/kept_request.h"

#include <utility>

namespace notifyd::delivery {

KeptRequest kept(const model::AccessRequest& request) {
  KeptRequest kept;
  kept.user = request.user;
  kept.reason = request.reason;
  kept.resolve_reason = request.resolve_reason;
  kept.roles = request.roles;
  kept.resources = request.resources;
  kept.kind = request.kind;
  kept.created_ms = request.created_ms;
  kept.expires_ms = request.expires_ms;
  kept.access_starts_ms = request.access_starts_ms;
  kept.access_expires_ms = request.access_expires_ms;
  kept.max_duration_ms = request.max_duration_ms;
  kept.session_ttl_ms = request.session_ttl_ms;
  for (const model::Review& review : request.reviews) {
    kept.reviews.push_back({review.author, review.proposed});
  }
  if (request.promoted_to) kept.promoted_to = request.promoted_to->title;
  return kept;
}

model::AccessRequest drawn(const KeptRequest& kept, std::string id) {
  model::AccessRequest request;
  request.id = std::move(id);
  request.user = kept.user;
  request.reason = kept.reason;
  request.resolve_reason = kept.resolve_reason;
  request.roles = kept.roles;
  request.resources = kept.resources;
  request.kind = kept.kind;
  request.created_ms = kept.created_ms;
  request.expires_ms = kept.expires_ms;
  request.access_starts_ms = kept.access_starts_ms;
  request.access_expires_ms = kept.access_expires_ms;
  request.max_duration_ms = kept.max_duration_ms;
  request.session_ttl_ms = kept.session_ttl_ms;
  for (const KeptRequest::Review& review : kept.reviews) {
    model::Review& shown = request.reviews.emplace_back();
    shown.author = review.author;
    shown.proposed = review.proposed;
  }
  if (!kept.promoted_to.empty()) request.promoted_to = model::PromotedTo{"", kept.promoted_to};
  return request;
}

}  // namespace notifyd::delivery
