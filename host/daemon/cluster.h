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

// How a cluster is reached, and as whom, as a configuration has it.
struct Approach {
  config::TeleportConfig config;
  std::unique_ptr<teleport::GrpcDialer> dialer;

  // As `access` found it; the credentials are read again at each dial.
  static Approach make(Engine& engine, net::Http& http, config::TeleportConfig config,
                       const Access& access, const Log& log);
  // Whether it leads there now.
  notify::Task<Result<>> prove() const;
};

// [engine] Outlived by the engine, by what its approach uses, and by every sender that was added.
class Cluster {
 public:
  Cluster(Engine& engine, Approach approach, const config::DeliveryConfig& config,
          const delivery::DeliveryOptions& delivery, const Log& log);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  const std::string& name() const { return name_; }  // of [teleport.NAME]

  void start();

  // ---- Before start(), and while it runs ----
  void add(delivery::Sender& sender) { dispatcher_.add(sender); }
  bool has(const delivery::Sender& sender) const { return dispatcher_.has(sender); }
  // `done` comes when none of its deliveries is under way, and nothing refers to it any more.
  void remove(const delivery::Sender& sender, std::function<void()> done) {
    dispatcher_.remove(sender, std::move(done));
  }
  // Another generation answers for it.
  void renewed(const delivery::Sender& sender) { dispatcher_.renewed(sender); }
  // Whose records are read: those of all senders. Lists all requests anew, which is not for nothing
  // in a big cluster.
  void set_instances(std::vector<std::string> names);
  const std::vector<std::string>& instances() const { return instances_; }

  void set_options(const config::TeleportConfig& config, const config::DeliveryConfig& intervals,
                   const delivery::DeliveryOptions& delivery);
  // Whether the credentials' files hold others than those in use, even somebody else's.
  bool identity_differs() const { return dialers_.back()->identity_differs(); }
  // Whether a proxy is trusted by these CAs beside the system's, and by no others.
  bool trusts(const net::CaText& proxy_cas) const { return dialers_.back()->trusts(proxy_cas); }
  bool connected() const { return watcher_.status().connected; }
  // Another address, other credentials, or other CAs of a proxy, that were proven. The old
  // connection goes when the new one has caught up.
  void move_to(Approach next);

  ClusterStatus describe() const;
  // Requests with anything left to do for an instance.
  std::size_t waiting(const std::string& instance) const { return dispatcher_.awake(instance); }

  // Notifiers that are parked or paused try again at once.
  void retry_now() { dispatcher_.retry_now(); }

  // Starts nothing new; `done` comes when what is under way has ended and is recorded.
  void drain(std::function<void()> done) { dispatcher_.drain(std::move(done)); }

 private:
  delivery::DeliveryOptions as_this_cluster(delivery::DeliveryOptions options) const;

  const std::string name_;
  const Log log_;
  delivery::Dispatcher dispatcher_;
  std::string address_;  // as it is configured
  std::vector<std::string> instances_;
  // The last is in use. Sessions of one before it may be open until the new connection stands.
  std::vector<std::unique_ptr<teleport::GrpcDialer>> dialers_;
  teleport::Watcher watcher_;  // last: it calls the other two
};

}  // namespace notifyd::daemon
