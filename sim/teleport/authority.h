// A certificate authority of the simulators: a key, a certificate signed by itself, and what it
// issues. Keys are EC P-256. Any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/engine.h"

namespace notifyd::sim {

// One certificate with its key, and the CAs that its holder trusts; all PEM.
struct Credentials {
  std::string key_pem;
  std::string cert_pem;
  std::string ca_pem;
};

struct Validity {
  WallTime from;
  WallTime until;
};

// From an hour ago until a day from now.
Validity valid_today();

// Attributes of a name in order, by short name ("CN") or dotted OID. Neighbours of one kind make up
// one RDN, as Go's x509 writes them.
using DistinguishedName = std::vector<std::pair<std::string, std::string>>;

struct CertificateShape {
  DistinguishedName subject{};
  Validity validity{};
  std::string usage = "serverAuth,clientAuth";  // extended key usage, in OpenSSL's words
  std::string names{};  // subjectAltName, e.g. "DNS:a,IP:127.0.0.1"; "": none
};

class Authority {
 public:
  // Valid for ten years around now. A random serial number is added to `name`, as Teleport does:
  // two CAs of one cluster must not have the same name. Throws std::runtime_error if OpenSSL
  // cannot.
  explicit Authority(DistinguishedName name);
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  ~Authority();

  const std::string& cert_pem() const { return cert_pem_; }

  // With a key of its own; `ca_pem` is this authority's.
  Credentials issue(const CertificateShape& shape) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::string cert_pem_;
};

// By no authority but itself.
Credentials self_signed(const CertificateShape& shape);

}  // namespace notifyd::sim
