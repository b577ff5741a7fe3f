// TlsPeer: the server's side of TLS without I/O, as a layer is the client's, so that both can be
// put together in memory.
#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "net/tls_layer.h"
#include "support/raw_http_server.h"

namespace notifyd::net {

struct TlsPeerOptions {
  test::ServerCertificate certificate = {};
  std::string protocol = {};      // that it chooses; "": it knows no ALPN
  bool refuse_protocols = false;  // with the alert that there is none
  bool want_client = false;       // a client without a certificate is refused
};

class TlsPeer {
 public:
  explicit TlsPeer(TlsPeerOptions options)
      : options_(std::move(options)), context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
    use_certificate();
    SSL_CTX_set_alpn_select_cb(context_.get(), &TlsPeer::on_protocols, this);
    if (options_.want_client) {
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                         nullptr);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
  }
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;
  ~TlsPeer() = default;

  // What the client sent; gives what the server sends back.
  std::string receive(std::string_view bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    ERR_clear_error();
    std::array<char, 16384> buffer;
    for (;;) {
      const int count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
      if (count <= 0) break;
      plain_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return sent();
  }
  std::string send(std::string_view plain) {
    SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
    return sent();
  }
  std::string say_goodbye() {
    SSL_shutdown(ssl_.get());
    return sent();
  }

  const std::string& plain() const { return plain_; }
  const std::string& offered() const { return offered_; }  // ALPN as it is on the wire
  std::string name() const {                               // SNI
    const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }

 private:
  void use_certificate() {
    const auto bio = [](const std::string& pem) {
      return std::unique_ptr<BIO, int (*)(BIO*)>(
          BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    };
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        PEM_read_bio_X509(bio(options_.certificate.certificate_pem).get(), nullptr, nullptr,
                          nullptr),
        &X509_free);
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        PEM_read_bio_PrivateKey(bio(options_.certificate.key_pem).get(), nullptr, nullptr, nullptr),
        &EVP_PKEY_free);
    SSL_CTX_use_certificate(context_.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
  }

  std::string sent() {
    BIO* const out = SSL_get_wbio(ssl_.get());
    std::string bytes(BIO_ctrl_pending(out), '\0');
    if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }

  static int on_protocols(SSL*, const unsigned char** out, unsigned char* size,
                          const unsigned char* offered, unsigned int offered_size, void* user) {
    auto& self = *static_cast<TlsPeer*>(user);
    self.offered_.assign(reinterpret_cast<const char*>(offered), offered_size);
    if (self.options_.refuse_protocols) return SSL_TLSEXT_ERR_ALERT_FATAL;
    if (self.options_.protocol.empty()) return SSL_TLSEXT_ERR_NOACK;
    *out = reinterpret_cast<const unsigned char*>(self.options_.protocol.data());
    *size = static_cast<unsigned char>(self.options_.protocol.size());
    return SSL_TLSEXT_ERR_OK;
  }

  const TlsPeerOptions options_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, &SSL_free};
  std::string plain_, offered_;
};

// Until neither has anything more to say, or the client's side has an error.
template <class Client>
Result<> talk(Client& client, TlsPeer& server) {
  for (;;) {
    const std::string asked = client.take_down();
    if (asked.empty()) return Done{};
    const std::string answer = server.receive(asked);
    if (answer.empty()) continue;
    if (auto taken = client.receive(answer); !taken) return taken;
  }
}

}  // namespace notifyd::net
