#include "teleport/route.h"

namespace notifyd::teleport {

std::string_view name_of(Route::Kind kind) {
  switch (kind) {
    case Route::Kind::kDirect:
      return "directly";
    case Route::Kind::kTlsRouting:
      return "through the proxy by TLS routing";
    case Route::Kind::kUpgraded:
      return "through the proxy by connection upgrade";
  }
  return "";
}

std::string text_of(const Route& route) {
  return route.address + " " + std::string(name_of(route.kind));
}

// lib/srv/alpnproxy/auth/auth_proxy.go of Teleport: the name's bytes, so that any name is a host.
std::string auth_protocol(std::string_view cluster) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string protocol = "teleport-auth@";
  for (const char c : cluster) {
    const auto byte = static_cast<unsigned char>(c);
    protocol += kDigits[byte >> 4U];
    protocol += kDigits[byte & 0xfU];
  }
  return protocol + ".teleport.cluster.local";
}

std::string host_of(std::string_view address) {
  std::string_view host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

std::string_view port_of(std::string_view address) {
  return address.substr(address.rfind(':') + 1);
}

}  // namespace notifyd::teleport
