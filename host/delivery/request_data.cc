#include "delivery/request_data.h"

#include <algorithm>
#include <iterator>

namespace notifyd::delivery {
namespace {

using modules::RequestData;

std::uint32_t resolution_code(const Outcome& outcome) {
  if (outcome == "APPROVED") return NOTIFY_APPROVED;
  if (outcome == "DENIED") return NOTIFY_DENIED;
  if (outcome == "PROMOTED") return NOTIFY_PROMOTED;
  return NOTIFY_UNRESOLVED;
}

std::uint32_t kind_code(teleport::RequestKind kind) {
  switch (kind) {
    case teleport::RequestKind::kShortTerm:
      return NOTIFY_KIND_SHORT_TERM;
    case teleport::RequestKind::kLongTerm:
      return NOTIFY_KIND_LONG_TERM;
    case teleport::RequestKind::kUndefined:
      break;
  }
  return NOTIFY_KIND_UNDEFINED;
}

std::string web_link(const teleport::ClusterInfo& cluster, const std::string& id) {
  return cluster.web_url.empty() ? std::string() : cluster.web_url + "/web/requests/" + id;
}

std::vector<RequestData::Role> roles_of(const std::vector<std::string>& names) {
  std::vector<RequestData::Role> roles;
  roles.reserve(names.size());
  for (const auto& name : names) roles.push_back({name, {}});
  return roles;
}

RequestData::Review review_data(const teleport::Review& review) {
  return {review.author, review.reason, resolution_code(outcome_of(review.proposed)),
          review.created_ms};
}

}  // namespace

std::shared_ptr<const RequestData> request_data(const teleport::AccessRequest& request,
                                                const Outcome& outcome,
                                                const teleport::ClusterInfo& cluster) {
  auto data = std::make_shared<RequestData>();
  data->id = request.id;
  data->cluster = cluster.name;
  data->user = request.user;
  data->reason = request.reason;
  data->resolve_reason = request.resolve_reason;
  data->url = web_link(cluster, request.id);
  data->resolution = resolution_code(outcome);
  data->kind = kind_code(request.kind);
  data->created_ms = request.created_ms;
  data->expires_ms = request.expires_ms;
  data->roles = roles_of(request.roles);
  data->resources = request.resources;
  data->suggested_reviewers = request.suggested_reviewers;
  for (const auto& [key, values] : request.annotations) data->annotations.push_back({key, values});
  std::transform(request.reviews.begin(), request.reviews.end(), std::back_inserter(data->reviews),
                 review_data);
  return data;
}

std::shared_ptr<const RequestData> request_data(const std::string& id, const Record& record,
                                                const Outcome& outcome,
                                                const teleport::ClusterInfo& cluster) {
  auto data = std::make_shared<RequestData>();
  data->id = id;
  data->cluster = cluster.name;
  data->user = record.user;
  data->reason = record.reason;
  data->resolve_reason = record.resolve_reason;
  data->url = web_link(cluster, id);
  data->resolution = resolution_code(outcome);
  data->roles = roles_of(record.roles);
  data->resources = record.resources;
  return data;
}

void keep_request(const teleport::AccessRequest& request, Record& record) {
  record.user = request.user;
  record.roles = request.roles;
  record.resources = request.resources;
  record.reason = request.reason;
  record.resolve_reason = request.resolve_reason;
}

}  // namespace notifyd::delivery
