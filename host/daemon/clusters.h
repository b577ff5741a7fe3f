// Clusters: all the Teleport clusters that are followed, and which instance is told of which. One
// that cannot be reached is none of the others' business.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/engine.h"
#include "config/host_config.h"
#include "daemon/cluster.h"
#include "daemon/fleet.h"
#include "daemon/status.h"
#include "delivery/options.h"

namespace notifyd::daemon {

// [engine] Outlived by the engine and by every sender that it is told of.
class Clusters {
 public:
  explicit Clusters(Engine& engine) : engine_(engine) {}
  Clusters(const Clusters&) = delete;
  Clusters& operator=(const Clusters&) = delete;

  void add(std::unique_ptr<Cluster> cluster) { all_.push_back(std::move(cluster)); }
  void start();
  Cluster* find(const std::string& name) const;  // by its section; null: there is none

  // Starts nothing new for it; it goes once what is under way has ended and is recorded, or after
  // kDrainWithin: then who comes next takes that up.
  void end(const std::string& name);

  // Has each instance told of the clusters that its file says, and of no others. `renewed` are
  // those that another generation answers for.
  void settle(const Fleet::Seats& seats, const std::set<std::string>& renewed);
  // `done` comes when none of its deliveries is under way, and nothing refers to it any more.
  void remove(const delivery::Sender& sender, std::function<void()> done);

  void set_options(const config::HostConfig& config, const delivery::DeliveryOptions& delivery);

  std::vector<ClusterStatus> describe() const;
  // Requests with anything left to do for an instance.
  std::size_t waiting(const std::string& instance) const;

  // Notifiers that are parked or paused try again at once.
  void retry_now();

  // Starts nothing new; `done` comes when what is under way has ended and is recorded.
  void drain(std::function<void()> done);

  // Ends them as they stand.
  void clear();

 private:
  struct Leaving {
    Leaving(Engine& engine, std::unique_ptr<Cluster> which)
        : cluster(std::move(which)), late(engine) {}
    std::unique_ptr<Cluster> cluster;
    ScopedTimer late;
  };

  static bool settle(Cluster& cluster, const Fleet::Seat& seat, bool renewed);
  void let_go(const Cluster* which);
  void each(const std::function<void(Cluster&)>& work);

  Engine& engine_;
  std::vector<std::unique_ptr<Cluster>> all_;
  std::list<Leaving> leaving_;
};

// Makes those of a configuration, for a start. One whose files cannot be used is followed as soon
// as they can, and said in the log; if that holds for all of them, or if the configuration's own
// text is wrong, that is a fault.
void add_clusters(Clusters& clusters, Engine& engine, net::Http& http,
                  const config::HostConfig& config, const delivery::DeliveryOptions& delivery,
                  const Log& log, config::Faults& faults);

}  // namespace notifyd::daemon
