// What all connections of a simulated proxy have in common.
#pragma once

#include <mutex>
#include <string>

#include "sim/proxy/loop.h"
#include "sim/proxy/proxy_quirks.h"
#include "sim/teleport/authority.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/pki.h"
#include "sim/teleport/port_reservation.h"

namespace notifyd::sim {

// Any thread.
class ProxyCounts {
 public:
  void count(ProxyEvent event) {
    const std::lock_guard lock(mutex_);
    ++counts_.at(static_cast<std::size_t>(event));
  }
  std::uint64_t of(ProxyEvent event) const {
    const std::lock_guard lock(mutex_);
    return counts_.at(static_cast<std::size_t>(event));
  }

 private:
  mutable std::mutex mutex_;
  std::array<std::uint64_t, kProxyEventCount> counts_{};
};

// [loop], except where something says otherwise.
struct ProxyWorld {
  ProxyWorld(const Cluster& of, const Pki& from, Loopback where, int auth);

  std::string address() const { return address_of(loopback, port); }  // any thread
  const std::string& cluster_name() const;                            // as the quirks have it
  Credentials web_certificate() const;                                // as the quirks have it
  Credentials cluster_certificate() const;                            // the proxy's by the host CA

  const Cluster& cluster;
  const Pki& pki;
  const Loopback loopback;  // of the proxy, and of the Auth Service
  const int auth_port;
  int port = 0;
  const Authority web_ca;  // neither the cluster's host CA nor its user CA
  ProxyQuirks quirks;
  ProxyCounts counts;  // any thread
  Loop loop;           // the last: it must be gone before what it works with

 private:
  const Credentials proper_web_certificate_;
};

}  // namespace notifyd::sim
