// Lives: carries the plan of lives out in the cluster, and knows how each request really went.
#pragma once

#include <string>
#include <vector>

#include "chaos/judge.h"
#include "chaos/life_plan.h"
#include "sim/teleport/cluster.h"

namespace notifyd::chaos {

class Lives {
 public:
  Lives(sim::Cluster& cluster, LifePlan plan);

  const std::vector<Act>& acts() const { return plan_.acts; }
  void act(const Act& act);
  // Decides what still waits for it.
  void end_all();

  // Of those that were created.
  std::vector<Truth> truths() const;

 private:
  Truth truth(std::size_t life) const;
  void note_decision(std::size_t life);

  sim::Cluster& cluster_;
  const LifePlan plan_;
  std::vector<std::string> ids_;  // by life; "" before it begins
  std::vector<std::vector<std::string>> ends_, reviews_;
};

}  // namespace notifyd::chaos
