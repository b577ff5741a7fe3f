#include "sim/teleport/authority.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <ctime>
#include <stdexcept>

namespace notifyd::sim {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Freed<X509_free>>;
using Name = std::unique_ptr<X509_NAME, Freed<X509_NAME_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

// gRPC's threads may still be ending when a test does; OpenSSL must not be gone by then. Counts
// only before OpenSSL's first use.
[[maybe_unused]] const int kOpensslStays = ::OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);

constexpr long kX509V3 = 2;
constexpr auto kCaLifetime = std::chrono::hours(24 * 365 * 10);
constexpr int kSameRdn = -1;
constexpr int kNextRdn = 0;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("the simulated CA cannot ") + what);
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "make a key");
  return key;
}

template <class Write>
std::string pem(Write write) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(bio && write(bio.get()) == 1, "write PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key) {
  return pem([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string pem_of(X509* cert) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, cert); });
}

Name make_name(const DistinguishedName& attributes) {
  Name name(X509_NAME_new());
  std::string last;
  for (const auto& [field, value] : attributes) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
    const int added = X509_NAME_add_entry_by_txt(name.get(), field.c_str(), MBSTRING_UTF8, bytes,
                                                 static_cast<int>(value.size()), -1,
                                                 field == last ? kSameRdn : kNextRdn);
    require(added == 1, "set a name");
    last = field;
  }
  return name;
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  auto* bytes = reinterpret_cast<unsigned char*>(&number);
  require(RAND_bytes(bytes, sizeof(number)) == 1, "make a serial number");
  return number;
}

void add_extension(X509* cert, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  require(extension && X509_add_ext(cert, extension.get(), -1) == 1, "add an extension");
}

// Everything but the extensions and the signature.
Cert make_cert(const X509_NAME* subject, const X509_NAME* issuer, EVP_PKEY* key,
               const Validity& validity) {
  Cert cert(X509_new());
  require(X509_set_version(cert.get(), kX509V3) == 1, "make a certificate");
  require(ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert.get()), random_number()) == 1,
          "set a serial number");
  ASN1_TIME_set(X509_getm_notBefore(cert.get()),
                std::chrono::system_clock::to_time_t(validity.from));
  ASN1_TIME_set(X509_getm_notAfter(cert.get()),
                std::chrono::system_clock::to_time_t(validity.until));
  X509_set_subject_name(cert.get(), subject);
  X509_set_issuer_name(cert.get(), issuer);
  require(X509_set_pubkey(cert.get(), key) == 1, "set a public key");
  return cert;
}

void sign(X509* cert, EVP_PKEY* ca_key) {
  require(X509_sign(cert, ca_key, EVP_sha256()) > 0, "sign a certificate");
}

Cert make_ca(DistinguishedName attributes, EVP_PKEY* key) {
  attributes.emplace_back("serialNumber", std::to_string(random_number()));
  const Name name = make_name(attributes);
  const WallTime now = std::chrono::system_clock::now();
  Cert cert = make_cert(name.get(), name.get(), key, {now - kCaLifetime, now + kCaLifetime});
  add_extension(cert.get(), cert.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(cert.get(), cert.get(), NID_key_usage,
                "critical,digitalSignature,keyEncipherment,keyCertSign");
  add_extension(cert.get(), cert.get(), NID_subject_key_identifier, "hash");
  sign(cert.get(), key);
  return cert;
}

void add_leaf_extensions(X509* cert, X509* issuer, const CertificateShape& shape) {
  add_extension(cert, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(cert, issuer, NID_key_usage, "critical,digitalSignature,keyEncipherment");
  add_extension(cert, issuer, NID_ext_key_usage, shape.usage.c_str());
  if (issuer != cert) add_extension(cert, issuer, NID_authority_key_identifier, "keyid:always");
  if (!shape.names.empty()) {
    add_extension(cert, issuer, NID_subject_alt_name, shape.names.c_str());
  }
}

}  // namespace

struct Authority::Impl {
  Key key = make_key();
  Cert cert;
};

Authority::Authority(DistinguishedName name) : impl_(std::make_unique<Impl>()) {
  impl_->cert = make_ca(std::move(name), impl_->key.get());
  cert_pem_ = pem_of(impl_->cert.get());
}

Authority::~Authority() = default;

Credentials Authority::issue(const CertificateShape& shape) const {
  const Key key = make_key();
  const Name subject = make_name(shape.subject);
  X509* ca = impl_->cert.get();
  const Cert cert = make_cert(subject.get(), X509_get_subject_name(ca), key.get(), shape.validity);
  add_leaf_extensions(cert.get(), ca, shape);
  sign(cert.get(), impl_->key.get());
  return {pem_of(key.get()), pem_of(cert.get()), cert_pem_};
}

Credentials self_signed(const CertificateShape& shape) {
  const Key key = make_key();
  const Name subject = make_name(shape.subject);
  const Cert cert = make_cert(subject.get(), subject.get(), key.get(), shape.validity);
  add_leaf_extensions(cert.get(), cert.get(), shape);
  sign(cert.get(), key.get());
  const std::string pem = pem_of(cert.get());
  return {pem_of(key.get()), pem, pem};
}

Validity valid_today() {
  const WallTime now = std::chrono::system_clock::now();
  return {now - std::chrono::hours(1), now + std::chrono::hours(24)};
}

}  // namespace notifyd::sim
