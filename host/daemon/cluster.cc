#include "daemon/cluster.h"

#include <utility>

#include "daemon/access.h"

namespace notifyd::daemon {
namespace {

teleport::WatcherOptions watcher_options(const config::HostConfig& config) {
  teleport::WatcherOptions options;
  options.refresh_identity = config.teleport.refresh_identity;
  options.refresh_interval = config.teleport.refresh_identity_interval;
  options.resync_interval = config.delivery.resync_interval;
  for (const auto& instance : config.instances) options.plugins.push_back(instance.name);
  return options;
}

}  // namespace

Result<std::unique_ptr<Cluster>> Cluster::make(Engine& engine, const config::HostConfig& config,
                                               const delivery::DeliveryOptions& delivery,
                                               const Log& log) {
  auto address = auth_address(config.teleport);
  if (!address) return std::move(address).error();
  const auto identity = identity_facts(config.teleport, engine.wall());
  if (!identity) return identity.error();
  teleport::GrpcDialerOptions dialer{*std::move(address), credential_paths(config.teleport)};
  const Result<> pinned = dialer.pin->admit(*identity);
  if (!pinned) return pinned.error();
  return std::unique_ptr<Cluster>(new Cluster(engine, config, delivery, std::move(dialer), log));
}

Cluster::Cluster(Engine& engine, const config::HostConfig& config,
                 const delivery::DeliveryOptions& delivery, teleport::GrpcDialerOptions dialer,
                 const Log& log)
    : log_(log),
      dispatcher_(engine, delivery),
      dialer_(engine, std::move(dialer), log),
      watcher_(engine, dialer_, dispatcher_, watcher_options(config), log) {}

Cluster::~Cluster() { log_.debug("connection to Teleport ends"); }

void Cluster::start() { watcher_.start(); }

}  // namespace notifyd::daemon
