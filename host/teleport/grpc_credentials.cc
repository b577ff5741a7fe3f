#include "teleport/grpc_credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <functional>
#include <string>

namespace notifyd::teleport {
namespace {

namespace tls = grpc::experimental;

// gRPC's own check of the name takes the common name where there are no alternative ones. A common
// name is what a CA lets people choose: Teleport's users have theirs there.
class NameVerifier final : public tls::ExternalCertificateVerifier {
 public:
  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* result) override {
    const auto names = request->dns_names();
    const bool named = std::find(names.begin(), names.end(), kServerName) != names.end();
    if (!named) {
      *result = {grpc::StatusCode::UNAUTHENTICATED,
                 std::string(kServerName) + " is not in peer certificate"};
    }
    return true;  // that was it, no callback
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}
};

}  // namespace

std::shared_ptr<grpc::ChannelCredentials> make_credentials(const Identity& identity) {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<tls::StaticDataCertificateProvider>(
      identity.ca_pem,
      std::vector<tls::IdentityKeyCertPair>{{identity.key_pem, identity.chain_pem}}));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(tls::ExternalCertificateVerifier::Create<NameVerifier>());
  options.set_check_call_host(false);  // every call goes to the one name that was verified
  return tls::TlsCredentials(options);
}

}  // namespace notifyd::teleport
