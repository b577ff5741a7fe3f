#include "teleport/convert.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "teleport/address.h"
#include "teleport/request_shape.h"
#include "teleport/thresholds.h"
#include "teleport/wire_item.h"

namespace notifyd::teleport {
namespace {

using model::End;
using model::RequestKind;
using model::Resource;
using model::Review;
using Spec = ::types::AccessRequest::Spec;
using Member = WireReader::Member;

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

std::vector<Resource> resources_of(const Spec& spec) {
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
// no order. So: in the order of `roles`, then the rest by name. Of more keys than are kept nobody
// knows which, so then they say nothing.
std::vector<std::string> roles_of(const Spec& spec, const model::LeftOut& left_out) {
  std::set<std::string_view> asked;
  if (left_out.roles == 0) {
    for (const auto& role : spec.role_threshold_mapping()) asked.insert(role.key());
  }
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

std::vector<Review> reviews_of(const Spec& spec) {
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
std::optional<model::PromotedTo> promotion_of(const Spec& spec) {
  const auto& list = spec.access_list();
  if (list.name().empty() && list.title().empty()) return std::nullopt;
  return model::PromotedTo{mend_utf8(list.name()), mend_utf8(list.title())};
}

void add_times(AccessRequest& request, const Spec& spec) {
  request.created_ms = to_ms(spec.created());
  request.expires_ms = to_ms(spec.resource_expiry());
  request.access_starts_ms = to_ms(spec.assume_start_time());
  request.access_expires_ms = to_ms(spec.expires());
  request.max_duration_ms = length(request.created_ms, to_ms(spec.max_duration()));
  request.session_ttl_ms = length(request.created_ms, to_ms(spec.session_ttl()));
}

AccessRequestPtr to_request(std::string id, const Spec& spec, const model::LeftOut& left_out) {
  auto out = std::make_shared<AccessRequest>();
  out->id = std::move(id);
  out->user = mend_utf8(spec.user());
  out->roles = roles_of(spec, left_out);
  out->end = to_end(spec.state());
  out->kind = to_kind(spec.request_kind());
  add_times(*out, spec);
  out->reason = mend_utf8(spec.request_reason());
  out->resolve_reason = mend_utf8(spec.resolve_reason());
  out->reviews = reviews_of(spec);
  out->suggested_reviewers = mended(spec.suggested_reviewers());
  out->resource_details = resources_of(spec);
  out->resources = to_texts(out->resource_details);
  out->thresholds = thresholds_of(spec, out->roles, left_out);
  out->promoted_to = promotion_of(spec);
  out->annotations = to_map(spec.system_annotations());
  out->left_out = left_out;
  return out;
}

// ---- Items, each by itself ----

constexpr std::size_t kSmallItem = std::size_t{16} << 10U;
constexpr std::size_t kMaxPageKey = std::size_t{64} << 10U;

// The spec of an Access Request, read in bounded form.
class SpecReader {
 public:
  explicit SpecReader(WireReader& reader) : reader_(reader) {}

  void read() {
    WireClip clip(reader_, kMaxSpec);
    std::string bytes;
    spec_.reset();
    if (!clip.copy(kSpecShape, bytes) || !spec_.emplace().ParseFromString(bytes)) {
      spec_.reset();
      return;
    }
    left_out_ = {std::max(clip.left_out(kRolesMember), clip.left_out(kRoleThresholdsMember)),
                 std::max(clip.left_out(kResourcesMember), clip.left_out(kResourceAccessMember)),
                 clip.left_out(kReviewersMember), clip.left_out(kReviewsMember)};
  }

  void finish(RequestPage& page, WireItem item, bool whole) const {
    if (whole && spec_ && is_good_id(item.id)) {
      page.requests.push_back(to_request(std::move(item.id), *spec_, left_out_));
    } else {
      page.unreadable.push_back(std::move(item.id));
    }
  }

 private:
  WireReader& reader_;
  std::optional<Spec> spec_;
  model::LeftOut left_out_;
};

// The member that the reader stands at is one.
void add_member(RequestPage& page, WireReader& reader) {
  WireItem item;
  SpecReader spec(reader);
  const bool whole = reader.enter(ItemReader(reader, item, [&spec] { spec.read(); }));
  spec.finish(page, std::move(item), whole);
}

// How it is now, by its spec; nullopt: it cannot be read.
std::optional<Told> glance(WireReader& spec) {
  Told now;
  while (const auto member = spec.next()) {
    const bool is_state =
        member->number == kStateMember && member->type == WireReader::Type::kVarint;
    if (is_state) now.end = to_end(static_cast<::types::RequestState>(member->value));
    if (member->is_bytes(kReviewsMember)) ++now.reviews;
  }
  return spec.broken() ? std::nullopt : std::optional(now);
}

// Where all of `told` says that it is at rest. `item` is a request.
std::optional<Settled> settled(const std::string& item, const AllTold& told) {
  google::protobuf::io::ArrayInputStream in(item.data(), static_cast<int>(item.size()));
  WireReader reader(in, item.size());
  WireItem read;
  std::optional<Told> now;
  const auto read_spec = [&] {
    const std::string_view spec = reader.look();
    google::protobuf::io::ArrayInputStream spec_in(spec.data(), static_cast<int>(spec.size()));
    WireReader spec_reader(spec_in, spec.size());
    now = glance(spec_reader);
  };
  const ItemReader each(reader, read, read_spec);
  while (const auto member = reader.next()) each(*member);
  const auto id = pack(read.id);
  const bool at_rest =
      !reader.broken() && id && now && std::ranges::all_of(told, [&](const auto& records) {
        const auto says = records->find(*id);
        return says && says->end == now->end && now->reviews <= says->reviews;
      });
  return at_rest ? std::optional(Settled{*id, *now}) : std::nullopt;
}

// Most requests are neither big nor news.
void add_or_settle(RequestPage& page, WireReader& reader, std::size_t size, const AllTold& told) {
  if (told.empty() || size > kSmallItem) return add_member(page, reader);
  const std::string item = reader.take(size);
  if (const auto known = settled(item, told)) {
    page.settled.push_back(*known);
    return;
  }
  google::protobuf::io::ArrayInputStream in(item.data(), static_cast<int>(item.size()));
  WireReader again(in, item.size());
  add_request(page, again);
}

WatchEvent to_put(RequestPage page) {
  if (page.requests.empty()) {
    return {WatchEvent::Kind::kUnreadable, nullptr, std::move(page.unreadable.front())};
  }
  return {WatchEvent::Kind::kPut, std::move(page.requests.front()), ""};
}

std::optional<WatchEvent> to_delete(WireItem header) {
  if (header.kind != "access_request") return std::nullopt;
  const bool good = is_good_id(header.id);
  return WatchEvent{good ? WatchEvent::Kind::kDelete : WatchEvent::Kind::kUnreadable, nullptr,
                    std::move(header.id)};
}

}  // namespace

void add_request(RequestPage& page, WireReader& answer) {
  WireItem item;
  SpecReader spec(answer);
  const auto read = ItemReader(answer, item, [&spec] { spec.read(); });
  while (const auto member = answer.next()) read(*member);
  spec.finish(page, std::move(item), !answer.broken());
}

Result<std::optional<WatchEvent>> to_event(WireReader& answer) {
  std::uint64_t type = ::proto::INIT;
  RequestPage put;
  WireItem deleted;
  while (const auto member = answer.next()) {
    if (member->number == 1 && member->type == WireReader::Type::kVarint) type = member->value;
    if (member->is_bytes(2)) answer.enter(ItemReader(answer, deleted, [] {}));
    if (member->is_bytes(14)) add_member(put = {}, answer);
  }
  if (answer.broken()) return Error{Errc::kUnavailable, "an event cannot be decoded"};
  std::optional<WatchEvent> event;
  if (type == ::proto::INIT) event.emplace();
  if (type == ::proto::PUT && put.requests.size() + put.unreadable.size() > 0) {
    event = to_put(std::move(put));
  }
  if (type == ::proto::DELETE) event = to_delete(std::move(deleted));
  return event;
}

std::optional<RequestPage> to_page(WireReader& answer, const AllTold& told) {
  RequestPage page;
  while (const auto member = answer.next()) {
    if (member->is_bytes(1)) add_or_settle(page, answer, member->size, told);
    if (member->is_bytes(2)) page.next = answer.take(member->size);
  }
  if (answer.broken() || page.next.size() > kMaxPageKey) return std::nullopt;
  return page;
}

Cluster to_cluster(const ::proto::PingResponse& wire) {
  const bool linked = wire.server_features().advanced_access_workflows();
  return {mend_utf8(wire.cluster_name()), mend_utf8(wire.server_version()),
          linked ? web_url(mend_utf8(wire.proxy_public_addr())) : ""};
}

}  // namespace notifyd::teleport
