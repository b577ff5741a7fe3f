// Changeover: from what runs to what a configuration says now, all or none. Everything new is
// brought up beside the old; only when all of it works does anything change.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/engine.h"
#include "base/log.h"
#include "base/workshop.h"
#include "config/faults.h"
#include "config/host_config.h"
#include "daemon/clusters.h"
#include "daemon/fleet.h"
#include "daemon/lineup.h"

namespace notifyd::daemon {

// What it works on. All outlive the changeover.
struct Stage {
  Engine& engine;
  Workshop& workshop;
  net::Http& http;
  const delivery::DeliveryOptions& delivery;
  Fleet& fleet;
  Clusters& clusters;
  const Log& log;
  std::string rehearsal;  // the program that tries modules out
  std::shared_ptr<modules::Staging> staging;
};

// [engine] One attempt.
class Changeover {
 public:
  // `now` is what runs, `next` what is to; both outlive this.
  Changeover(Stage stage, const config::HostConfig& now, const config::HostConfig& next)
      : stage_(std::move(stage)), now_(now), next_(next), faults_(next.faults) {}

  // True: all of it works, and has taken over. False: nothing has changed, and faults() says why.
  notify::Task<bool> run();

  const config::Faults& faults() const { return faults_; }
  // What is found wrong elsewhere, before run().
  void add(const Error& error, const config::Position& at) {
    faults_.add(error, at, config::FoundIn::kMachine);
  }
  // One line for each thing that is different now, and for each warning.
  const std::vector<std::string>& changes() const { return changes_; }

 private:
  notify::Task<> bring_up();
  notify::Task<> prove();
  notify::Task<> prove(const Newcomer& newcomer);
  notify::Task<> approach();
  notify::Task<> approach(const config::TeleportConfig& teleport);
  notify::Task<> try_out(const config::TeleportConfig& teleport, config::Faults& faults);
  void give_up();
  void take_over();
  void take_over(Newcomer newcomer);
  void take_over(Approach approach);
  void end_those_that_are_gone();
  void end_clusters_that_are_gone();
  void note_what_takes_a_restart();

  Stage stage_;
  const config::HostConfig& now_;
  const config::HostConfig& next_;
  config::Faults faults_;
  std::vector<std::string> kept_;
  std::vector<Newcomer> newcomers_;
  std::vector<Approach> approaches_;  // to clusters that are new, or reached otherwise; proven
  std::vector<std::string> changes_;
};

}  // namespace notifyd::daemon
