#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "net/openssl_ptr.h"

namespace notifyd::net {
namespace {

constexpr int kSecurityLevel = 2;  // 112 bits; what Debian has, and openssl.cnf may lower

using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;

// Where there is none, libcurl would look for the host in the subject's common name: a text that a
// CA may have checked for something else.
bool names_a_host(const X509* certificate) {
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const int type = sk_GENERAL_NAME_value(names.get(), i)->type;
    if (type == GEN_DNS || type == GEN_IPADD) return true;
  }
  return false;
}

int on_verify(int good, X509_STORE_CTX* store) {
  if (good == 0 || X509_STORE_CTX_get_error_depth(store) != 0) return good;
  if (names_a_host(X509_STORE_CTX_get_current_cert(store))) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
  return 0;
}

// Behind all that libcurl and openssl.cnf have set. `ca_file` is null unless trust_also() was
// called: where libcurl is given a text, it leaves the file out.
CURLcode on_context(CURL*, void* context, void* ca_file) {
  auto* const tls = static_cast<SSL_CTX*>(context);
  if (ca_file != nullptr) {
    SSL_CTX_load_verify_file(tls, static_cast<const char*>(ca_file));
    ERR_clear_error();  // where it is not there, only the extra ones are trusted
  }
  SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, &on_verify);
  return require_good_tls(tls) ? CURLE_OK : CURLE_SSL_CONNECT_ERROR;
}

CURLcode on_unverified_context(CURL*, void* context, void*) {
  return require_good_tls(static_cast<SSL_CTX*>(context)) ? CURLE_OK : CURLE_SSL_CONNECT_ERROR;
}

}  // namespace

void trust_also(CURL* easy, const std::string& extra, const char* ca_file) {
  curl_blob blob{const_cast<char*>(extra.data()), extra.size(), CURL_BLOB_NOCOPY};
  curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
  curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO_BLOB, &blob);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, const_cast<char*>(ca_file));
}

bool require_good_tls(SSL_CTX* context) {
  SSL_CTX_set_security_level(context,
                             std::max(kSecurityLevel, SSL_CTX_get_security_level(context)));
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

void require_good_tls(CURL* easy) {
  constexpr long kAtLeast = CURL_SSLVERSION_TLSv1_2;
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, kAtLeast);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, kAtLeast);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &on_context);
}

void leave_unverified(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &on_unverified_context);
}

}  // namespace notifyd::net
