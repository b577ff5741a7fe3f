// Reading the requests of a Cluster.
#include <algorithm>
#include <iterator>

#include "sim/teleport/cluster.h"
#include "sim/teleport/objects.h"

namespace notifyd::sim {
namespace {

using ::types::AccessRequest;
using Sorted = std::map<std::string, RequestPtr>;

bool matches(const RequestQuery& query, const AccessRequest& request) {
  const auto& spec = request.spec();
  return (query.id.empty() || query.id == request.metadata().name()) &&
         (query.user.empty() || query.user == spec.user()) &&
         (query.state == ::types::NONE || query.state == spec.state()) &&
         (!query.visible || query.visible(request));
}

// Sorts as its number does.
std::string sortable(WallTime time) {
  std::string digits = std::to_string(time.time_since_epoch().count());
  return std::string(20 - std::min<std::size_t>(20, digits.size()), '0') + digits;
}

std::string sort_key(::proto::AccessRequestSort sort, const AccessRequest& request) {
  const std::string& id = request.metadata().name();
  switch (sort) {
    case ::proto::CREATED:
      return sortable(from_timestamp(request.spec().created())) + '/' + id;
    case ::proto::STATE:
      return RequestState_Name(request.spec().state()) + '/' + id;
    case ::proto::USER:
      return request.spec().user() + '/' + id;
    default:
      return id;
  }
}

// Adds those of [from, end) that the page has room for; the key of what follows is where the next
// one starts.
template <class Iterator>
void add_page(RequestList& list, Iterator from, Iterator end, const RequestQuery& query) {
  for (; from != end && list.next_key.empty(); ++from) {
    if (!matches(query, *from->second)) continue;
    if (list.requests.size() == query.limit) {
      list.next_key = from->first;
    } else {
      list.requests.push_back(from->second);
    }
  }
}

template <class Iterator>
RequestList page(Iterator from, Iterator end, const RequestQuery& query) {
  RequestList list;
  add_page(list, from, end, query);
  return list;
}

RequestList page_sorted(const std::vector<RequestPtr>& all, const RequestQuery& query) {
  Sorted sorted;
  for (const RequestPtr& request : all) sorted.emplace(sort_key(query.sort, *request), request);
  if (!query.descending) return page(sorted.lower_bound(query.start_key), sorted.end(), query);
  const auto first = query.start_key.empty() ? sorted.end() : sorted.upper_bound(query.start_key);
  return page(std::make_reverse_iterator(first), sorted.rend(), query);
}

}  // namespace

RequestPtr Cluster::get(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = requests_.find(id);
  if (found != requests_.end()) return found->second;
  const auto archived = archive_ ? archive_->find(id) : std::nullopt;
  return archived ? archive_->request(*archived) : nullptr;
}

std::vector<RequestPtr> Cluster::requests() const {
  const std::lock_guard lock(mutex_);
  std::vector<RequestPtr> all;
  const std::size_t archived = archive_ ? archive_->size() : 0;
  all.reserve(archived + requests_.size());
  for (std::size_t i = 0; i < archived; ++i) all.push_back(archive_->request(i));
  for (const auto& [id, request] : requests_) all.push_back(request);
  return all;
}

RequestList Cluster::list(const RequestQuery& query) const {
  if (query.sort == ::proto::DEFAULT && !query.descending) return page_by_id(query);
  return page_sorted(requests(), query);
}

// What a catch-up of a big cluster does: no sorting, and a page costs what the page holds.
RequestList Cluster::page_by_id(const RequestQuery& query) const {
  const std::lock_guard lock(mutex_);
  RequestList list;
  add_archived(query, list);
  if (query.id.empty()) {
    add_page(list, requests_.lower_bound(query.start_key), requests_.end(), query);
  } else {
    const auto [first, last] = requests_.equal_range(query.id);
    add_page(list, first, last, query);
  }
  return list;
}

// They are the oldest, so they come first; and alike, so that all or none match.
void Cluster::add_archived(const RequestQuery& query, RequestList& list) const {
  if (!archive_) return;
  RequestQuery any_id = query;
  any_id.id.clear();
  if (!matches(any_id, archive_->model())) return;
  std::size_t i = archive_->lower_bound(query.id.empty() ? query.start_key : query.id);
  const std::size_t end =
      query.id.empty() ? archive_->size() : i + archive_->find(query.id).has_value();
  for (; i < end && list.requests.size() < query.limit; ++i) {
    list.requests.push_back(archive_->request(i));
  }
  if (i < end) list.next_key = archive_->id(i);
}

}  // namespace notifyd::sim
