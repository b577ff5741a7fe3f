// Stage: the simulated Teleport and Slack, and the replicas of the real daemon between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "chaos/random.h"
#include "chaos/ways.h"
#include "support/temp_dir.h"
#include "support/world.h"

namespace notifyd::chaos {

inline constexpr std::size_t kReplicas = 2;

// One of the daemons that share the work, through all its lives.
class Replica {
 public:
  // `way` is that of its n-th life, from 0.
  Replica(test::World& world, std::string module_file, std::function<const Way&(std::size_t)> way)
      : world_(world), module_file_(std::move(module_file)), way_(std::move(way)) {}

  void start();      // as soon as its former life is over
  void kill();       // SIGKILL
  void terminate();  // SIGTERM
  void freeze(bool frozen);
  // SIGHUP, with another build of the module where `other` says so.
  void reload(bool other);
  // To be called often.
  void poll();

  bool up() { return process_ != nullptr && process_->running(); }
  std::size_t lives() const { return logs_.size(); }
  std::string log(std::size_t life) const { return logs_.at(life)->err(); }
  const Way& way(std::size_t life) const { return way_(life); }
  // What no daemon may do, such as ending by itself; "" if all is well.
  const std::string& misdeed() const { return misdeed_; }

 private:
  enum class Leaving { kNo, kKilled, kAsked };

  void look_at_exit();

  test::World& world_;
  const std::string module_file_;  // all replicas'
  const std::function<const Way&(std::size_t)> way_;
  std::vector<test::Process*> logs_;  // the world's, of each life
  test::Process* process_ = nullptr;
  Leaving leaving_ = Leaving::kNo;
  std::chrono::steady_clock::time_point asked_at_;
  bool frozen_ = false;
  bool wanted_ = false;
  std::string misdeed_;
};

struct StageOptions {
  // "obey" has no limits but Slack's refusals, which come as troubles; "published" has Slack's on
  // both sides, so that many requests take long.
  std::string pace = "obey";
  bool history_readable = true;  // the app has the scopes that find() takes
};

struct Stage {
  Stage(const StageOptions& options, std::uint64_t seed);

  void poll();

  // All proxies at once.
  void stop_proxies();
  void start_proxies();
  void cut_proxies();
  // What is to be different from what they are; nothing: they are as they should be.
  void change_proxies(const std::function<void(sim::ProxyQuirks&)>& change);

  const sim::RateLimits limits;  // Slack's, as long as no trouble changes them
  const bool history_readable;
  const test::TempDir modules;  // of their own, since they are overwritten
  test::World world;
  std::vector<Door> doors;  // to the Auth Service
  std::vector<Replica> replicas;
};

}  // namespace notifyd::chaos
