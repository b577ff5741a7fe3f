// Fleet: the instances at work. Each has its sender, which stays through all its generations, and
// the generation that answers for it now; older ones finish what they began and go.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/engine.h"
#include "base/log.h"
#include "base/workshop.h"
#include "config/faults.h"
#include "daemon/lineup.h"
#include "daemon/status.h"
#include "delivery/options.h"
#include "delivery/sender.h"
#include "module/instance.h"
#include "net/http.h"

namespace notifyd::daemon {

// How long a generation that was replaced may take to finish, before it is asked to hurry, and then
// before it is left in quarantine.
inline constexpr Millis kDrainWithin{30'000};
inline constexpr Millis kHurryWithin{10'000};

// An instance that was brought up and answers for nothing yet.
struct Newcomer {
  Running running;
  std::string module;  // the operator's file
  std::unique_ptr<modules::Instance> instance;
};

// [engine] Whoever hands work to a sender is gone before it ends, so declare it behind this.
//
// While stuck() is not 0 the process leaves with _Exit: code cannot be unmapped under a module that
// does not come back.
class Fleet {
 public:
  // All outlive the fleet.
  Fleet(Engine& engine, net::Http& http, Workshop& workshop,
        const delivery::DeliveryOptions& delivery, Log log, modules::InstanceLimits limits = {});
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  ~Fleet();

  // Brings an instance up beside those that run. No instance: `faults`, which outlives the task,
  // says why. Blocks the engine, for a start that has nothing else to do; the other does not.
  Newcomer start(LineupEntry entry, config::Faults& faults);
  notify::Task<Newcomer> begin(LineupEntry entry, config::Faults& faults);

  // It answers from now on. The sender that does is new where the name is; else it is the one that
  // was there, and the generation before finishes what it began.
  struct Joined {
    delivery::Sender* sender = nullptr;
    bool is_new = false;
  };
  Joined join(Newcomer newcomer);
  // It is not needed after all, and ends.
  void dismiss(Newcomer newcomer);

  // Its name is free from now on. The sender stays, and what answers for it, until departed(): when
  // none of its deliveries is under way any more.
  delivery::Sender& depart(const std::string& name);
  void departed(const delivery::Sender& sender);

  // An instance as clusters see it: who is told, and the file that says of what. Good until the
  // next call that joins, or departs, one.
  struct Seat {
    delivery::Sender* sender;
    const config::InstanceConfig* config;
  };
  using Seats = std::vector<Seat>;
  Seats seats() const;

  std::vector<std::string> names() const;
  RunningInstances running() const;
  std::vector<modules::Instance*> instances() const;
  std::vector<InstanceStatus> status() const;
  std::vector<std::string> quarantined() const { return quarantine_->names(); }

  // Asks every module to hurry with what it has open.
  void hurry();
  // Blocks until all have ended, at most until `deadline`, however many do not come back.
  void end(TimePoint deadline);
  // Those that did not come back, and still have not.
  std::size_t stuck() { return quarantine_->size(); }

 private:
  struct Member {
    Newcomer current;
    std::unique_ptr<delivery::Sender> sender;
    unsigned generation = 1;
    std::int64_t since_ms = 0;
  };

  modules::InstanceOptions options_of(LineupEntry& entry, Newcomer& newcomer) const;
  using Members = std::map<std::string, Member>;
  using Leaving = std::list<std::unique_ptr<modules::Instance>>;
  void drain(std::unique_ptr<modules::Instance> instance);
  notify::Task<> drained(Leaving::iterator leaving);

  Engine& engine_;
  net::Http& http_;
  Workshop& workshop_;
  const delivery::DeliveryOptions& delivery_;
  const Log log_;
  const modules::InstanceLimits limits_;
  const std::shared_ptr<modules::Quarantine> quarantine_ = std::make_shared<modules::Quarantine>();
  Members members_;
  std::vector<Member> departing_;
  Leaving leaving_;         // older generations, and those that nothing needs any more
  notify::Scope draining_;  // last: its tasks wait for those
};

}  // namespace notifyd::daemon
