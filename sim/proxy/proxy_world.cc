#include "sim/proxy/proxy_world.h"

#include <chrono>

namespace notifyd::sim {
namespace {

constexpr const char* kLoopbackNames = "DNS:localhost,IP:127.0.0.1,IP:::1";
constexpr const char* kOtherNames = "DNS:other.example.com";

std::string proxy_name(const Cluster& cluster) {
  const std::string& address = cluster.options().proxy_public_addr;
  return address.substr(0, address.rfind(':'));
}

CertificateShape web_shape(const Cluster& cluster) {
  const std::string name = proxy_name(cluster);
  return {.subject = {{"CN", name}},
          .validity = valid_today(),
          .usage = "serverAuth",
          .names = std::string(kLoopbackNames) + ",DNS:" + name};
}

}  // namespace

ProxyWorld::ProxyWorld(const Cluster& of, const Pki& from, Loopback where, int auth)
    : cluster(of),
      pki(from),
      loopback(where),
      auth_port(auth),
      web_ca({{"O", "Example Web Trust"}, {"CN", "Example Web CA"}}),
      proper_web_certificate_(web_ca.issue(web_shape(of))) {}

const std::string& ProxyWorld::cluster_name() const {
  return quirks.cluster.empty() ? cluster.options().name : quirks.cluster;
}

Credentials ProxyWorld::web_certificate() const {
  CertificateShape shape = web_shape(cluster);
  switch (quirks.certificate) {
    case WebCertificate::kProper:
      break;
    case WebCertificate::kSelfSigned:
      return self_signed(shape);
    case WebCertificate::kOtherName:
      shape.names = kOtherNames;
      return web_ca.issue(shape);
    case WebCertificate::kExpired:
      shape.validity.until = std::chrono::system_clock::now() - std::chrono::minutes(1);
      return web_ca.issue(shape);
  }
  return proper_web_certificate_;
}

Credentials ProxyWorld::cluster_certificate() const {
  return pki.issue_proxy(std::string(kLoopbackNames) + ",DNS:" + proxy_name(cluster));
}

}  // namespace notifyd::sim
