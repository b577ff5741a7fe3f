// TlsLayer: the client's side of TLS, with what neither libcurl nor gRPC lets anybody choose: the
// protocols that ALPN offers, which is how a Teleport proxy knows whom a connection is for.
//
// TLS 1.2 at least and 112 bits, whatever openssl.cnf says. A certificate must name the host among
// its alternative names: a common name is a text that a CA may have checked for something else.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/ca_text.h"
#include "net/layer.h"

namespace notifyd::net {

struct TlsOptions {
  std::string peer;                    // for messages: "the proxy teleport.example.com:443"
  std::string name;                    // a host name, which is also sent as SNI, or an IP address
  std::vector<std::string> protocols;  // that ALPN offers, in this order; may be empty

  // Whose certificates count: of the system's CAs and `extra_cas`, of the CAs in `roots_pem`, or
  // anybody's.
  enum class Roots { kSystem, kPem, kUnverified } roots = Roots::kSystem;
  CaText extra_cas;
  std::string roots_pem;

  std::string key_pem, chain_pem;  // the client's; "": none is shown

  // What messages say to do when our side does not trust the certificate, and when theirs does not
  // trust ours, or does not want this connection.
  std::string if_untrusted, if_refused;
};

class TlsLayer : public Layer {
 public:
  // What ALPN chose, once open; "": nothing.
  virtual std::string protocol() const = 0;
  // Whether it failed because the far side knows none of the protocols, or chose another one.
  virtual bool no_common_protocol() const = 0;
};

// An error where the roots, or the client's key or certificates, cannot be used.
Result<std::unique_ptr<TlsLayer>> make_tls_layer(TlsOptions options);

}  // namespace notifyd::net
