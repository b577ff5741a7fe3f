// Real software between the daemon and Teleport, from Debian: a TCP load balancer, one that ends
// TLS, and an HTTP proxy. Each listens on a free loopback port for as long as it lives.
#pragma once

#include <memory>
#include <string>

#include "sim/teleport/port_reservation.h"
#include "support/process.h"
#include "support/raw_http_server.h"
#include "support/temp_dir.h"

namespace notifyd::test {

class Middlebox {
 public:
  Middlebox() = default;
  Middlebox(const Middlebox&) = delete;
  Middlebox& operator=(const Middlebox&) = delete;
  virtual ~Middlebox() = default;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_.port()); }
  int port() const { return port_.port(); }
  // Cuts every connection, and is there again.
  void restart();
  std::string log() const { return process_ ? process_->out() + process_->err() : ""; }

 protected:
  // Starts the program and waits until it takes connections; throws std::runtime_error.
  void run(std::vector<std::string> command);

  TempDir dir_;

 private:
  void start();

  sim::PortReservation port_{0};
  std::vector<std::string> command_;
  std::unique_ptr<Process> process_;
};

// HAProxy in TCP mode: reads the name in the ClientHello, passes the bytes on, and looks after the
// health of what is behind.
class TcpLoadBalancer : public Middlebox {
 public:
  explicit TcpLoadBalancer(int behind);
};

// nginx: ends TLS with a certificate of its own, speaks HTTP/1.1 to the proxy, passes WebSockets
// on.
class HttpLoadBalancer : public Middlebox {
 public:
  explicit HttpLoadBalancer(int behind);
  std::string ca_file() const { return dir_.path("certificate.pem"); }
};

// tinyproxy: CONNECT for whoever has the password.
class HttpProxy : public Middlebox {
 public:
  HttpProxy();
  std::string url(const std::string& password) const {
    return "http://notifyd:" + password + "@" + address();
  }
  static constexpr char kPassword[] = "proxy-pass-12345";
};

}  // namespace notifyd::test
