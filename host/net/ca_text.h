// CaText: certificates of CAs that TLS is to trust beside others. They are read once, and what was
// judged is what is used, whatever becomes of the file that they are from.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace notifyd::net {

using CaText = std::shared_ptr<const std::string>;  // PEM blocks, at least one; null: none

// The certificates of a file's text, and nothing else of it: no key that stands beside them, no
// comment. An error is what follows the file's name: "holds no certificate; ...".
Result<CaText> read_ca_text(const std::string& pem);

// Whether both name the same certificates.
bool same_cas(const CaText& a, const CaText& b);

}  // namespace notifyd::net
