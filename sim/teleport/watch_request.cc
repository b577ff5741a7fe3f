#include "sim/teleport/watch_request.h"

#include <array>
#include <string_view>

#include "sim/teleport/objects.h"

namespace notifyd::sim {
namespace {

// What can be watched. Only Access Requests change in this cluster.
constexpr std::array<std::string_view, 16> kKinds = {kAccessRequest,
                                                     kAccessList,
                                                     "access_list_member",
                                                     "access_list_review",
                                                     "role",
                                                     "user",
                                                     "node",
                                                     "access_monitoring_rule",
                                                     "app",
                                                     "app_server",
                                                     "db",
                                                     "db_server",
                                                     "user_group",
                                                     "kube_server",
                                                     "windows_desktop",
                                                     "cluster_name"};

bool is_known(const std::string& kind) {
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

Result<RequestFilter> parse_filter(const ::types::WatchKind& kind) {
  RequestFilter filter;
  for (const auto& [key, value] : keys_of(kind.filter())) {
    if (key == "id") {
      filter.id = value;
    } else if (key == "user") {
      filter.user = value;
    } else if (key != "state" || !RequestState_Parse(value, &filter.state)) {
      return invalid("unsupported filter of access requests: " + key + '=' + value);
    }
  }
  return filter;
}

Result<> add(WatchPlan& plan, const ::types::WatchKind& kind) {
  if (!kind.name().empty()) return invalid("only namespaces are watched by name");
  plan.kinds.push_back(kind);
  if (kind.kind() != kAccessRequest) return Done{};
  auto filter = parse_filter(kind);
  if (!filter) return filter.error();
  plan.requests.push_back(*filter);
  return Done{};
}

Result<> acceptable(const ::types::WatchKind& kind, const std::string& caller,
                    const MayRead& may_read) {
  const Keys filter = keys_of(kind.filter());
  const auto user = filter.find("user");
  const bool own = kind.kind() == kAccessRequest && !caller.empty() && user != filter.end() &&
                   user->second == caller;
  if (!is_known(kind.kind())) return invalid("watching \"" + kind.kind() + "\" is not supported");
  if (own || may_read(kind.kind())) return Done{};
  return Error{Errc::kDenied, "access denied to perform action \"read\" on " + kind.kind()};
}

}  // namespace

bool RequestFilter::passes(const ::types::AccessRequest& request) const {
  return (id.empty() || id == request.metadata().name()) &&
         (user.empty() || user == request.spec().user()) &&
         (state == ::types::NONE || state == request.spec().state());
}

Result<WatchPlan> plan_watch(const ::proto::Watch& watch, const std::string& caller,
                             const MayRead& may_read) {
  if (watch.kinds().empty()) {
    return Error{Errc::kDenied, "can't setup global watch: no kinds named"};
  }
  WatchPlan plan;
  for (const auto& kind : watch.kinds()) {
    if (auto ok = acceptable(kind, caller, may_read); !ok) {
      if (watch.allow_partial_success()) continue;
      return ok.error();
    }
    if (auto ok = add(plan, kind); !ok) return ok.error();
  }
  if (plan.kinds.empty()) return invalid("none of the requested kinds can be watched");
  return plan;
}

}  // namespace notifyd::sim
