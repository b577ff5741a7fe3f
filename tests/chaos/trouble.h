// Troubles: what goes wrong around the daemons, and when. Drawn from the seed before the run
// begins.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "chaos/random.h"
#include "chaos/stage.h"

namespace notifyd::chaos {

// One kind of trouble. What it does may draw from `seed`, so that a run is like the one before.
struct TroubleKind {
  std::string name;
  int weight;  // how often, compared with others of its side
  Millis least, most;
  std::function<void(Stage&, std::uint64_t seed)> begin;
  std::function<void(Stage&)> end;
};

struct Trouble {
  Millis at, until;
  const TroubleKind* kind;
  std::uint64_t seed;
};

// A side has one trouble at a time.
struct Side {
  std::string name;
  Millis mean_gap;
  std::vector<TroubleKind> kinds;
};
// Slack, the Auth Service, the proxies before it, the cluster's CAs, and each replica. They live as
// long as the program.
const std::vector<Side>& sides();

// By time; all are over when `length` is.
std::vector<Trouble> plan_troubles(std::uint64_t seed, Millis length);

}  // namespace notifyd::chaos
