// What people will do with Access Requests during a run: drawn from the seed before it begins.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "chaos/random.h"
#include "sim/teleport/cluster.h"

namespace notifyd::chaos {

struct Act {
  enum class Kind { kCreate, kReview, kResolve, kDelete };
  Millis at;
  Kind kind = Kind::kCreate;
  std::size_t life = 0;   // whose: index into LifePlan::requests
  std::string author{};   // kReview
  bool approves = false;  // kReview, kResolve
};

struct LifePlan {
  std::vector<sim::NewRequest> requests;
  std::vector<Act> acts;  // by time
};

// Whom the run's configuration names for roles; the judge reckons with the same.
struct Route {
  std::string role;  // "*": every role without a line of its own
  std::vector<std::string> recipients;
};
const std::vector<Route>& routes();

LifePlan plan_lives(std::uint64_t seed, std::size_t count, Millis length);

}  // namespace notifyd::chaos
