#include "teleport/identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <iterator>

#include "base/time_text.h"
#include "base/trusted_file.h"
#include "net/openssl_ptr.h"
#include "teleport/identity_text.h"

namespace notifyd::teleport {
namespace {

constexpr std::size_t kMaxFileSize = std::size_t{1} << 20U;

using net::bio_of;
using net::CertPtr;
using net::KeyPtr;
using net::no_passphrase;

// ---- Files ----

std::vector<std::string> files_of(const CredentialPaths& paths) {
  if (!paths.identity.empty()) return {paths.identity};
  return {paths.client_key, paths.client_crt, paths.root_cas};
}

Error file_error(const CredentialPaths& paths, const Error& what) {
  return {what.code, what.message +
                         "; check the path, and that the user of this program may read the file; "
                         "or issue it with `" +
                         renew_command(paths, "") + "`"};
}

Result<std::vector<std::string>> read_files(const CredentialPaths& paths) {
  std::vector<std::string> texts;
  const Trust trust = trust_in(paths);
  for (const std::string& path : files_of(paths)) {
    auto text = read_trusted(path, kMaxFileSize, trust);
    if (!text && text.error().code == kUntrusted) return about(text.error(), path);
    if (!text) return file_error(paths, invalid(path + ": " + text.error().message));
    texts.push_back(*std::move(text));
  }
  return texts;
}

std::string digest_of(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += std::to_string(text.size()) + ':' + text;
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_Digest(all.data(), all.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_sha256(), nullptr);
  digest.resize(size);
  return digest;
}

// ---- What the PEM blocks hold ----

Error bad_key(const std::string& path, const std::string& pem) {
  if (pem.find("OPENSSH PRIVATE KEY") != std::string::npos) {
    return invalid(path +
                   ": the private key is in OpenSSH's own format, which TLS cannot use; issue the "
                   "identity again, or convert the key with `ssh-keygen -p -N '' -m PKCS8 -f KEY`");
  }
  if (pem.find("ENCRYPTED") != std::string::npos) {
    return invalid(path +
                   ": the private key has a passphrase, and nobody is here to type it: "
                   "issue one without");
  }
  return invalid(path + ": the private key cannot be decoded: the file is damaged; issue it again");
}

Result<KeyPtr> parse_key(const std::string& path, const std::string& pem) {
  KeyPtr key(PEM_read_bio_PrivateKey(bio_of(pem).get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!key) return bad_key(path, pem);
  return key;
}

Result<std::vector<CertPtr>> parse_certificates(const std::string& path, const std::string& pem) {
  auto blocks = pem_blocks(pem);
  if (!blocks) return blocks.error().in(path);
  std::vector<CertPtr> certs;
  for (const PemBlock& block : *blocks) {
    CertPtr cert(PEM_read_bio_X509(bio_of(block.text).get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!cert) {
      return invalid(path + ": \"" + block.label + "\" number " + std::to_string(certs.size() + 1) +
                     " is not a certificate that can be decoded; issue it again");
    }
    certs.push_back(std::move(cert));
  }
  return certs;
}

// ---- What a certificate says ----

UnixMs unix_ms_of(const ASN1_TIME* t) {
  std::tm tm{};
  if (t == nullptr || ASN1_TIME_to_tm(t, &tm) != 1) return 0;
  return static_cast<UnixMs>(timegm(&tm)) * 1000;
}

std::vector<std::string> name_parts(const X509_NAME* name, int nid) {
  std::vector<std::string> parts;
  for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0;
       at = X509_NAME_get_index_by_NID(name, nid, at)) {
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    parts.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                       static_cast<std::size_t>(ASN1_STRING_length(value)));
  }
  return parts;
}

std::string name_part(const X509_NAME* name, int nid) {
  const std::vector<std::string> parts = name_parts(name, nid);
  return parts.empty() ? "" : parts.front();
}

// Teleport's certificates: the user is the subject's common name, the roles are its organizations,
// the cluster the issuer's organization.
IdentityFacts facts_of(const X509* cert) {
  return {name_part(X509_get_subject_name(cert), NID_commonName),
          name_part(X509_get_issuer_name(cert), NID_organizationName),
          unix_ms_of(X509_get0_notBefore(cert)),
          unix_ms_of(X509_get0_notAfter(cert)),
          "",
          name_parts(X509_get_subject_name(cert), NID_organizationName)};
}

// ---- Is it good for anything? ----

std::string whose(const std::string& user) {
  return user.empty() ? "the certificate" : "the certificate of " + user;
}

Result<> check_dates(const CredentialPaths& paths, const std::string& path, const X509* cert,
                     const std::string& user, UnixMs now) {
  const UnixMs from = unix_ms_of(X509_get0_notBefore(cert));
  const UnixMs until = unix_ms_of(X509_get0_notAfter(cert));
  if (now >= until) {
    return invalid(path + ": " + whose(user) + " expired on " + utc_text(until) +
                   "; issue a new one with `" + renew_command(paths, user) +
                   "`, or check that the tbot which renews this file is running");
  }
  if (now < from) {
    return invalid(path + ": " + whose(user) + " is not valid before " + utc_text(from) +
                   ", and this machine's clock says " + utc_text(now) + "; check the clock");
  }
  return Done{};
}

Result<> check_cas(const std::string& path, const std::string& pem, UnixMs now) {
  auto cas = parse_certificates(path, pem);
  if (!cas) return std::move(cas).error();
  if (cas->empty()) return invalid(path + ": holds no CA certificate of the cluster");
  UnixMs latest = 0;
  for (const CertPtr& ca : *cas)
    latest = std::max(latest, unix_ms_of(X509_get0_notAfter(ca.get())));
  if (now >= latest) {
    return invalid(path + ": every CA certificate in it is expired, the last on " +
                   utc_text(latest) + "; issue the credentials again");
  }
  return Done{};
}

// ---- Which certificate is whose ----

bool fits(const X509* cert, const KeyPtr& key) {
  const bool fitting = X509_check_private_key(cert, key.get()) == 1;
  ERR_clear_error();
  return fitting;
}

bool is_ca(X509* cert) { return X509_check_ca(cert) != 0; }

// Whose the credentials are, as far as that can be told when the first certificate is not the
// key's: of the one that is, wherever it stands. A CA is nobody.
std::string likely_user(const std::vector<CertPtr>& certs, const KeyPtr& key) {
  const auto leaf =
      std::ranges::find_if(certs, [&](const CertPtr& cert) { return fits(cert.get(), key); });
  if (leaf != certs.end()) return facts_of(leaf->get()).user;
  return certs.empty() || is_ca(certs.front().get()) ? "" : facts_of(certs.front().get()).user;
}

// Where each part came from, for messages.
struct Sources {
  std::string key, chain, cas;
};

Sources sources_of(const CredentialPaths& paths) {
  if (!paths.identity.empty()) return {paths.identity, paths.identity, paths.identity};
  return {paths.client_key, paths.client_crt, paths.root_cas};
}

// All that is there, in the order of the files.
std::vector<CertPtr> all_certificates(const Identity& identity, const Sources& from) {
  auto chain = parse_certificates(from.chain, identity.chain_pem);
  auto cas = parse_certificates(from.cas, identity.ca_pem);
  std::vector<CertPtr> all = chain ? *std::move(chain) : std::vector<CertPtr>();
  if (cas) std::ranges::move(*cas, std::back_inserter(all));
  return all;
}

Error not_the_keys(const Identity& identity, const CredentialPaths& paths, const KeyPtr& key) {
  const Sources from = sources_of(paths);
  const auto certs = all_certificates(identity, from);
  const bool later =
      std::ranges::any_of(certs, [&](const CertPtr& cert) { return fits(cert.get(), key); });
  const std::string order =
      later ? "; the one that it belongs to comes later: put it before all others, or" : ";";
  return invalid(from.key + ": the private key does not belong to the " + (later ? "first " : "") +
                 "certificate" + (from.key == from.chain ? "" : " in " + from.chain) + order +
                 " issue both together with `" + renew_command(paths, likely_user(certs, key)) +
                 "`");
}

Result<Identity> prove(Identity identity, const CredentialPaths& paths, UnixMs now) {
  const Sources from = sources_of(paths);
  auto key = parse_key(from.key, identity.key_pem);
  if (!key) return std::move(key).error();
  auto chain = parse_certificates(from.chain, identity.chain_pem);
  if (!chain) return std::move(chain).error();
  if (chain->empty()) return invalid(from.chain + ": holds no certificate");
  const X509* leaf = chain->front().get();
  identity.facts = facts_of(leaf);
  identity.facts.renew = renew_command(paths, identity.facts.user);
  if (!fits(leaf, *key)) return not_the_keys(identity, paths, *key);
  for (const CertPtr& cert : *chain) {
    auto dates = check_dates(paths, from.chain, cert.get(), identity.facts.user, now);
    if (!dates) return std::move(dates).error();
  }
  if (auto cas = check_cas(from.cas, identity.ca_pem, now); !cas) return std::move(cas).error();
  return identity;
}

// Its PEM blocks as they are read here, since gRPC takes no indented ones; all of it where there
// are none.
std::string blocks_of(std::string text) {
  const auto blocks = pem_blocks(text);
  if (!blocks || blocks->empty()) return text;
  std::string pem;
  for (const PemBlock& block : *blocks) pem += block.text;
  return pem;
}

Result<> check_paths(const CredentialPaths& paths) {
  if (!paths.identity.empty()) return Done{};
  for (const std::string* path : {&paths.client_key, &paths.client_crt, &paths.root_cas}) {
    if (path->empty()) {
      return invalid(
          "no credentials configured: set teleport.identity to an identity file, or "
          "teleport.client_key, client_crt and root_cas together");
    }
  }
  return Done{};
}

}  // namespace

Trust trust_in(const CredentialPaths& paths) {
  Trust trust = file_trust();
  trust.keeper = paths.owner;
  trust.keeper_key = "[teleport] identity_owner";
  return trust;
}

Result<Identity> load_identity(const CredentialPaths& paths, WallTime now) {
  if (auto given = check_paths(paths); !given) return std::move(given).error();
  auto texts = read_files(paths);
  if (!texts) return std::move(texts).error();
  Identity identity;
  if (paths.identity.empty()) {
    identity.key_pem = blocks_of(std::move((*texts)[0]));
    identity.chain_pem = blocks_of(std::move((*texts)[1]));
    identity.ca_pem = blocks_of(std::move((*texts)[2]));
  } else {
    auto parsed = parse_identity_text(texts->front());
    if (!parsed) return file_error(paths, parsed.error().in(paths.identity));
    identity.key_pem = std::move(parsed->key_pem);
    identity.chain_pem = std::move(parsed->certificate_pem);
    identity.ca_pem = std::move(parsed->ca_pem);
  }
  return prove(std::move(identity), paths, unix_ms(now));
}

std::string credentials_digest(const CredentialPaths& paths) {
  auto texts = read_files(paths);
  return texts ? digest_of(*texts) : texts.error().message;
}

std::string renew_command(const CredentialPaths& paths, const std::string& user) {
  const bool file = !paths.identity.empty();
  std::string out = file ? paths.identity : paths.client_crt;
  if (!file && out.ends_with(".crt")) out.resize(out.size() - 4);  // tctl adds .key, .crt and .cas
  return std::string("tctl auth sign --format=") + (file ? "file" : "tls") +
         " --user=" + (user.empty() ? "USER" : shell_word(user)) + " --out=" + shell_word(out);
}

}  // namespace notifyd::teleport
