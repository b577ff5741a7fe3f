#include "sim/teleport/pki.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

#include "sim/teleport/ssh_text.h"

namespace notifyd::sim {
namespace {

// Attributes that Teleport keeps in the subjects of its certificates (lib/tlsca).
constexpr const char* kTeleportCluster = "1.3.9999.1.7";
constexpr const char* kPrivateKeyPolicy = "1.3.9999.1.15";

constexpr const char* kHostId = "5ea2b0a4-3f6c-4d0f-9b3e-1c7d8e9f0a11";
constexpr const char* kServerNames = "DNS:*.teleport.cluster.local,DNS:teleport.cluster.local";

DistinguishedName ca_name(const std::string& cluster) { return {{"O", cluster}, {"CN", cluster}}; }

DistinguishedName host_subject(const std::string& cluster, const char* role) {
  return {{"O", role}, {"CN", std::string(kHostId) + "." + cluster}, {kTeleportCluster, cluster}};
}

// Logins, the cluster to go to and traits are where Teleport puts them; no plugin has any of note.
DistinguishedName user_subject(const std::string& cluster, const std::string& user,
                               const std::vector<std::string>& roles) {
  DistinguishedName subject;
  for (const std::string& role : roles) subject.emplace_back("O", role);
  subject.insert(subject.end(), {{"L", std::string("-teleport-nologin-") + kHostId},
                                 {"L", "-teleport-internal-join"},
                                 {"street", cluster},
                                 {"postalCode", R"({"logins":null})"},
                                 {"CN", user},
                                 {kTeleportCluster, cluster},
                                 {kPrivateKeyPolicy, "none"}});
  return subject;
}

void write_all(std::FILE* file, const std::string& text, const std::string& path) {
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (!written || !closed) throw std::runtime_error("cannot write " + path);
}

}  // namespace

Pki::Pki(std::string cluster_name)
    : cluster_name_(std::move(cluster_name)),
      host_(ca_name(cluster_name_)),
      user_(ca_name(cluster_name_)) {}

Pki::~Pki() = default;

std::shared_ptr<const Authority> Pki::host_issuer() const {
  const std::lock_guard lock(mutex_);
  return host_.issues_to_servers();
}

std::shared_ptr<const Authority> Pki::user_issuer() const {
  const std::lock_guard lock(mutex_);
  return user_.issues_to_clients();
}

Credentials Pki::issue_server(WallTime valid_from, WallTime valid_until) const {
  return host_issuer()->issue({.subject = host_subject(cluster_name_, "Auth"),
                               .validity = {valid_from, valid_until},
                               .names = kServerNames});
}

Credentials Pki::issue_proxy(const std::string& names) const {
  return host_issuer()->issue({.subject = host_subject(cluster_name_, "Proxy"),
                               .validity = valid_today(),
                               .names = std::string(kServerNames) + "," + names});
}

Credentials Pki::issue_server_without_names(const std::string& common_name) const {
  return host_issuer()->issue(
      {.subject = {{"O", "Admin"}, {"CN", common_name}}, .validity = valid_today()});
}

Credentials Pki::issue_client(const std::string& user, const std::vector<std::string>& roles,
                              WallTime valid_from, WallTime valid_until) const {
  Credentials client = user_issuer()->issue(
      {.subject = user_subject(cluster_name_, user, roles), .validity = {valid_from, valid_until}});
  client.ca_pem = ca_pem();
  return client;
}

Credentials Pki::issue_client(const std::string& user,
                              const std::vector<std::string>& roles) const {
  const auto [from, until] = valid_today();
  return issue_client(user, roles, from, until);
}

std::string Pki::identity_file(const Credentials& client) const {
  return client.key_pem + ssh_user_certificate() + client.cert_pem +
         ssh_cert_authority(cluster_name_) + client.ca_pem;
}

std::string Pki::ca_pem() const {
  const std::lock_guard lock(mutex_);
  return host_.trusted_pem();
}

std::string Pki::client_ca_pem() const {
  const std::lock_guard lock(mutex_);
  return user_.trusted_pem() + host_.trusted_pem();
}

void Pki::rotate(CaKind kind, RotationPhase phase) {
  const std::lock_guard lock(mutex_);
  (kind == CaKind::kHost ? host_ : user_).advance(phase);
  ++generation_;
}

std::uint64_t Pki::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void write_private_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  std::FILE* file = fd < 0 ? nullptr : ::fdopen(fd, "w");
  if (file == nullptr) throw std::runtime_error("cannot open " + fresh);
  write_all(file, text, fresh);
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    throw std::runtime_error("cannot replace " + path);
  }
}

KeyTriple write_key_triple(const std::string& directory, const Credentials& client) {
  KeyTriple triple{directory + "/client.key", directory + "/client.crt", directory + "/ca.crt"};
  write_private_file(triple.key_path, client.key_pem);
  write_private_file(triple.cert_path, client.cert_pem);
  write_private_file(triple.ca_path, client.ca_pem);
  return triple;
}

}  // namespace notifyd::sim
