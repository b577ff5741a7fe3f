#include "teleport/snapshots.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace notifyd::teleport {
namespace {

bool is_resolved(const AccessRequest& request) { return request.end != model::End::kNone; }

const std::string& id_of(const WatchEvent& event) {
  return event.request ? event.request->id : event.id;
}

}  // namespace

void Snapshots::begin_connection() {
  event_at_.clear();
  held_.clear();
  holding_ = true;
}

void Snapshots::event(const WatchEvent& event) {
  const std::string& id = id_of(event);
  forget_ended();
  event_at_[id] = engine_.now();
  missing_.erase(id);
  if (holding_) {
    held_.push_back(event);
  } else {
    pass_on(event);
  }
}

void Snapshots::pass_on(const WatchEvent& event) {
  if (event.request) {
    put(event.request);
  } else {
    remove(event.id);
  }
}

// Whether anything is left to be done for it.
bool Snapshots::put(const AccessRequestPtr& request) {
  const Progress now{is_resolved(*request), model::review_count(*request)};
  if (goes_back(request->id, now)) return true;
  known_[request->id] = now;
  return sink_.request(request);
}

// One that had an event stays in mind: not to be known then says that it was deleted.
void Snapshots::put_listed(const AccessRequestPtr& request) {
  if (put(request) || !is_resolved(*request) || had_event(request->id)) return;
  if (ended_.add(request->id)) known_.erase(request->id);
}

void Snapshots::forget_ended() {
  if (engine_.now() < forget_ended_at_) return;
  ended_ = EndedIds();
  forget_ended_at_ = TimePoint::max();
}

void Snapshots::remove(const std::string& id) {
  known_.erase(id);
  sink_.gone(id);
}

bool Snapshots::goes_back(const std::string& id, const Progress& now) {
  const auto before = known_.find(id);
  if (before == known_.end()) return !now.resolved && ended_.contains(id);
  const auto& [was_resolved, reviews] = before->second;
  if (now.resolved != was_resolved) return was_resolved;
  return now.reviews < reviews;
}

void Snapshots::begin_catch_up() {
  std::erase_if(event_at_, [oldest = engine_.now() - kListLag](const auto& entry) {
    return entry.second < oldest;
  });
  forget_ended();
  forget_ended_at_ = TimePoint::max();
  missing_.clear();
  incomplete_ = false;
  listed_ = 0;
  for (const auto& [id, progress] : known_) {
    if (!had_event(id)) missing_.insert(id);
  }
  sink_.catch_up_started();
}

void Snapshots::record(const std::string& plugin, const std::string& id, PluginEntry entry) {
  if (!had_event(id)) missing_.insert(id);
  sink_.record(plugin, id, std::move(entry));
}

// One that is gone by now is as good as one that ended.
void Snapshots::records_told(const std::string& plugin, const ToldRecordsPtr& records) {
  records->visit_waiting([this](const std::string& id) {
    if (!had_event(id)) missing_.insert(id);
  });
  sink_.records_told(plugin, records);
}

void Snapshots::record_unreadable(const std::string& plugin, const std::string& id) {
  sink_.record_unreadable(plugin, id);
}

void Snapshots::records_done() {
  holding_ = false;
  sink_.records_listed();
  for (const WatchEvent& event : std::exchange(held_, {})) pass_on(event);
}

// A list may lag behind an event that said it is gone. One that said it is there is no reason to
// leave it out: who has come since, as a new instance, has not heard of it.
void Snapshots::page(const std::vector<AccessRequestPtr>& requests) {
  listed_ += requests.size();
  for (const AccessRequestPtr& request : requests) {
    missing_.erase(request->id);
    if (!had_event(request->id) || known_.contains(request->id)) put_listed(request);
  }
}

// Of those that had an event the stream says more.
void Snapshots::settled(const std::vector<Settled>& requests) {
  listed_ += requests.size();
  for (const Settled& one : requests) {
    const std::string id = unpack(one.id);
    missing_.erase(id);
    const Progress now{one.now.end != model::End::kNone, one.now.reviews};
    if (had_event(id) || goes_back(id, now)) continue;
    if (now.resolved) {
      known_.erase(id);
      ended_.add(id);
    } else {
      known_[id] = now;
    }
  }
}

bool Snapshots::has_doubtful() const {
  if (incomplete_) return false;
  return std::any_of(missing_.begin(), missing_.end(),
                     [this](const std::string& id) { return !gone_before_.contains(id); });
}

void Snapshots::recheck(const std::vector<AccessRequestPtr>& requests) {
  for (const AccessRequestPtr& request : requests) {
    if (missing_.erase(request->id) == 1) put(request);
  }
}

void Snapshots::give_up_catch_up() {
  forget_ended_at_ = engine_.now() + kListLag;
  sink_.catch_up_failed();
}

void Snapshots::end_catch_up() {
  forget_ended_at_ = engine_.now() + kListLag;
  if (!incomplete_) {
    for (const std::string& id : missing_) remove(id);
    gone_before_ = std::exchange(missing_, {});
  }
  sink_.catch_up_done();
}

}  // namespace notifyd::teleport
