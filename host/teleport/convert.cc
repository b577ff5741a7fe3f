#include "teleport/convert.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "teleport/address.h"

namespace notifyd::teleport {
namespace {

// Go's zero time is in year 1; anything before 1970 is a time that nobody set.
UnixMs to_ms(const google::protobuf::Timestamp& t) {
  return t.seconds() < 0 ? 0 : t.seconds() * 1000 + t.nanos() / 1'000'000;
}

State to_state(::types::RequestState state) {
  switch (state) {
    case ::types::PENDING:
      return State::kPending;
    case ::types::APPROVED:
      return State::kApproved;
    case ::types::DENIED:
      return State::kDenied;
    case ::types::PROMOTED:
      return State::kPromoted;
    default:  // NONE, and what a newer server may send
      return State::kNone;
  }
}

RequestKind to_kind(::types::AccessRequestKind kind) {
  switch (kind) {
    case ::types::SHORT_TERM:
      return RequestKind::kShortTerm;
    case ::types::LONG_TERM:
      return RequestKind::kLongTerm;
    default:
      return RequestKind::kUndefined;
  }
}

// "/cluster/kind/name", and "/sub" where there is one.
std::string to_text(const ::types::ResourceID& id) {
  std::string text = "/" + id.cluster_name() + "/" + id.kind() + "/" + id.name();
  if (!id.sub_resource_name().empty()) text += "/" + id.sub_resource_name();
  return mend_utf8(std::move(text));
}

std::vector<std::string> resources_of(const ::types::AccessRequest::Spec& spec) {
  std::vector<std::string> out;
  for (const auto& access : spec.requested_resource_access_ids()) {
    out.push_back(mend_utf8(to_text(access.id())));
  }
  if (!out.empty()) return out;
  for (const auto& id : spec.requested_resource_ids()) out.push_back(mend_utf8(to_text(id)));
  return out;
}

// A partial approval shrinks `roles`; the keys of the threshold mapping keep what was asked for, in
// no order. So: in the order of `roles`, then the rest by name.
std::vector<std::string> roles_of(const ::types::AccessRequest::Spec& spec) {
  const auto& asked = spec.role_threshold_mapping();
  std::vector<std::string> out;
  for (const auto& role : spec.roles()) {
    if (asked.empty() || asked.contains(role)) out.push_back(mend_utf8(role));
  }
  const auto in_roles = static_cast<std::ptrdiff_t>(out.size());
  for (const auto& [role, sets] : asked) {
    if (std::find(out.begin(), out.begin() + in_roles, role) == out.begin() + in_roles) {
      out.push_back(role);
    }
  }
  std::sort(out.begin() + in_roles, out.end());
  return out;
}

Review to_review(const ::types::AccessReview& wire) {
  return {mend_utf8(wire.author()), to_state(wire.proposed_state()), mend_utf8(wire.reason()),
          to_ms(wire.created())};
}

std::vector<Review> reviews_of(const ::types::AccessRequest::Spec& spec) {
  std::vector<Review> out;
  for (const auto& review : spec.reviews()) out.push_back(to_review(review));
  return out;
}

std::vector<std::string> mended(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<std::string> out;
  for (const auto& text : texts) out.push_back(mend_utf8(text));
  return out;
}

std::map<std::string, std::vector<std::string>> to_map(const ::types::LabelValues& labels) {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& [key, values] : labels.values()) {
    out[key] = mended(values.values());
  }
  return out;
}

std::optional<WatchEvent> to_put(const ::proto::Event& wire) {
  if (!wire.has_access_request()) return std::nullopt;
  return WatchEvent{WatchEvent::Kind::kPut, to_request(wire.access_request()), ""};
}

std::optional<WatchEvent> to_delete(const ::proto::Event& wire) {
  if (wire.resource_header().kind() != "access_request") return std::nullopt;
  return WatchEvent{WatchEvent::Kind::kDelete, nullptr, wire.resource_header().metadata().name()};
}

}  // namespace

AccessRequestPtr to_request(const ::types::AccessRequest& wire) {
  const auto& spec = wire.spec();
  auto out = std::make_shared<AccessRequest>();
  out->id = wire.metadata().name();
  out->user = mend_utf8(spec.user());
  out->roles = roles_of(spec);
  out->state = to_state(spec.state());
  out->kind = to_kind(spec.request_kind());
  out->created_ms = to_ms(spec.created());
  out->expires_ms = to_ms(spec.expires());
  out->reason = mend_utf8(spec.request_reason());
  out->resolve_reason = mend_utf8(spec.resolve_reason());
  out->reviews = reviews_of(spec);
  out->suggested_reviewers = mended(spec.suggested_reviewers());
  out->resources = resources_of(spec);
  out->annotations = to_map(spec.system_annotations());
  return out;
}

std::optional<WatchEvent> to_event(const ::proto::Event& wire) {
  switch (wire.type()) {
    case ::proto::INIT:
      return WatchEvent{};
    case ::proto::PUT:
      return to_put(wire);
    case ::proto::DELETE:
      return to_delete(wire);
    default:
      return std::nullopt;
  }
}

RequestPage to_page(const ::proto::ListAccessRequestsResponse& wire) {
  RequestPage page;
  page.requests.reserve(static_cast<std::size_t>(wire.access_requests_size()));
  for (const auto& request : wire.access_requests()) page.requests.push_back(to_request(request));
  page.next = wire.next_key();
  return page;
}

ClusterInfo to_cluster(const ::proto::PingResponse& wire) {
  const bool linked = wire.server_features().advanced_access_workflows();
  return {wire.cluster_name(), wire.server_version(),
          linked ? web_url(wire.proxy_public_addr()) : ""};
}

std::map<std::string, PluginEntry> to_records(const ::proto::PluginDataSeq& wire,
                                              const std::string& plugin) {
  std::map<std::string, PluginEntry> out;
  for (const auto& record : wire.plugin_data()) {
    const auto entry = record.spec().entries().find(plugin);
    if (entry == record.spec().entries().end()) continue;
    const auto& data = entry->second.data();
    out.insert_or_assign(record.metadata().name(), PluginEntry(data.begin(), data.end()));
  }
  return out;
}

}  // namespace notifyd::teleport
