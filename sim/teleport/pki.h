// The certificates of a simulated cluster, in the shapes of Teleport's: a host CA for its servers,
// a user CA for whoever calls them, both of which can be rotated; and identities of users in the
// forms that the daemon reads. Keys are made anew by each Pki; a second Pki is a foreign cluster's,
// even if it has the same name. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/engine.h"
#include "sim/teleport/authority.h"
#include "sim/teleport/rotating_ca.h"

namespace notifyd::sim {

// The `client_key`, `client_crt`, `root_cas` of [teleport].
struct KeyTriple {
  std::string key_path;
  std::string cert_path;
  std::string ca_path;
};

enum class CaKind : std::uint8_t { kHost, kUser };

class Pki {
 public:
  // Throws std::runtime_error if OpenSSL cannot.
  explicit Pki(std::string cluster_name = "sim.example.com");
  Pki(const Pki&) = delete;
  Pki& operator=(const Pki&) = delete;
  ~Pki();

  // The Auth Service's, by the host CA: names teleport.cluster.local and *.teleport.cluster.local.
  Credentials issue_server(WallTime valid_from, WallTime valid_until) const;

  // A Proxy Service's, by the host CA, with the same names and its own: what it shows inside of an
  // upgraded connection. `names` are more of them, e.g. "DNS:localhost,IP:127.0.0.1".
  Credentials issue_proxy(const std::string& names) const;

  // A server's that has its name as the subject's CN and nowhere else.
  Credentials issue_server_without_names(const std::string& common_name) const;

  // A user's, by the user CA. As in Teleport the name is the subject's CN and the roles are its Os.
  // `ca_pem` are the host CAs, which the user checks servers with. The other overload is valid from
  // an hour ago for a day.
  Credentials issue_client(const std::string& user, const std::vector<std::string>& roles,
                           WallTime valid_from, WallTime valid_until) const;
  Credentials issue_client(const std::string& user,
                           const std::vector<std::string>& roles = {"access-plugin"}) const;

  // The text of an identity file, in the order in which `tctl auth sign` writes it.
  std::string identity_file(const Credentials& client) const;

  // Whom clients trust: the host CAs, two of them while that is rotated.
  std::string ca_pem() const;
  // Whom servers trust: the user CAs, and the host CAs for each other.
  std::string client_ca_pem() const;
  const std::string& cluster_name() const { return cluster_name_; }

  // ---- Rotation, as `tctl auth rotate --type=host --phase=init` and so on ----
  // Counts for what is issued and whom servers trust from now on; connections stay. Throws
  // std::logic_error where Teleport refuses: phases have an order.
  void rotate(CaKind kind, RotationPhase phase);
  // Grows with each change, so that a server knows that its certificate may be an old one.
  std::uint64_t generation() const;

 private:
  std::shared_ptr<const Authority> host_issuer() const;
  std::shared_ptr<const Authority> user_issuer() const;

  const std::string cluster_name_;
  mutable std::mutex mutex_;  // guards all below
  RotatingCa host_;
  RotatingCa user_;
  std::uint64_t generation_ = 1;
};

// Writes a file that only its owner may read; a reader sees the old or the new, never a part.
void write_private_file(const std::string& path, const std::string& text);

// client.key, client.crt and ca.crt in `directory`, which exists.
KeyTriple write_key_triple(const std::string& directory, const Credentials& client);

}  // namespace notifyd::sim
