// The certificates of a simulated cluster: its CA, the Auth Service's certificate, and identities
// of users in the forms that the daemon reads. Keys are EC P-256, made anew by each Pki; a second
// Pki is a foreign CA. Any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/engine.h"

namespace notifyd::sim {

// One certificate with its key and the CA that issued it; all PEM.
struct Credentials {
  std::string key_pem;
  std::string cert_pem;
  std::string ca_pem;
};

// The `client_key`, `client_crt`, `root_cas` of [teleport].
struct KeyTriple {
  std::string key_path;
  std::string cert_path;
  std::string ca_path;
};

class Pki {
 public:
  // The CA is valid for ten years around now. Throws std::runtime_error if OpenSSL cannot.
  explicit Pki(std::string cluster_name = "sim.example.com");
  Pki(const Pki&) = delete;
  Pki& operator=(const Pki&) = delete;
  ~Pki();

  // The Auth Service's: names teleport.cluster.local and *.teleport.cluster.local.
  Credentials issue_server(WallTime valid_from, WallTime valid_until) const;

  // A server's that has its name as the subject's CN and nowhere else.
  Credentials issue_server_without_names(const std::string& common_name) const;

  // A user's. As in Teleport the name is the subject's CN and the roles are its Os. The other
  // overload is valid from an hour ago for a day.
  Credentials issue_client(const std::string& user, const std::vector<std::string>& roles,
                           WallTime valid_from, WallTime valid_until) const;
  Credentials issue_client(const std::string& user,
                           const std::vector<std::string>& roles = {"access-plugin"}) const;

  // The text of an identity file, in the order in which `tctl auth sign` writes it.
  std::string identity_file(const Credentials& client) const;

  const std::string& ca_pem() const { return ca_pem_; }
  const std::string& cluster_name() const { return cluster_name_; }

 private:
  struct Authority;
  std::string cluster_name_;
  std::unique_ptr<Authority> authority_;
  std::string ca_pem_;
};

// Writes a file that only its owner may read; a reader sees the old or the new, never a part.
void write_private_file(const std::string& path, const std::string& text);

// client.key, client.crt and ca.crt in `directory`, which exists.
KeyTriple write_key_triple(const std::string& directory, const Credentials& client);

}  // namespace notifyd::sim
