#include "sim/teleport/auth_tls.h"

#include <grpc/grpc_security.h>

#include <utility>

namespace notifyd::sim {
namespace {

// gRPC's C++ interface has certificates that change only as files that are polled. Its C interface
// asks at each handshake.
class FreshCredentials final : public ::grpc::ServerCredentials {
 public:
  explicit FreshCredentials(const AuthTls& tls)
      : tls_(tls),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, &fetch, this))) {}
  FreshCredentials(const FreshCredentials&) = delete;
  FreshCredentials& operator=(const FreshCredentials&) = delete;
  ~FreshCredentials() override { grpc_server_credentials_release(credentials_); }

  void SetAuthMetadataProcessor(
      const std::shared_ptr<::grpc::AuthMetadataProcessor>& /*processor*/) override {}

 private:
  // gRPC calls it under a lock of its own.
  static grpc_ssl_certificate_config_reload_status fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    auto& credentials = *static_cast<FreshCredentials*>(self);
    const auto changed = credentials.tls_.changed_since(credentials.seen_);
    if (!changed) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair pair{changed->certificate.key_pem.c_str(),
                                          changed->certificate.cert_pem.c_str()};
    *config = grpc_ssl_server_certificate_config_create(changed->client_ca_pem.c_str(), &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  const AuthTls& tls_;
  std::uint64_t seen_ = 0;
  grpc_server_credentials* credentials_;
};

}  // namespace

void AuthTls::use_certificate(Credentials certificate) {
  const std::lock_guard lock(mutex_);
  given_ = std::move(certificate);
  ++times_given_;
}

std::optional<AuthTls::Config> AuthTls::changed_since(std::uint64_t& seen) const {
  const std::lock_guard lock(mutex_);
  const std::uint64_t now = pki_.generation() + times_given_;
  if (std::exchange(seen, now) == now) return std::nullopt;
  return Config{given_ ? *given_ : pki_.issue_server(validity_.from, validity_.until),
                pki_.client_ca_pem()};
}

std::shared_ptr<::grpc::ServerCredentials> AuthTls::credentials() {
  return of_the_server_ = std::make_shared<FreshCredentials>(*this);
}

}  // namespace notifyd::sim
