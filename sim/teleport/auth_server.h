// The simulated Auth Service: a Cluster behind a real gRPC server with mutual TLS on the loopback.
// The caller is who its certificate says: CN is the user, Os are the roles. Any thread, except that
// start() and stop() are not called at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "sim/teleport/auth_faults.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/pki.h"
#include "sim/teleport/port_reservation.h"

namespace notifyd::sim {

// What callers may do who have neither of the roles "editor" and "Admin", which may do everything.
// (kind, verb); by default what the role in Teleport's guide for plugins allows.
using Rules = std::set<std::pair<std::string, std::string>>;
Rules plugin_rules();

struct AuthServerOptions {
  int port = 0;  // 0: any that is free
  Loopback loopback = Loopback::kV4;
  Rules rules = plugin_rules();
  // Clients that ping more often than this are sent away ("too many pings").
  std::chrono::milliseconds min_ping_interval = std::chrono::seconds(60);
  WallTime cert_valid_from = std::chrono::system_clock::now() - std::chrono::hours(1);
  WallTime cert_valid_until = std::chrono::system_clock::now() + std::chrono::hours(24);
  std::uint64_t fault_seed = 1;
};

// Of one method, since the server was made.
struct AuthTraffic {
  std::uint64_t calls = 0;
  std::uint64_t failed = 0;    // ended with a status other than OK
  std::uint64_t bytes_in = 0;  // messages, without framing
  std::uint64_t bytes_out = 0;
};

class AuthServer {
 public:
  // Starts at once; throws std::runtime_error if it cannot listen. Cluster and Pki must outlive it.
  AuthServer(Cluster& cluster, const Pki& pki, const AuthServerOptions& options = {});
  AuthServer(const AuthServer&) = delete;
  AuthServer& operator=(const AuthServer&) = delete;
  ~AuthServer();

  int port() const;             // the same for life: it is kept even while stopped
  std::string address() const;  // "127.0.0.1:port" or "[::1]:port"

  void stop();   // cuts all connections, at once; nothing when stopped
  void start();  // again; nothing when running

  // New connections only: another certificate, e.g. of a foreign CA, in place of what the Pki
  // issues. Without it new connections follow the Pki through its rotations.
  void use_certificate(Credentials certificate);

  // May be changed while calls run; counts from the next call on.
  void allow(const std::string& kind, const std::string& verb);
  void deny(const std::string& kind, const std::string& verb);

  AuthFaults& faults();
  // Ends every open event stream with this status.
  void drop_streams(::grpc::StatusCode code = ::grpc::StatusCode::UNAVAILABLE,
                    const std::string& message = "stream dropped");
  // Streams, open and new, stay open and silent; what they would have said is kept until the end.
  void stall_streams(bool stalled);
  std::size_t open_streams() const;

  AuthTraffic traffic(AuthMethod method) const;
  std::uint64_t calls(AuthMethod method) const { return traffic(method).calls; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace notifyd::sim
