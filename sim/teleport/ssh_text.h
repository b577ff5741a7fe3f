// The SSH lines of an identity file. The Auth Service is reached by TLS alone, so these have the
// right shape (type, base64, the wire's length-prefixed fields) and made-up keys.
#pragma once

#include <string>

namespace notifyd::sim {

// "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAA..." and a line end.
std::string ssh_user_certificate();

// "@cert-authority ... type=host" and a line end.
std::string ssh_cert_authority(const std::string& cluster_name);

}  // namespace notifyd::sim
