// What TLS must be, whatever openssl.cnf says: at least 1.2, with a certificate that names its host
// where such names belong.
#pragma once

#include <curl/curl.h>

namespace notifyd::net {

// Of the connection to the far side, and to a proxy that is spoken to over TLS.
void require_good_tls(CURL* easy);

}  // namespace notifyd::net
