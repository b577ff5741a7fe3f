// A client of the simulated proxy that shares no code with it or with the daemon: blocking, plain
// OpenSSL, and upgrades by hand. Whatever does not come within 20 s counts as the end.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/teleport/authority.h"

namespace notifyd::sim {

// Bytes both ways.
class Pipe {
 public:
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  virtual ~Pipe() = default;

  virtual void write(std::string_view bytes) = 0;
  virtual std::string read() = 0;  // what is there, at least a byte; "" at the end

  std::string read_until(std::string_view end);  // with `end` and what came behind it
  std::string read_exactly(std::size_t size);    // less at the end
  std::string read_to_end();

 private:
  std::string unread_;  // what came behind what was asked for
};

std::unique_ptr<Pipe> dial(int port);  // 127.0.0.1

struct TlsOffer {
  std::vector<std::string> protocols{};
  std::string server_name = "localhost";
  std::string ca_pem{};              // "": whatever certificate is taken
  const Credentials* who = nullptr;  // client certificate
};

// TLS over any pipe, which must outlive it.
class TlsPipe final : public Pipe {
 public:
  TlsPipe(Pipe& below, const TlsOffer& offer);
  ~TlsPipe() override;

  bool open() const { return error_.empty(); }
  const std::string& error() const { return error_; }  // OpenSSL's words; "" after a handshake
  std::string protocol() const;                        // that was chosen, "" if none
  std::string issuer() const;                          // CN of the server certificate's
  bool answers_to(const std::string& name) const;

  void write(std::string_view bytes) override;
  std::string read() override;

 private:
  struct Impl;
  bool pull();  // false at the end of what is below
  void push();
  void fail();

  std::unique_ptr<Impl> impl_;
  std::string error_;
};

// What such a client says first.
std::string client_hello(const TlsOffer& offer);

// An HTTP/1.1 request without body; the head of the answer comes back.
std::string request(Pipe& pipe, const std::string& path, const std::string& headers = "");
std::string get(Pipe& pipe, const std::string& path);  // with the body

// Frames of an upgraded connection, which must outlive them.
std::unique_ptr<Pipe> ping_frames(Pipe& below);
std::unique_ptr<Pipe> websocket_frames(Pipe& below);

// "teleport-auth@<hex>.teleport.cluster.local"
std::string auth_protocol(const std::string& cluster);

// Whether a gRPC server is at the other end: it answers a PING with its echo.
bool speaks_http2(Pipe& pipe);
bool answers_http2_ping(Pipe& pipe);  // once it does

}  // namespace notifyd::sim
