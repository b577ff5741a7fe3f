// Instances: the notifiers of a lineup at work, and how all of them end together.
#pragma once

#include <memory>
#include <vector>

#include "base/engine.h"
#include "base/log.h"
#include "daemon/lineup.h"
#include "module/instance.h"
#include "net/http.h"

namespace notifyd::daemon {

// [engine] Whoever hands work to an instance is gone before it ends, so declare it behind this.
//
// While stuck() is not 0 the process leaves with _Exit: the destructor would wait for a module
// that does not come back, and its code cannot be unmapped under it.
class Instances {
 public:
  Instances(Engine& engine, net::Http& http, Log log, modules::InstanceLimits limits = {});
  Instances(const Instances&) = delete;
  Instances& operator=(const Instances&) = delete;
  ~Instances();

  // Blocks while the module's create() runs. Null when that is a fault.
  modules::Instance* start(LineupEntry entry, config::Faults& faults);

  const std::vector<std::unique_ptr<modules::Instance>>& all() const { return instances_; }

  // Asks every module to hurry with what it has open.
  void hurry();

  // Blocks until all have ended, at most until `deadline`, however many do not come back.
  void end(TimePoint deadline);

  // Those that did not come back, and still have not.
  std::size_t stuck() { return quarantine_->size(); }

 private:
  Engine& engine_;
  net::Http& http_;
  const Log log_;
  const modules::InstanceLimits limits_;
  const std::shared_ptr<modules::Quarantine> quarantine_ = std::make_shared<modules::Quarantine>();
  std::vector<std::unique_ptr<modules::Instance>> instances_;
};

}  // namespace notifyd::daemon
