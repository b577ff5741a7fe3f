#include "chaos/lives.h"

#include <algorithm>
#include <set>
#include <string>

namespace notifyd::chaos {
namespace {

constexpr char kNobody[] = "nobody@example.com";  // suggested, and Slack does not know them

std::set<std::string> recipients(const sim::NewRequest& request) {
  std::set<std::string> all;
  for (const std::string& role : request.roles) {
    const auto own = std::ranges::find(routes(), role, &Route::role);
    const Route& route = own == routes().end() ? routes().front() : *own;
    all.insert(route.recipients.begin(), route.recipients.end());
  }
  all.insert(request.suggested_reviewers.begin(), request.suggested_reviewers.end());
  all.erase(kNobody);
  return all;
}

// Requests of which some record said once that a decision was told, or about to be.
std::set<std::string> decisions_on_record(const sim::Cluster& cluster) {
  std::set<std::string> requests;
  for (const sim::JournalEntry& entry : cluster.journal()) {
    const auto record = entry.write.set.find("notifyd");
    if (entry.refused || record == entry.write.set.end()) continue;
    for (const char* told : {"\"st\":\"", "\"try\":\"final:"}) {
      for (const char* decision : {"APPROVED", "DENIED"}) {
        if (record->second.find(std::string(told) + decision) != std::string::npos) {
          requests.insert(entry.write.resource);
        }
      }
    }
  }
  return requests;
}

}  // namespace

Lives::Lives(sim::Cluster& cluster, LifePlan plan)
    : cluster_(cluster),
      plan_(std::move(plan)),
      ids_(plan_.requests.size()),
      ends_(plan_.requests.size()),
      reviews_(plan_.requests.size()) {}

// What no longer fits (a review of a request that has expired) does not happen.
void Lives::act(const Act& act) {
  std::string& id = ids_.at(act.life);
  const auto state = act.approves ? ::types::APPROVED : ::types::DENIED;
  switch (act.kind) {
    case Act::Kind::kCreate:
      id = cluster_.create_request(plan_.requests.at(act.life));
      return;
    case Act::Kind::kReview:
      if (!cluster_.review(id, act.author, state, "as I see it")) return;
      reviews_.at(act.life).push_back(act.author);
      break;
    case Act::Kind::kResolve:
      if (!cluster_.set_state(id, state, "so be it")) return;
      break;
    case Act::Kind::kDelete:
      static_cast<void>(cluster_.remove(id));
      return;
  }
  note_decision(act.life);
}

void Lives::note_decision(std::size_t life) {
  const auto request = cluster_.get(ids_.at(life));
  if (!request || request->spec().state() == ::types::PENDING) return;
  const std::string state = ::types::RequestState_Name(request->spec().state());
  auto& ends = ends_.at(life);
  if (ends.empty() || ends.back() != state) ends.push_back(state);
}

void Lives::end_all() {
  for (std::size_t life = 0; life < ids_.size(); ++life) {
    const auto request = cluster_.get(ids_.at(life));
    if (!request || request->spec().state() != ::types::PENDING) continue;
    act({.at = Millis(0),
         .kind = Act::Kind::kReview,
         .life = life,
         .author = "dora@example.com",
         .approves = true});
    act({.at = Millis(0), .kind = Act::Kind::kResolve, .life = life, .approves = life % 2 == 0});
  }
}

std::vector<Truth> Lives::truths() const {
  const std::set<std::string> decided = decisions_on_record(cluster_);
  std::vector<Truth> all;
  for (std::size_t life = 0; life < ids_.size(); ++life) {
    if (ids_.at(life).empty()) continue;
    all.push_back(truth(life));
    all.back().decision_on_record = decided.contains(all.back().id);
  }
  return all;
}

Truth Lives::truth(std::size_t life) const {
  const sim::NewRequest& request = plan_.requests.at(life);
  Truth truth;
  truth.id = ids_.at(life);
  truth.requester = request.user;
  truth.reviewers = recipients(request);
  truth.ends = ends_.at(life);
  truth.gone = cluster_.get(truth.id) == nullptr;
  truth.gaps = truth.gone;
  truth.reviews = reviews_.at(life);
  const auto entry = cluster_.entry(truth.id, "slack");
  const auto ours = entry.find("notifyd");
  truth.on_record = ours != entry.end() && ours->second.find("\"to\"") != std::string::npos;
  return truth;
}

}  // namespace notifyd::chaos
