#include "sim/teleport/cluster.h"

#include <algorithm>

#include "sim/teleport/cluster_change.h"
#include "sim/teleport/objects.h"
#include "sim/teleport/thresholds.h"

namespace notifyd::sim {
namespace {

using ::types::AccessRequest;
using ::types::RequestState;

constexpr std::chrono::hours kArchiveAge{1};  // of its first, beside the oldest of the others

bool resolution(RequestState state) {
  return state == ::types::APPROVED || state == ::types::DENIED;
}

Error no_such_request(const std::string& id) {
  return {Errc::kNotFound, "access request " + id + " is not found"};
}

bool reviewed_by(const AccessRequest& request, const std::string& author) {
  const auto& reviews = request.spec().reviews();
  return std::any_of(reviews.begin(), reviews.end(),
                     [&](const auto& review) { return review.author() == author; });
}

void resolve(AccessRequest& request, RequestState state, const std::string& reason) {
  request.mutable_spec()->set_state(state);
  request.mutable_spec()->set_resolve_reason(reason);
  // Once granted, the request lives as long as the access.
  if (state == ::types::APPROVED) set_expiry(request, request.spec().expires());
}

void count_review(AccessRequest& request, const ::types::AccessReview& review) {
  auto& added = *request.mutable_spec()->add_reviews();
  added = review;
  for (int i = 0; i < request.spec().thresholds_size(); ++i) {
    added.add_threshold_indexes(static_cast<std::uint32_t>(i));
  }
  if (request.spec().state() != ::types::PENDING) return;
  if (const auto state = verdict(request.spec())) resolve(request, *state, review.reason());
}

Result<> may_become(const AccessRequest& request, RequestState state) {
  const RequestState now = request.spec().state();
  const bool fixed = now == ::types::DENIED || now == ::types::PROMOTED;
  if (resolution(state) && !fixed) return Done{};
  return invalid("cannot set request-state " + RequestState_Name(state) + " (already " +
                 RequestState_Name(now) + ")");
}

Result<> narrow_roles(AccessRequest& request, RequestState state,
                      const std::vector<std::string>& roles) {
  if (roles.empty()) return Done{};
  if (state != ::types::APPROVED) return invalid("cannot override roles of a denial");
  const auto& asked = request.spec().roles();
  for (const std::string& role : roles) {
    if (std::find(asked.begin(), asked.end(), role) == asked.end()) {
      return invalid("role " + role + " was not requested");
    }
  }
  request.mutable_spec()->mutable_roles()->Assign(roles.begin(), roles.end());
  return Done{};
}

Result<> reviewable(const AccessRequest& request, const ::types::AccessReview& review) {
  if (!resolution(review.proposed_state())) {
    return invalid("a review proposes APPROVED or DENIED");
  }
  if (review.author() == request.spec().user()) {
    return Error{Errc::kDenied, "users cannot review their own access requests"};
  }
  if (reviewed_by(request, review.author())) {
    return Error{Errc::kDenied, review.author() + " has already reviewed this request"};
  }
  return Done{};
}

}  // namespace

Cluster::Cluster(ClusterOptions options) : options_(std::move(options)), uuids_(options_.seed) {}

std::string Cluster::create_request(const NewRequest& what) {
  return change([&] { return add(what); });
}

std::vector<std::string> Cluster::create_requests(const std::vector<NewRequest>& what) {
  return change([&] {
    std::vector<std::string> ids;
    ids.reserve(what.size());
    for (const NewRequest& one : what) ids.push_back(add(one));
    return ids;
  });
}

Result<> Cluster::archive(std::size_t count, const std::string& like) {
  return change([&]() -> Result<> {
    if (archive_) return invalid("there is an archive already");
    const auto found = requests_.find(like);
    if (found == requests_.end()) return no_such_request(like);
    const WallTime oldest = from_timestamp(requests_.begin()->second->spec().created());
    const auto record = records_.find({kAccessRequest, like});
    archive_.emplace(count, static_cast<std::uint64_t>(unix_ms(oldest - kArchiveAge)),
                     found->second, record == records_.end() ? nullptr : record->second.data);
    return Done{};
  });
}

Result<RequestPtr> Cluster::review(const std::string& id, const std::string& author,
                                   RequestState proposed, const std::string& reason) {
  ::types::AccessReview review;
  review.set_author(author);
  review.set_proposed_state(proposed);
  review.set_reason(reason);
  *review.mutable_created() = to_timestamp(options_.clock());
  return change([&] { return add_review(id, review); });
}

Result<RequestPtr> Cluster::set_state(const std::string& id, RequestState state,
                                      const std::string& reason,
                                      const std::vector<std::string>& roles) {
  return change([&]() -> Result<RequestPtr> {
    auto draft = draft_of(id);
    if (!draft) return draft.error();
    if (auto ok = may_become(**draft, state); !ok) return ok.error();
    if (auto ok = narrow_roles(**draft, state, roles); !ok) return ok.error();
    resolve(**draft, state, reason);
    return store(*draft);
  });
}

Result<RequestPtr> Cluster::promote(const std::string& id, const std::string& reason) {
  return change([&]() -> Result<RequestPtr> {
    auto draft = draft_of(id);
    if (!draft) return draft.error();
    if ((*draft)->spec().state() != ::types::PENDING) {
      return invalid("only a pending request can be promoted");
    }
    resolve(**draft, ::types::PROMOTED, reason);
    return store(*draft);
  });
}

Result<> Cluster::remove(const std::string& id) {
  return change([&]() -> Result<> {
    if (!requests_.contains(id)) return no_such_request(id);
    erase(id);
    return Done{};
  });
}

void Cluster::tick(WallTime now) {
  const bool changed = [&] {
    const std::lock_guard lock(mutex_);
    const bool requests = drop_expired_requests(now);
    return drop_expired_records(now) || requests;
  }();
  if (changed && on_change_) on_change_();
}

void Cluster::watch(const std::weak_ptr<ClusterWatcher>& watcher) {
  const std::lock_guard lock(mutex_);
  std::erase_if(watchers_, [](const auto& old) { return old.expired(); });
  watchers_.push_back(watcher);
}

std::string Cluster::add(const NewRequest& what) {
  const WallTime now = options_.clock();
  std::string id = uuids_.next_v7(static_cast<std::uint64_t>(unix_ms(now)));
  store(make_request(what, id, now));
  return id;
}

Result<Cluster::Draft> Cluster::draft_of(const std::string& id) const {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return no_such_request(id);
  return std::make_shared<AccessRequest>(*found->second);
}

RequestPtr Cluster::store(const Draft& request) {
  request->mutable_metadata()->set_revision(uuids_.next_v4());
  const std::string& id = request->metadata().name();
  RequestPtr& slot = requests_[id];
  if (slot) request_expiries_.erase({expiry(*slot), id});
  slot = request;
  request_expiries_.emplace(expiry(*slot), id);
  publish({id, slot});
  return slot;
}

void Cluster::erase(const std::string& id) {
  const auto found = requests_.find(id);
  const RequestChange gone{id, nullptr};
  request_expiries_.erase({expiry(*found->second), id});
  requests_.erase(found);
  publish(gone);
}

void Cluster::publish(const RequestChange& change) {
  for (const auto& held : watchers_) {
    if (const auto watcher = held.lock()) watcher->changed(change);
  }
}

Result<RequestPtr> Cluster::add_review(const std::string& id, const ::types::AccessReview& review) {
  auto draft = draft_of(id);
  if (!draft) return draft.error();
  if (auto ok = reviewable(**draft, review); !ok) return ok.error();
  count_review(**draft, review);
  return store(*draft);
}

bool Cluster::drop_expired_requests(WallTime now) {
  bool dropped = false;
  while (!request_expiries_.empty() && request_expiries_.begin()->first <= now) {
    const std::string id = request_expiries_.begin()->second;
    erase(id);
    dropped = true;
  }
  return dropped;
}

}  // namespace notifyd::sim
