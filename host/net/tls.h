// What TLS must be, whatever openssl.cnf says: at least 1.2, with a certificate that names its host
// where such names belong.
#pragma once

#include <curl/curl.h>
#include <openssl/types.h>

#include <string>

namespace notifyd::net {

// Of the connection to the far side, and to a proxy that is spoken to over TLS.
void require_good_tls(CURL* easy);

// After require_good_tls(): the far side's certificate may be anybody's. A proxy's never may.
void leave_unverified(CURL* easy);

// After require_good_tls(): certificates may also be from these CAs, those of a proxy too. The
// others are in `ca_file`, which need not be there and outlives the handle, as `extra` does.
// libcurl compares the text of `extra` before it takes a connection again.
void trust_also(CURL* easy, const std::string& extra, const char* ca_file);

// Of a context of our own; false when OpenSSL cannot. Verification is set elsewhere.
bool require_good_tls(SSL_CTX* context);

}  // namespace notifyd::net
