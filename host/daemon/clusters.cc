#include "daemon/clusters.h"

#include <algorithm>
#include <utility>

#include "daemon/access.h"

namespace notifyd::daemon {
namespace {

// Calls `done` once nobody holds it any more, whether they were done or ended before.
std::shared_ptr<void> when_all_let_go(std::function<void()> done) {
  return {nullptr, [done = std::move(done)](void*) { done(); }};
}

}  // namespace

void Clusters::start() {
  for (const auto& cluster : all_) cluster->start();
}

Cluster* Clusters::find(const std::string& name) const {
  const auto found =
      std::ranges::find_if(all_, [&](const auto& cluster) { return cluster->name() == name; });
  return found == all_.end() ? nullptr : found->get();
}

void Clusters::end(const std::string& name) {
  const auto found =
      std::ranges::find_if(all_, [&](const auto& cluster) { return cluster->name() == name; });
  if (found == all_.end()) return;
  Leaving& leaving = leaving_.emplace_back(engine_, std::move(*found));
  all_.erase(found);
  Cluster* const which = leaving.cluster.get();
  leaving.late.start(kDrainWithin, [this, which] { let_go(which); });
  which->drain([this, which] { let_go(which); });
}

// Not from within its own call; and it may be gone by then.
void Clusters::let_go(const Cluster* which) {
  engine_.post([this, which] {
    leaving_.remove_if([&](const Leaving& one) { return one.cluster.get() == which; });
  });
}

void Clusters::settle(const Fleet::Seats& seats, const std::set<std::string>& renewed) {
  for (const auto& cluster : all_) {
    std::vector<std::string> names;
    bool changed = false;
    for (const Fleet::Seat& seat : seats) {
      changed |= settle(*cluster, seat, renewed.contains(seat.sender->name()));
      if (cluster->has(*seat.sender)) names.push_back(seat.sender->name());
    }
    if (changed || names != cluster->instances()) cluster->set_instances(std::move(names));
  }
}

// Whether requests are to be looked at anew for it.
bool Clusters::settle(Cluster& cluster, const Fleet::Seat& seat, bool renewed) {
  const bool told = config::is_told_of(*seat.config, cluster.name());
  if (told == cluster.has(*seat.sender)) {
    if (!told || !renewed) return false;
    cluster.renewed(*seat.sender);
    return true;
  }
  told ? cluster.add(*seat.sender) : cluster.remove(*seat.sender, [] {});
  return told;
}

void Clusters::each(const std::function<void(Cluster&)>& work) {
  for (const auto& cluster : all_) work(*cluster);
  for (const Leaving& one : leaving_) work(*one.cluster);
}

void Clusters::remove(const delivery::Sender& sender, std::function<void()> done) {
  const auto last = when_all_let_go(std::move(done));
  each([&](Cluster& cluster) { cluster.remove(sender, [last] {}); });
}

void Clusters::set_options(const config::HostConfig& config,
                           const delivery::DeliveryOptions& delivery) {
  for (const config::TeleportConfig& teleport : config.clusters) {
    if (Cluster* const cluster = find(teleport.name)) {
      cluster->set_options(teleport, config.delivery, delivery);
    }
  }
}

std::vector<ClusterStatus> Clusters::describe() const {
  std::vector<ClusterStatus> all;
  for (const auto& cluster : all_) all.push_back(cluster->describe());
  return all;
}

std::size_t Clusters::waiting(const std::string& instance) const {
  std::size_t count = 0;
  for (const auto& cluster : all_) count += cluster->waiting(instance);
  return count;
}

void Clusters::retry_now() {
  each([](Cluster& cluster) { cluster.retry_now(); });
}

void Clusters::drain(std::function<void()> done) {
  const auto last = when_all_let_go(std::move(done));
  each([&](Cluster& cluster) { cluster.drain([last] {}); });
}

void Clusters::clear() {
  leaving_.clear();
  all_.clear();
}

// ---- At a start ----

void add_clusters(Clusters& clusters, Engine& engine, net::Http& http,
                  const config::HostConfig& config, const delivery::DeliveryOptions& delivery,
                  const Log& log, config::Faults& faults) {
  std::vector<config::Faults> broken;
  for (const config::TeleportConfig& teleport : config.clusters) {
    config::Faults own(config.file);
    const Access access = judge_access(teleport, engine.wall(), own);
    for (const std::string& warning : access.warnings) log.warn(warning);
    clusters.add(std::make_unique<Cluster>(engine,
                                           Approach::make(engine, http, teleport, access, log),
                                           config.delivery, delivery, log));
    if (!own.empty()) broken.push_back(std::move(own));
  }
  const bool text_is_right = std::ranges::none_of(
      broken, [](const config::Faults& own) { return own.has(config::FoundIn::kText); });
  const bool goes_on = text_is_right && broken.size() < config.clusters.size();
  for (const config::Faults& own : broken) {
    if (!goes_on) {
      faults.add(own);
      continue;
    }
    for (const std::string& line : own.lines()) log.error(line);
  }
}

}  // namespace notifyd::daemon
