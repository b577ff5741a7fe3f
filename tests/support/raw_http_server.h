// RawHttpServer: a TCP server on a free loopback port whose test says, byte by byte, what happens
// to each connection: answer, half an answer, silence, a reset. It keeps every request it has read.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace notifyd::test {

// One accepted connection; TLS where the server has a certificate.
class RawConnection {
 public:
  virtual ~RawConnection() = default;
  // A whole request, head and body; "" when the other side closed.
  virtual std::string read_request() = 0;
  virtual void wait_for_bytes() = 0;  // and leave them unread; not over TLS
  virtual void write(std::string_view bytes) = 0;
  virtual void reset() = 0;  // RST, not FIN: the client sees an error, not an end
  // Blocks until the client closes, or the server is destroyed.
  virtual void wait_for_close() = 0;
};

struct ServerCertificate {
  std::string key_pem, certificate_pem;
  bool old_tls = false;  // 1.0 and 1.1 only
};
// Signed by itself, for 127.0.0.1 and localhost; `names` "" leaves only the subject, localhost.
ServerCertificate self_signed_certificate(const std::string& names = "IP:127.0.0.1,DNS:localhost");

class RawHttpServer {
 public:
  // `serve` runs once per connection, on a thread of its own; the connection closes when it
  // returns. `number` counts connections from 0.
  using Serve = std::function<void(RawConnection& connection, int number)>;

  explicit RawHttpServer(Serve serve, const ServerCertificate* tls = nullptr);
  RawHttpServer(const RawHttpServer&) = delete;
  RawHttpServer& operator=(const RawHttpServer&) = delete;
  ~RawHttpServer();

  std::string url(const std::string& path = "/") const;
  std::uint16_t port() const { return port_; }
  std::vector<std::string> requests() const;
  int connections() const { return connections_; }

 private:
  class Connection;

  void accept_all();
  void serve_one(int fd, int number);
  void remember(const std::string& request);

  Serve serve_;
  std::shared_ptr<void> tls_;  // SSL_CTX
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};

  mutable std::mutex mutex_;  // guards all below
  std::vector<std::string> requests_;
  std::vector<int> open_;  // shut down when the server goes, so that no thread waits for ever
  std::vector<std::thread> threads_;
  bool stopping_ = false;

  std::thread acceptor_;
};

// A port of 127.0.0.1 where nobody listens, and nobody can while this is there.
class ClosedPort {
 public:
  ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  ~ClosedPort();

  std::uint16_t number() const { return number_; }

 private:
  int socket_ = -1;  // bound, never listening
  std::uint16_t number_ = 0;
};

// A complete answer with Content-Length.
std::string http_answer(int status, std::string_view body, std::string_view extra_headers = "");

}  // namespace notifyd::test
