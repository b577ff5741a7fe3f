#include "teleport/convert.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "teleport/address.h"
#include "teleport/thresholds.h"
#include "teleport/wire_scan.h"

namespace notifyd::teleport {
namespace {

using model::End;
using model::RequestKind;
using model::Resource;
using model::Review;

// Go's zero time is in year 1; anything before 1970 is a time that nobody set. So is what is later
// than a Timestamp can be, the year 9999.
UnixMs to_ms(const google::protobuf::Timestamp& t) {
  constexpr std::int64_t kLast = 253'402'300'799;
  return t.seconds() < 0 || t.seconds() > kLast ? 0 : t.seconds() * 1000 + t.nanos() / 1'000'000;
}

// Teleport says lengths as the instants at which they would be over.
std::int64_t length(UnixMs from, UnixMs to) { return from > 0 && to > from ? to - from : 0; }

End to_end(::types::RequestState state) {
  switch (state) {
    case ::types::APPROVED:
      return End::kApproved;
    case ::types::DENIED:
      return End::kDenied;
    case ::types::PROMOTED:
      return End::kPromoted;
    default:  // PENDING, NONE, and what a newer server may send
      return End::kNone;
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

Resource to_resource(const ::types::ResourceID& id) {
  return {mend_utf8(id.cluster_name()), mend_utf8(id.kind()), mend_utf8(id.name()),
          mend_utf8(id.sub_resource_name())};
}

std::vector<Resource> resources_of(const ::types::AccessRequest::Spec& spec) {
  std::vector<Resource> out;
  for (const auto& access : spec.requested_resource_access_ids()) {
    out.push_back(to_resource(access.id()));
  }
  if (!out.empty()) return out;
  for (const auto& id : spec.requested_resource_ids()) out.push_back(to_resource(id));
  return out;
}

// "/cluster/kind/name", and "/sub" where there is one.
std::string to_text(const Resource& resource) {
  std::string text = "/" + resource.cluster + "/" + resource.kind + "/" + resource.name;
  if (!resource.sub_resource.empty()) text += "/" + resource.sub_resource;
  return text;
}

std::vector<std::string> to_texts(const std::vector<Resource>& resources) {
  std::vector<std::string> out;
  out.reserve(resources.size());
  for (const Resource& resource : resources) out.push_back(to_text(resource));
  return out;
}

// A partial approval shrinks `roles`; the keys of the threshold mapping keep what was asked for, in
// no order. So: in the order of `roles`, then the rest by name.
std::vector<std::string> roles_of(const ::types::AccessRequest::Spec& spec) {
  std::set<std::string_view> asked;
  for (const auto& role : spec.role_threshold_mapping()) asked.insert(role.key());
  std::set<std::string_view> rest = asked;
  std::vector<std::string> out;
  for (const std::string& role : spec.roles()) {
    if (asked.empty() || asked.contains(role)) out.push_back(mend_utf8(role));
    rest.erase(role);
  }
  for (const std::string_view role : rest) out.push_back(mend_utf8(std::string(role)));
  return out;
}

Review to_review(const ::types::AccessReview& wire) {
  return {mend_utf8(wire.author()),       to_end(wire.proposed_state()),
          mend_utf8(wire.reason()),       to_ms(wire.created()),
          mend_utf8(wire.submitted_by()), to_ms(wire.assume_start_time())};
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
  for (const auto& entry : labels.values()) {
    out[mend_utf8(entry.key())] = mended(entry.value().values());
  }
  return out;
}

// Teleport puts an empty one into what is approved.
std::optional<model::PromotedTo> promotion_of(const ::types::AccessRequest::Spec& spec) {
  const auto& list = spec.access_list();
  if (list.name().empty() && list.title().empty()) return std::nullopt;
  return model::PromotedTo{mend_utf8(list.name()), mend_utf8(list.title())};
}

void add_times(AccessRequest& request, const ::types::AccessRequest::Spec& spec) {
  request.created_ms = to_ms(spec.created());
  request.expires_ms = to_ms(spec.resource_expiry());
  request.access_starts_ms = to_ms(spec.assume_start_time());
  request.access_expires_ms = to_ms(spec.expires());
  request.max_duration_ms = length(request.created_ms, to_ms(spec.max_duration()));
  request.session_ttl_ms = length(request.created_ms, to_ms(spec.session_ttl()));
}

AccessRequestPtr to_request(std::string id, const ::types::AccessRequest::Spec& spec) {
  auto out = std::make_shared<AccessRequest>();
  out->id = std::move(id);
  out->user = mend_utf8(spec.user());
  out->roles = roles_of(spec);
  out->end = to_end(spec.state());
  out->kind = to_kind(spec.request_kind());
  add_times(*out, spec);
  out->reason = mend_utf8(spec.request_reason());
  out->resolve_reason = mend_utf8(spec.resolve_reason());
  out->reviews = reviews_of(spec);
  out->suggested_reviewers = mended(spec.suggested_reviewers());
  out->resource_details = resources_of(spec);
  out->resources = to_texts(out->resource_details);
  out->thresholds = thresholds_of(spec, out->roles);
  out->promoted_to = promotion_of(spec);
  out->annotations = to_map(spec.system_annotations());
  return out;
}

// ---- Items, each by itself ----

bool is_utf8(const std::string& text) { return mend_utf8(text) == text; }

constexpr std::uint32_t kKindMember = 1;
constexpr std::uint32_t kMetadataMember = 4;
constexpr std::uint32_t kNameMember = 1;  // of the metadata, of which nothing else is read

// "" where it cannot be read.
std::string id_of(const ::types::Item& item) {
  return std::string(scan_for(kNameMember, item.metadata()));
}

// Of an item that is broken: what is needed to say which it is.
::types::Item decoded(const std::string& bytes) {
  ::types::Item item;
  if (item.ParseFromString(bytes)) return item;
  item.Clear();
  item.set_kind(std::string(scan_for(kKindMember, bytes)));
  item.set_metadata(std::string(scan_for(kMetadataMember, bytes)));
  return item;
}

// The spec, if it is there and can be decoded, and the item has an ID that is good for anything.
template <class Spec>
std::optional<Spec> spec_of(const ::types::Item& item, const std::string& id) {
  std::optional<Spec> spec;
  if (id.empty() || !is_utf8(id) || !item.has_spec()) return spec;
  if (!spec.emplace().ParseFromString(item.spec())) spec.reset();
  return spec;
}

std::optional<WatchEvent> to_put(const ::proto::Event& wire) {
  if (!wire.has_access_request()) return std::nullopt;
  RequestPage one;
  add_request(one, decoded(wire.access_request()));
  if (one.requests.empty()) {
    return WatchEvent{WatchEvent::Kind::kUnreadable, nullptr, one.unreadable.front()};
  }
  return WatchEvent{WatchEvent::Kind::kPut, one.requests.front(), ""};
}

std::optional<WatchEvent> to_delete(const ::proto::Event& wire) {
  const ::types::Item header = decoded(wire.resource_header());
  if (header.kind() != "access_request") return std::nullopt;
  std::string id = id_of(header);
  const bool good = !id.empty() && is_utf8(id);
  return WatchEvent{good ? WatchEvent::Kind::kDelete : WatchEvent::Kind::kUnreadable, nullptr,
                    std::move(id)};
}

// nullopt: it has none. The entries of others may be what they like.
Result<std::optional<PluginEntry>> entry_of(const ::types::PluginData::Spec& spec,
                                            const std::string& plugin) {
  std::optional<PluginEntry> out;
  for (const auto& named : spec.entries()) {
    if (named.key() != plugin) continue;
    ::types::PluginDataEntry entry;
    if (!entry.ParseFromString(named.value())) return invalid("the entry cannot be decoded");
    out.emplace();
    for (const auto& item : entry.data()) out->insert_or_assign(item.key(), item.value());
  }
  return out;
}

void add_record(RecordList& list, const ::types::Item& item, const std::string& plugin) {
  std::string id = id_of(item);
  const auto spec = spec_of<::types::PluginData::Spec>(item, id);
  Result<std::optional<PluginEntry>> entry =
      spec ? entry_of(*spec, plugin) : invalid("the record cannot be decoded");
  if (!entry) {
    list.unreadable.push_back(std::move(id));
  } else if (*entry) {
    list.entries.insert_or_assign(std::move(id), std::move(**entry));
  }
}

}  // namespace

void add_request(RequestPage& page, const ::types::Item& item) {
  std::string id = id_of(item);
  if (const auto spec = spec_of<::types::AccessRequest::Spec>(item, id)) {
    page.requests.push_back(to_request(std::move(id), *spec));
  } else {
    page.unreadable.push_back(std::move(id));
  }
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
  for (const std::string& bytes : wire.access_requests()) add_request(page, decoded(bytes));
  page.next = wire.next_key();
  return page;
}

Cluster to_cluster(const ::proto::PingResponse& wire) {
  const bool linked = wire.server_features().advanced_access_workflows();
  return {mend_utf8(wire.cluster_name()), mend_utf8(wire.server_version()),
          linked ? web_url(mend_utf8(wire.proxy_public_addr())) : ""};
}

RecordList to_records(const ::proto::PluginDataSeq& wire, const std::string& plugin) {
  RecordList out;
  for (const std::string& bytes : wire.plugin_data()) add_record(out, decoded(bytes), plugin);
  return out;
}

}  // namespace notifyd::teleport
