// The text of an identity file, as `tctl auth sign --format=file` and tbot write it: PEM blocks and
// single lines, told apart by order alone. Nothing here looks inside a block.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace notifyd::teleport {

struct PemBlock {
  std::string label;  // "CERTIFICATE", "RSA PRIVATE KEY"
  std::string text;   // from -----BEGIN to -----END, each line with its \n
  int line = 0;       // of -----BEGIN; the first line of a file is 1
};

// Every PEM block of `text`, each line without the white space around it; what stands between
// blocks is skipped. A block without END is an error.
Result<std::vector<PemBlock>> pem_blocks(std::string_view text);

struct IdentityText {
  std::string key_pem;
  std::string certificate_pem;
  std::string ca_pem;         // all that follow, at least one
  std::string ssh_cert_line;  // "" if there is none: a TLS client needs none
};

// First block the private key, second the certificate, the others the CAs. Lines of unknown form
// are skipped, so that newer files can be read.
Result<IdentityText> parse_identity_text(std::string_view text);

}  // namespace notifyd::teleport
