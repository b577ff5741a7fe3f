#include "daemon/cluster.h"

#include <utility>

#include "base/text.h"

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

teleport::GrpcDialerOptions dialer_options(const config::TeleportConfig& config,
                                           const Access& access) {
  teleport::GrpcDialerOptions dialer{
      access.addresses, credential_paths(config), {config.ca_file, config.insecure}};
  // The first that a pin sees is the one that it admits.
  static_cast<void>(dialer.pin->admit(access.identity.value()));
  return dialer;
}

}  // namespace

std::unique_ptr<Cluster> Cluster::make(Engine& engine, net::Http& http,
                                       const config::HostConfig& config, const Access& access,
                                       const delivery::DeliveryOptions& delivery, const Log& log) {
  return std::unique_ptr<Cluster>(
      new Cluster(engine, http, config, delivery, dialer_options(config.teleport, access), log));
}

Cluster::Cluster(Engine& engine, net::Http& http, const config::HostConfig& config,
                 const delivery::DeliveryOptions& delivery, teleport::GrpcDialerOptions dialer,
                 const Log& log)
    : engine_(engine),
      http_(http),
      log_(log),
      dispatcher_(engine, delivery),
      address_(join(config.teleport.addrs, ", ")),
      watcher_(engine, dial_with(std::move(dialer)), dispatcher_, watcher_options(config), log) {}

Cluster::~Cluster() { log_.debug("connection to Teleport ends"); }

void Cluster::start() { watcher_.start(); }

void Cluster::set_options(const config::HostConfig& config,
                          const delivery::DeliveryOptions& delivery) {
  dispatcher_.set_options(delivery);
  watcher_.set_intervals(config.delivery.resync_interval, config.teleport.refresh_identity,
                         config.teleport.refresh_identity_interval);
}

ClusterStatus Cluster::describe() const {
  const teleport::WatcherStatus& known = watcher_.status();
  ClusterStatus status;
  status.connected = known.connected;
  status.address = address_;
  status.way = dialers_.back()->way();
  status.name = known.cluster.name;
  status.version = known.cluster.version;
  status.user = known.identity.user;
  status.trouble = known.trouble;
  status.identity_ends_ms = known.identity.valid_until_ms;
  status.skipped_items = known.skipped_items;
  return status;
}

teleport::GrpcDialer& Cluster::dial_with(teleport::GrpcDialerOptions options) {
  return *dialers_.emplace_back(
      std::make_unique<teleport::GrpcDialer>(engine_, http_, std::move(options), log_));
}

notify::Task<Result<>> Cluster::move_to(config::TeleportConfig config, Access access) {
  teleport::GrpcDialer& next = dial_with(dialer_options(config, access));
  auto moving = watcher_.move_to(next);
  Result<> moved = co_await moving;
  if (moved) address_ = join(config.addrs, ", ");
  if (!moved) std::erase_if(dialers_, [&](const auto& dialer) { return dialer.get() == &next; });
  co_return moved;
}

}  // namespace notifyd::daemon
