#include "sim/teleport/pki.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <stdexcept>

#include "sim/teleport/ssh_text.h"

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

void add(X509_NAME* name, const char* field, const std::string& value) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
  const int added = X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes,
                                               static_cast<int>(value.size()), -1, 0);
  require(added == 1, "set a name");
}

Name make_name(const std::string& common_name, const std::vector<std::string>& organizations) {
  Name name(X509_NAME_new());
  for (const std::string& organization : organizations) add(name.get(), "O", organization);
  add(name.get(), "CN", common_name);
  return name;
}

void add_extension(X509* cert, int nid, const char* value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
  require(extension && X509_add_ext(cert, extension.get(), -1) == 1, "add an extension");
}

void set_random_serial(X509* cert) {
  std::uint64_t serial = 0;
  auto* bytes = reinterpret_cast<unsigned char*>(&serial);
  require(RAND_bytes(bytes, sizeof(serial)) == 1, "make a serial number");
  require(ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial) == 1, "set a serial number");
}

struct Validity {
  WallTime from;
  WallTime until;
};

// Everything but the extensions and the signature.
Cert make_cert(X509_NAME* subject, X509_NAME* issuer, EVP_PKEY* key, Validity validity) {
  Cert cert(X509_new());
  require(X509_set_version(cert.get(), kX509V3) == 1, "make a certificate");
  set_random_serial(cert.get());
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

Cert make_ca(const std::string& cluster_name, EVP_PKEY* key) {
  const Name name = make_name(cluster_name, {cluster_name});
  const WallTime now = std::chrono::system_clock::now();
  Cert cert = make_cert(name.get(), name.get(), key, {now - kCaLifetime, now + kCaLifetime});
  add_extension(cert.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(cert.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  sign(cert.get(), key);
  return cert;
}

void write_all(std::FILE* file, const std::string& text, const std::string& path) {
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (!written || !closed) throw std::runtime_error("cannot write " + path);
}

}  // namespace

struct Pki::Authority {
  Key key;
  Cert cert;

  explicit Authority(const std::string& cluster_name)
      : key(make_key()), cert(make_ca(cluster_name, key.get())) {}

  X509_NAME* name() const { return X509_get_subject_name(cert.get()); }

  Credentials issue(X509_NAME* subject, Validity validity, const char* usage,
                    const char* names) const {
    const Key subject_key = make_key();
    const Cert issued = make_cert(subject, name(), subject_key.get(), validity);
    add_extension(issued.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(issued.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(issued.get(), NID_ext_key_usage, usage);
    if (names != nullptr) add_extension(issued.get(), NID_subject_alt_name, names);
    sign(issued.get(), key.get());
    return {pem_of(subject_key.get()), pem_of(issued.get()), pem_of(cert.get())};
  }
};

Pki::Pki(std::string cluster_name)
    : cluster_name_(std::move(cluster_name)),
      authority_(std::make_unique<Authority>(cluster_name_)),
      ca_pem_(pem_of(authority_->cert.get())) {}

Pki::~Pki() = default;

Credentials Pki::issue_server(WallTime valid_from, WallTime valid_until) const {
  const Name subject = make_name("auth." + cluster_name_, {"Admin"});
  return authority_->issue(subject.get(), {valid_from, valid_until}, "serverAuth,clientAuth",
                           "DNS:teleport.cluster.local,DNS:*.teleport.cluster.local");
}

Credentials Pki::issue_server_without_names(const std::string& common_name) const {
  const Name subject = make_name(common_name, {"Admin"});
  const WallTime now = std::chrono::system_clock::now();
  return authority_->issue(subject.get(),
                           {now - std::chrono::hours(1), now + std::chrono::hours(1)}, "serverAuth",
                           nullptr);
}

Credentials Pki::issue_client(const std::string& user, const std::vector<std::string>& roles,
                              WallTime valid_from, WallTime valid_until) const {
  const Name subject = make_name(user, roles);
  return authority_->issue(subject.get(), {valid_from, valid_until}, "clientAuth", nullptr);
}

Credentials Pki::issue_client(const std::string& user,
                              const std::vector<std::string>& roles) const {
  const WallTime now = std::chrono::system_clock::now();
  return issue_client(user, roles, now - std::chrono::hours(1), now + std::chrono::hours(24));
}

std::string Pki::identity_file(const Credentials& client) const {
  return client.key_pem + ssh_user_certificate() + client.cert_pem +
         ssh_cert_authority(cluster_name_) + client.ca_pem;
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
