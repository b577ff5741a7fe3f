#include "daemon/cluster.h"

#include <utility>

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

std::unique_ptr<Cluster> Cluster::make(Engine& engine, const config::HostConfig& config,
                                       const Access& access,
                                       const delivery::DeliveryOptions& delivery, const Log& log) {
  teleport::GrpcDialerOptions dialer{access.address, credential_paths(config.teleport)};
  // The first that a pin sees is the one that it admits.
  static_cast<void>(dialer.pin->admit(access.identity.value()));
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
