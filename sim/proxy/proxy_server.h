// The simulated Proxy Service of a cluster: one TLS port on the loopback that serves the web API
// and, by ALPN, leads to the Auth Service; straight or inside of an upgraded HTTP connection. It
// speaks HTTP/1.1 only. Any thread, except that start() and stop() are not called at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/proxy/proxy_quirks.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/pki.h"
#include "sim/teleport/port_reservation.h"

namespace notifyd::sim {

class ProxyServer {
 public:
  // In front of the Auth Service at `auth_port` of the same loopback, which may come and go. Starts
  // at once; throws std::runtime_error if it cannot listen. Cluster and Pki must outlive it.
  // Port 0: any.
  ProxyServer(const Cluster& cluster, const Pki& pki, int auth_port, int port = 0,
              Loopback loopback = Loopback::kV4);
  ProxyServer(const ProxyServer&) = delete;
  ProxyServer& operator=(const ProxyServer&) = delete;
  ~ProxyServer();

  int port() const;             // the same for life: it is kept even while stopped
  std::string address() const;  // "127.0.0.1:port" or "[::1]:port"
  // Of the CA that issued the web certificate, which names 127.0.0.1, ::1, localhost and the host
  // of the cluster's proxy_public_addr.
  const std::string& web_ca_pem() const;

  void stop();   // cuts all connections, at once; nothing when stopped
  void start();  // again; nothing when running

  // For whatever begins from now on; a connection that is piped or upgraded already goes on.
  void set_quirks(const ProxyQuirks& quirks);
  ProxyQuirks quirks() const;

  void cut_connections();
  // The n-th connection from now on, the next being 1, is closed as soon as it was accepted.
  void drop_connection(std::uint64_t n);

  std::size_t open_connections() const;
  std::uint64_t count(ProxyEvent event) const;  // since the proxy was made

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace notifyd::sim
