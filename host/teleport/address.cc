#include "teleport/address.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace notifyd::teleport {
namespace {

constexpr std::string_view kScheme = "https://";
// Of a proxy behind HTTPS's own port, of a proxy, of an Auth Service.
constexpr std::array kDefaultPorts{"443", "3080", "3025"};

Error bad_address(std::string_view addr, std::string_view why) {
  return invalid("teleport.addr \"" + visible(addr) + "\" " + std::string(why) +
                 "; write the proxy's or the Auth Service's address as host:port");
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

// Where ":port" begins; npos if there is none. "[::1]" and a bare "::1" have none.
std::size_t port_at(std::string_view addr) {
  if (addr.starts_with('[')) {
    const std::size_t at = addr.find("]:");
    return at == std::string_view::npos ? at : at + 1;
  }
  return std::count(addr.begin(), addr.end(), ':') == 1 ? addr.find(':') : std::string_view::npos;
}

bool all_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_of_a_host(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(".-_:[]%").find(c) != std::string_view::npos;
}

std::size_t words_in(std::string_view text) {
  std::string spaces(text);
  std::ranges::replace(spaces, '\t', ' ');
  return split(spaces, ' ').size();
}

// "::1", "fe80::1%eth0"
bool is_v6_shape(std::string_view text) {
  const std::string_view number = text.substr(0, text.find('%'));
  return std::count(number.begin(), number.end(), ':') >= 2 &&
         all_of(number, "0123456789abcdefABCDEF:.");
}

// A bare IPv6 address whose end reads as a port, "::1:3025": what was meant cannot be told.
std::string_view port_in_bare_v6(std::string_view addr) {
  if (!is_v6_shape(addr)) return "";
  const std::string_view last = addr.substr(addr.rfind(':') + 1);
  return last.size() >= 3 && is_port(last) ? last : "";
}

Error brackets_missing(std::string_view addr, std::string_view port) {
  const std::string text(addr), host(addr.substr(0, addr.size() - port.size() - 1));
  return invalid("teleport.addr \"" + text + "\" is an IPv6 address without brackets; write \"[" +
                 host + "]:" + std::string(port) + "\", or \"[" + text +
                 "]\" if all of it is the address");
}

std::string bracketed(std::string_view host) {
  const bool bare_v6 = !host.starts_with('[') && host.find(':') != std::string_view::npos;
  return bare_v6 ? "[" + std::string(host) + "]" : std::string(host);
}

// What no host:port can hold, or nothing.
std::string why_no_address(std::string_view addr) {
  if (addr.find("://") != std::string_view::npos) return "is a URL that is not https://";
  if (addr.find_first_of(",;") != std::string_view::npos || words_in(addr) > 1) {
    return "names more than one address, and one is wanted";
  }
  if (addr.find_first_of("/@\\") != std::string_view::npos) return "is not host:port";
  if (addr.find_first_of("${}<>\"'`#") != std::string_view::npos ||
      (addr.find('%') != std::string_view::npos && addr.find(':') == addr.rfind(':'))) {
    return "is a template, or has quotes in it";
  }
  const auto odd = std::ranges::find_if_not(addr, is_of_a_host);
  if (odd != addr.end()) return "holds a character that no host has";
  if (all_of(addr, "0123456789") && is_port(addr)) return "is a port alone";
  const bool v6 = addr.starts_with('[') || is_v6_shape(addr);
  if (!v6 && std::count(addr.begin(), addr.end(), ':') > 1) return "has more than one port";
  return "";
}

}  // namespace

Result<std::vector<std::string>> addresses_of(std::string_view written) {
  std::string_view addr = written;
  if (lower_ascii(std::string(addr)).starts_with(kScheme)) {
    addr.remove_prefix(kScheme.size());
    if (addr.ends_with('/')) addr.remove_suffix(1);
  }
  if (const std::string why = why_no_address(addr); !why.empty()) return bad_address(written, why);
  if (const auto port = port_in_bare_v6(addr); !port.empty()) return brackets_missing(addr, port);
  const std::size_t at = port_at(addr);
  const std::string host = bracketed(addr.substr(0, at));
  if (host.empty() || host == "[]") return bad_address(written, "has no host");
  std::vector<std::string> addresses;
  if (at == std::string_view::npos) {
    for (const char* port : kDefaultPorts) addresses.push_back(host + ":" + port);
    return addresses;
  }
  if (!is_port(addr.substr(at + 1))) return bad_address(written, "has no port between 1 and 65535");
  addresses.push_back(host + std::string(addr.substr(at)));
  return addresses;
}

std::string web_url(std::string_view proxy_public_addr) {
  if (proxy_public_addr.empty()) return "";
  std::string url(proxy_public_addr);
  if (url.find("://") == std::string::npos) url.insert(0, "https://");
  if (url.ends_with(":443")) url.resize(url.size() - 4);
  return url;
}

}  // namespace notifyd::teleport
