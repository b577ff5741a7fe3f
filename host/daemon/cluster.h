// Cluster: one Teleport cluster, followed: the connection to it and who is told what it says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/engine.h"
#include "base/log.h"
#include "base/result.h"
#include "config/host_config.h"
#include "daemon/access.h"
#include "daemon/status.h"
#include "delivery/dispatcher.h"
#include "teleport/grpc_dialer.h"
#include "teleport/watcher.h"

namespace notifyd::daemon {

// [engine] Outlived by the engine, by `http` and by every sender that was added.
class Cluster {
 public:
  // As whom it dials, and where, is what `access` found; the credentials are read again at each
  // dial.
  static std::unique_ptr<Cluster> make(Engine& engine, net::Http& http,
                                       const config::HostConfig& config, const Access& access,
                                       const delivery::DeliveryOptions& delivery, const Log& log);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  void start();

  // ---- Before start(), and while it runs ----
  void add(delivery::Sender& sender) { dispatcher_.add(sender); }
  // `done` comes when none of its deliveries is under way, and nothing refers to it any more.
  void remove(const delivery::Sender& sender, std::function<void()> done) {
    dispatcher_.remove(sender, std::move(done));
  }
  // Another generation answers for it.
  void renewed(const delivery::Sender& sender) { dispatcher_.renewed(sender); }
  // Whose records are read: those of all senders.
  void set_instances(std::vector<std::string> names) { watcher_.set_plugins(std::move(names)); }
  void set_options(const config::HostConfig& config, const delivery::DeliveryOptions& delivery);
  // Whether the credentials' files hold others than those in use, even somebody else's.
  bool identity_differs() const { return dialers_.back()->identity_differs(); }
  // Another address, or other credentials: proven before the old connection goes. An error changes
  // nothing.
  notify::Task<Result<>> move_to(config::TeleportConfig config, Access access);

  ClusterStatus describe() const;
  // Requests with anything left to do for an instance.
  std::size_t waiting(const std::string& instance) const { return dispatcher_.awake(instance); }

  // Notifiers that are parked or paused try again at once.
  void retry_now() { dispatcher_.retry_now(); }

  // Starts nothing new; `done` comes when what is under way has ended and is recorded.
  void drain(const std::function<void()>& done) { dispatcher_.drain(done); }

 private:
  Cluster(Engine& engine, net::Http& http, const config::HostConfig& config,
          const delivery::DeliveryOptions& delivery, teleport::GrpcDialerOptions dialer,
          const Log& log);

  teleport::GrpcDialer& dial_with(teleport::GrpcDialerOptions options);

  Engine& engine_;
  net::Http& http_;
  const Log log_;
  delivery::Dispatcher dispatcher_;
  std::string address_;  // as it is configured
  // The last is in use. Sessions of one before it may be open until the new connection stands.
  std::vector<std::unique_ptr<teleport::GrpcDialer>> dialers_;
  teleport::Watcher watcher_;  // last: it calls the other two
};

}  // namespace notifyd::daemon
