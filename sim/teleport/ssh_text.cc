#include "sim/teleport/ssh_text.h"

#include <openssl/evp.h>

namespace notifyd::sim {
namespace {

constexpr const char* kCurve = "nistp256";
constexpr const char* kKeyType = "ecdsa-sha2-nistp256";
constexpr const char* kCertType = "ecdsa-sha2-nistp256-cert-v01@openssh.com";

// SSH's "string": a length in four bytes, big-endian, and the bytes.
std::string field(const std::string& bytes) {
  std::string framed;
  for (int shift = 24; shift >= 0; shift -= 8) {
    framed += static_cast<char>(bytes.size() >> shift & 0xff);
  }
  return framed + bytes;
}

std::string made_up_point() { return '\x04' + std::string(64, 'P'); }

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock ends it with a 0
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

std::string ssh_user_certificate() {
  const std::string nonce(32, 'N');
  const std::string blob = field(kCertType) + field(nonce) + field(kCurve) + field(made_up_point());
  return std::string(kCertType) + ' ' + base64(blob) + '\n';
}

std::string ssh_cert_authority(const std::string& cluster_name) {
  const std::string key = field(kKeyType) + field(kCurve) + field(made_up_point());
  return "@cert-authority " + cluster_name + ",*." + cluster_name + ' ' + kKeyType + ' ' +
         base64(key) + " type=host\n";
}

}  // namespace notifyd::sim
