// Cluster: one Teleport cluster, followed: the connection to it and who is told what it says.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/engine.h"
#include "base/log.h"
#include "base/result.h"
#include "config/host_config.h"
#include "daemon/access.h"
#include "delivery/dispatcher.h"
#include "teleport/grpc_dialer.h"
#include "teleport/watcher.h"

namespace notifyd::daemon {

// [engine] Outlived by the engine and by every sender that was added.
class Cluster {
 public:
  // As whom it dials, and where, is what `access` found; the credentials are read again at each
  // dial.
  static std::unique_ptr<Cluster> make(Engine& engine, const config::HostConfig& config,
                                       const Access& access,
                                       const delivery::DeliveryOptions& delivery, const Log& log);
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  // Before start().
  void add(delivery::Sender& sender) { dispatcher_.add(sender); }
  void start();

  // Notifiers that are parked or paused try again at once.
  void retry_now() { dispatcher_.retry_now(); }

  // Starts nothing new; `done` comes when what is under way has ended and is recorded.
  void drain(const std::function<void()>& done) { dispatcher_.drain(done); }

 private:
  Cluster(Engine& engine, const config::HostConfig& config,
          const delivery::DeliveryOptions& delivery, teleport::GrpcDialerOptions dialer,
          const Log& log);

  const Log log_;
  delivery::Dispatcher dispatcher_;
  teleport::GrpcDialer dialer_;
  teleport::Watcher watcher_;  // last: it calls the other two
};

}  // namespace notifyd::daemon
