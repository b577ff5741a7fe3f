#include "net/tls_layer.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/openssl_ptr.h"
#include "net/tls.h"

namespace notifyd::net {
namespace {

constexpr std::size_t kReadAtOnce = 16U << 10U;  // a TLS record

std::vector<CertPtr> certificates_in(const std::string& pem) {
  std::vector<CertPtr> certificates;
  const BioPtr bio = bio_of(pem);
  while (CertPtr next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    certificates.push_back(std::move(next));
  }
  ERR_clear_error();  // that there are no more
  return certificates;
}

bool is_ip(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> number{};
  return inet_pton(AF_INET, name.c_str(), number.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), number.data()) == 1;
}

Result<> trust_pem(SSL_CTX* context, const std::string& pem) {
  const std::vector<CertPtr> roots = certificates_in(pem);
  if (roots.empty()) return invalid("there is no CA certificate to trust");
  for (const CertPtr& root : roots)
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get());
  return Done{};
}

Result<> set_roots(SSL_CTX* context, const TlsOptions& options) {
  using Roots = TlsOptions::Roots;
  SSL_CTX_set_verify(
      context, options.roots == Roots::kUnverified ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (options.roots == Roots::kPem) return trust_pem(context, options.roots_pem);
  if (options.roots == Roots::kUnverified) return Done{};
  SSL_CTX_set_default_verify_paths(context);
  return options.extra_cas ? trust_pem(context, *options.extra_cas) : Done{};
}

Result<> set_client(SSL_CTX* context, const TlsOptions& options) {
  if (options.chain_pem.empty()) return Done{};
  const std::vector<CertPtr> chain = certificates_in(options.chain_pem);
  const KeyPtr key(
      PEM_read_bio_PrivateKey(bio_of(options.key_pem).get(), nullptr, no_passphrase, nullptr));
  if (chain.empty() || !key || SSL_CTX_use_certificate(context, chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return invalid("TLS cannot use the identity's key and certificate; issue it again");
  }
  for (std::size_t at = 1; at < chain.size(); ++at) {
    SSL_CTX_add1_chain_cert(context, chain[at].get());
  }
  return Done{};
}

// Each with its length in front, RFC 7301 3.1.
std::string wire_of(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& protocol : protocols) {
    wire.push_back(static_cast<char>(protocol.size()));
    wire += protocol;
  }
  return wire;
}

void set_name(SSL* ssl, const std::string& name) {
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(ssl);
  if (is_ip(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str());
    return;
  }
  SSL_set_tlsext_host_name(ssl, name.c_str());
  X509_VERIFY_PARAM_set1_host(wanted, name.c_str(), name.size());
  X509_VERIFY_PARAM_set_hostflags(
      wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
}

class OpenSslLayer final : public TlsLayer {
 public:
  OpenSslLayer(TlsOptions options, SslPtr ssl);

  Result<> start() override { return advance(); }
  Result<> receive(std::string_view bytes) override;
  Result<> send(std::string_view bytes) override;
  Error cut_off() const override;
  Error late() const override {
    return {Errc::kTimeout, options_.peer + " does not go on with the TLS handshake"};
  }
  std::string protocol() const override;
  bool no_common_protocol() const override { return no_common_protocol_; }

 private:
  Result<> advance();
  Result<> shake_hands();
  Result<> read();
  void collect();
  Error explain();
  Error no_common_protocol(std::string_view said) const;
  Error refused(std::string_view said) const;

  const TlsOptions options_;
  const SslPtr ssl_;
  BIO* const in_;  // owned by ssl_, both
  BIO* const out_;
  bool heard_ = false;  // anything, behind the handshake
  bool no_common_protocol_ = false;
};

OpenSslLayer::OpenSslLayer(TlsOptions options, SslPtr ssl)
    : options_(std::move(options)),
      ssl_(std::move(ssl)),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())) {
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_connect_state(ssl_.get());
}

Result<> OpenSslLayer::receive(std::string_view bytes) {
  BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
  return advance();
}

Result<> OpenSslLayer::send(std::string_view bytes) {
  ERR_clear_error();
  if (!bytes.empty() && SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) {
    return explain();
  }
  collect();
  return Done{};
}

// What is to be sent is collected after an error as well: the alert that tells the far side why.
Result<> OpenSslLayer::advance() {
  ERR_clear_error();
  Result<> done = open_ ? Result<>(Done{}) : shake_hands();
  if (done && open_) done = read();
  collect();
  return done;
}

Result<> OpenSslLayer::shake_hands() {
  const int done = SSL_do_handshake(ssl_.get());
  if (done == 1) {
    open_ = true;
    return Done{};
  }
  if (SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ) return Done{};
  return explain();
}

Result<> OpenSslLayer::read() {
  std::array<char, kReadAtOnce> buffer;
  for (;;) {
    const int count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (count > 0) {
      heard_ = true;
      up_.append(buffer.data(), static_cast<std::size_t>(count));
      continue;
    }
    const int why = SSL_get_error(ssl_.get(), count);
    if (why == SSL_ERROR_WANT_READ) return Done{};
    if (why != SSL_ERROR_ZERO_RETURN) return explain();
    ended_ = true;
    return Done{};
  }
}

void OpenSslLayer::collect() {
  const std::size_t waiting = BIO_ctrl_pending(out_);
  if (waiting == 0) return;
  const std::size_t before = down_.size();
  down_.resize(before + waiting);
  BIO_read(out_, down_.data() + before, static_cast<int>(waiting));
}

Error OpenSslLayer::explain() {
  const long verdict = SSL_get_verify_result(ssl_.get());
  const int reason = ERR_GET_REASON(ERR_peek_error());
  // Alerts that have no number of their own in the standards have no words either.
  const char* const words = ERR_reason_error_string(ERR_peek_error());
  const std::string said = words == nullptr ? "" : words;
  ERR_clear_error();
  // The second is OpenSSL's word for an answer to ALPN that was not offered.
  no_common_protocol_ = reason == SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL ||
                        reason == SSL_R_BAD_EXTENSION;
  if (no_common_protocol_) return no_common_protocol(said);
  if (reason > SSL_AD_REASON_OFFSET) return refused(said);
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    return {Errc::kUnavailable, "the certificate of " + options_.peer +
                                    " is not trusted: " + X509_verify_cert_error_string(verdict) +
                                    "; " + options_.if_untrusted};
  }
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
      reason == SSL_R_UNEXPECTED_MESSAGE || reason == SSL_R_PACKET_LENGTH_TOO_LONG) {
    return {Errc::kUnavailable, options_.peer + " does not speak TLS; check the host and the port"};
  }
  return {Errc::kUnavailable,
          "TLS with " + options_.peer + " failed" + (said.empty() ? "" : ": " + said)};
}

// Who knows the protocols that are offered is not who answers.
Error OpenSslLayer::no_common_protocol(std::string_view said) const {
  return {Errc::kUnavailable, "TLS with " + options_.peer + " failed: " + std::string(said) +
                                  ": what answers knows none of the protocols that ALPN offers; "
                                  "check teleport.addr, and what ends TLS on the way"};
}

// `said` is "tlsv1 alert unknown ca".
Error OpenSslLayer::refused(std::string_view said) const {
  const std::string_view alert = said.substr(std::min(said.find("alert"), said.size()));
  return {Errc::kUnavailable, options_.peer + " refused the connection: TLS " +
                                  (alert.empty() ? "alert" : std::string(alert)) + "; " +
                                  options_.if_refused};
}

// Not every server that does not want a client's certificate says so, and in TLS 1.3 none can
// before the client's side of the handshake is done.
Error OpenSslLayer::cut_off() const {
  if (heard_) return {Errc::kUnavailable, options_.peer + " hung up"};
  return {Errc::kUnavailable,
          options_.peer +
              (open_ ? " hung up before its first answer; perhaps " + options_.if_refused
                     : " hung up during the TLS handshake; perhaps " + options_.if_refused)};
}

std::string OpenSslLayer::protocol() const {
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
  return size == 0 ? "" : std::string(reinterpret_cast<const char*>(chosen), size);
}

}  // namespace

Result<std::unique_ptr<TlsLayer>> make_tls_layer(TlsOptions options) {
  const ContextPtr context(SSL_CTX_new(TLS_client_method()));
  ERR_clear_error();
  if (!context || !require_good_tls(context.get())) return invalid("OpenSSL gives no TLS context");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  if (auto set = set_roots(context.get(), options); !set) return std::move(set).error();
  if (auto set = set_client(context.get(), options); !set) return std::move(set).error();
  SslPtr ssl(SSL_new(context.get()));
  if (!ssl) return invalid("OpenSSL gives no TLS connection");
  const std::string wire = wire_of(options.protocols);
  SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                      static_cast<unsigned int>(wire.size()));
  set_name(ssl.get(), options.name);
  return std::unique_ptr<TlsLayer>(
      std::make_unique<OpenSslLayer>(std::move(options), std::move(ssl)));
}

}  // namespace notifyd::net
