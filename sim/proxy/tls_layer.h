// The server's side of TLS between two layers.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/proxy/layer.h"
#include "sim/teleport/authority.h"

namespace notifyd::sim {

// What is answered to the protocols that a client offers (ALPN).
struct AlpnAnswer {
  enum class Otherwise {
    kAlert,   // no_application_protocol, as RFC 7301 has it
    kSilent,  // no protocol is chosen
  };
  std::vector<std::string> known{};  // the first of these that the client offers
  Otherwise otherwise = Otherwise::kAlert;
  std::string always{};  // chosen whatever is offered; "": none
};

class TlsLayer final : public Upper, public Lower {
 public:
  // Makes what is above once the handshake is done, with the protocol that was chosen, "" if none;
  // null: the connection is closed.
  using Opened = std::function<std::unique_ptr<Upper>(Lower& here, std::string_view protocol)>;

  TlsLayer(Lower& below, const Credentials& certificate, AlpnAnswer alpn, Opened opened);
  ~TlsLayer() override;

  void received(std::string_view bytes) override;
  void send(std::string_view bytes) override;
  void close() override;

 private:
  static int choose(SSL* ssl, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void* self);
  bool shake_hands();
  void read();
  void flush();
  void fail();

  Lower& below_;
  const AlpnAnswer alpn_;
  const Opened opened_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::unique_ptr<Upper> above_;
  bool closed_ = false;
};

}  // namespace notifyd::sim
