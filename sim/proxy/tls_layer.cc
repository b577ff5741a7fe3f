#include "sim/proxy/tls_layer.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace notifyd::sim {
namespace {

constexpr std::size_t kReadAtOnce = std::size_t{16} << 10U;  // a record's most

template <class T, void (*Free)(T*)>
struct FreeWith {
  void operator()(T* object) const { Free(object); }
};
using Bio = std::unique_ptr<BIO, FreeWith<BIO, BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY, EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, FreeWith<X509, X509_free>>;

Bio reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

SSL_CTX* server_context(const Credentials& certificate) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  const Key key(
      PEM_read_bio_PrivateKey(reading(certificate.key_pem).get(), nullptr, nullptr, nullptr));
  const Cert cert(
      PEM_read_bio_X509(reading(certificate.cert_pem).get(), nullptr, nullptr, nullptr));
  if (SSL_CTX_use_certificate(context, cert.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    throw std::runtime_error("the simulated proxy has no usable certificate");
  }
  return context;
}

std::vector<std::string_view> names_in(const unsigned char* list, unsigned size) {
  std::vector<std::string_view> names;
  std::string_view rest(reinterpret_cast<const char*>(list), size);
  while (!rest.empty()) {
    const auto length = static_cast<unsigned char>(rest.front());
    names.push_back(rest.substr(1, length));
    rest.remove_prefix(std::min<std::size_t>(rest.size(), 1U + length));
  }
  return names;
}

std::string_view chosen_protocol(const SSL* ssl) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

const std::string* answer_to(const AlpnAnswer& alpn, const std::vector<std::string_view>& offered) {
  if (!alpn.always.empty()) return &alpn.always;
  const auto found = std::ranges::find_first_of(alpn.known, offered);
  return found == alpn.known.end() ? nullptr : &*found;
}

}  // namespace

TlsLayer::TlsLayer(Lower& below, const Credentials& certificate, AlpnAnswer alpn, Opened opened)
    : below_(below),
      alpn_(std::move(alpn)),
      opened_(std::move(opened)),
      context_(server_context(certificate), SSL_CTX_free),
      ssl_(nullptr, SSL_free) {
  SSL_CTX_set_alpn_select_cb(context_.get(), &choose, this);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_.get());
}

TlsLayer::~TlsLayer() = default;

int TlsLayer::choose(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* size,
                     const unsigned char* offered, unsigned offered_size, void* self) {
  const AlpnAnswer& alpn = static_cast<TlsLayer*>(self)->alpn_;
  if (const std::string* answer = answer_to(alpn, names_in(offered, offered_size))) {
    *chosen = reinterpret_cast<const unsigned char*>(answer->data());
    *size = static_cast<unsigned char>(answer->size());
    return SSL_TLSEXT_ERR_OK;
  }
  const bool alert = alpn.otherwise == AlpnAnswer::Otherwise::kAlert;
  return alert ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
}

void TlsLayer::received(std::string_view bytes) {
  if (closed_) return;
  BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
  if (shake_hands()) read();
}

bool TlsLayer::shake_hands() {
  if (above_) return true;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  flush();
  if (result == 1) {
    above_ = opened_(*this, chosen_protocol(ssl_.get()));
    if (!above_) close();
    return !closed_;
  }
  if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) fail();
  return false;
}

void TlsLayer::read() {
  std::array<char, kReadAtOnce> buffer{};
  int size = 0;
  ERR_clear_error();
  while (!closed_ &&
         (size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0) {
    above_->received({buffer.data(), static_cast<std::size_t>(size)});
  }
  if (closed_) return;
  const int error = SSL_get_error(ssl_.get(), size);
  flush();
  if (error == SSL_ERROR_ZERO_RETURN) return close();
  if (error != SSL_ERROR_WANT_READ) fail();
}

void TlsLayer::send(std::string_view bytes) {
  if (closed_ || bytes.empty()) return;
  ERR_clear_error();
  if (SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) return fail();
  flush();
}

void TlsLayer::close() {
  if (closed_) return;
  SSL_shutdown(ssl_.get());
  flush();
  fail();
}

void TlsLayer::fail() {
  closed_ = true;
  ERR_clear_error();
  below_.close();
}

void TlsLayer::flush() {
  BIO* out = SSL_get_wbio(ssl_.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  if (size <= 0) return;
  below_.send({bytes, static_cast<std::size_t>(size)});
  BIO_reset(out);
}

}  // namespace notifyd::sim
