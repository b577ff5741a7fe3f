#include "daemon/cluster.h"

#include <utility>

#include "base/text.h"
#include "delivery/told.h"

namespace notifyd::daemon {
namespace {

// Where there is one, all lines are of it.
Log named(const Log& log, const std::string& cluster) {
  return cluster.empty() ? log : log.with({{"teleport", cluster}});
}

teleport::WatcherOptions watcher_options(const config::TeleportConfig& teleport,
                                         const config::DeliveryConfig& delivery) {
  teleport::WatcherOptions options;
  options.told = delivery::told_to_all;
  options.refresh_identity = teleport.refresh_identity;
  options.refresh_interval = teleport.refresh_identity_interval;
  options.resync_interval = delivery.resync_interval;
  return options;
}

std::vector<std::unique_ptr<teleport::GrpcDialer>> one(Approach& approach) {
  std::vector<std::unique_ptr<teleport::GrpcDialer>> dialers;
  dialers.push_back(std::move(approach.dialer));
  return dialers;
}

}  // namespace

// ---- Approach ----

Approach Approach::make(Engine& engine, net::Http& http, config::TeleportConfig config,
                        const Access& access, const Log& log) {
  teleport::GrpcDialerOptions options{
      access.addresses, credential_paths(config), {access.proxy_cas, config.insecure}};
  // The first that a pin sees is the one that it admits.
  if (access.identity) static_cast<void>(options.pin->admit(*access.identity));
  auto dialer = std::make_unique<teleport::GrpcDialer>(engine, http, std::move(options),
                                                       named(log, config.name));
  return {std::move(config), std::move(dialer)};
}

notify::Task<Result<>> Approach::prove() const {
  auto dialing = dialer->dial();
  const auto connected = co_await dialing;
  if (!connected) co_return connected.error();
  co_return Done{};
}

// ---- Cluster ----

Cluster::Cluster(Engine& engine, Approach approach, const config::DeliveryConfig& config,
                 const delivery::DeliveryOptions& delivery, const Log& log)
    : name_(approach.config.name),
      log_(named(log, name_)),
      dispatcher_(engine, as_this_cluster(delivery), name_),
      address_(join(approach.config.addrs, ", ")),
      dialers_(one(approach)),
      watcher_(engine, *dialers_.back(), dispatcher_, watcher_options(approach.config, config),
               log_) {}

Cluster::~Cluster() { log_.debug("connection to Teleport ends"); }

void Cluster::start() { watcher_.start(); }

// Two sections may lead to one cluster by mistake. As two replicas they double nothing.
delivery::DeliveryOptions Cluster::as_this_cluster(delivery::DeliveryOptions options) const {
  if (!name_.empty()) options.owner += "/" + name_;
  return options;
}

void Cluster::set_instances(std::vector<std::string> names) {
  instances_ = std::move(names);
  watcher_.set_plugins(instances_);
}

void Cluster::set_options(const config::TeleportConfig& config,
                          const config::DeliveryConfig& intervals,
                          const delivery::DeliveryOptions& delivery) {
  dispatcher_.set_options(as_this_cluster(delivery));
  watcher_.set_intervals(intervals.resync_interval, config.refresh_identity,
                         config.refresh_identity_interval);
}

ClusterStatus Cluster::describe() const {
  const teleport::WatcherStatus& known = watcher_.status();
  ClusterStatus status;
  status.section = name_;
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

void Cluster::move_to(Approach next) {
  address_ = join(next.config.addrs, ", ");
  dialers_.push_back(std::move(next.dialer));
  watcher_.move_to(*dialers_.back());
}

}  // namespace notifyd::daemon
