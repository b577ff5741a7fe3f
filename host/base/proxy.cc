#include "base/proxy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <vector>

#include "base/text.h"

namespace notifyd {
namespace {

constexpr std::array<std::string_view, 6> kSchemes{"http",    "https",  "socks4",
                                                   "socks4a", "socks5", "socks5h"};
constexpr std::array kVariables{"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                "all_proxy",  "ALL_PROXY",  "grpc_proxy",  "GRPC_PROXY"};
constexpr std::size_t kShortestPart = 3;  // hiding less would garble ordinary words

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// What a percent sign and two digits stand for; -1: there are none.
int escaped(std::string_view text, std::size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return -1;
  const int high = hex(text[at + 1]), low = hex(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int byte = escaped(text, at);
    out.push_back(byte < 0 ? text[at] : static_cast<char>(byte));
    if (byte >= 0) at += 2;
  }
  return out;
}

bool good_user(std::string_view user) {
  for (std::size_t at = 0; at < user.size(); ++at) {
    if (user[at] != '%') continue;
    if (escaped(user, at) < ' ') return false;
  }
  return true;
}

bool good_port(std::string_view port) {
  unsigned number = 0;
  const char* const end = port.data() + port.size();
  const auto [rest, error] = std::from_chars(port.data(), end, number);
  return error == std::errc() && rest == end && number >= 1 && number <= 65535;
}

bool good_host(std::string_view host) {
  if (host.starts_with('[')) {
    return host.size() > 3 && host.ends_with(']') &&
           std::all_of(host.begin() + 1, host.end() - 1,
                       [](char c) { return hex(c) >= 0 || c == ':' || c == '.'; });
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alnum(c) || c == '.' || c == '-' || c == '_';
  });
}

Result<> judge_address(std::string_view address) {
  const auto bracket = address.find(']');
  const auto colon = address.find(':', bracket == address.npos ? 0 : bracket);
  const std::string_view host = address.substr(0, colon);
  if (host.empty()) return invalid("it has no host");
  if (!good_host(host)) return invalid("its host has a character that no host has");
  if (colon != address.npos && !good_port(address.substr(colon + 1))) {
    return invalid("its port is no number from 1 to 65535");
  }
  return Done{};
}

std::string_view without_scheme(std::string_view written) {
  const auto end = written.find("://");
  return end == written.npos ? written : written.substr(end + 3);
}

void add_parts(std::string_view text, std::vector<std::string>& parts) {
  while (!text.empty()) {
    const auto end = text.find_first_of(":/@?#\\ ");
    for (const std::string& part :
         {std::string(text.substr(0, end)), unescaped(text.substr(0, end))}) {
      if (part.size() >= kShortestPart) parts.push_back(part);
    }
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
}

// Longest first, so that no rest of one stays. Where a value is malformed nobody knows which part
// of it is the password.
std::vector<std::string> secrets_of(const std::string& written) {
  const std::string_view rest = without_scheme(written);
  const auto at = rest.rfind('@');
  if (at == rest.npos && judge_proxy(written)) return {};
  const std::string_view user = rest.substr(0, at);
  std::vector<std::string> secrets{written, std::string(user), unescaped(user)};
  add_parts(judge_proxy(written) ? user : rest, secrets);
  std::erase_if(secrets, [](const std::string& secret) { return secret.empty(); });
  std::ranges::stable_sort(secrets, std::greater<>(), &std::string::size);
  return secrets;
}

void hide(std::string& text, const std::string& secret) {
  constexpr std::string_view kHidden = "[proxy]";
  for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at + kHidden.size())) {
    text.replace(at, secret.size(), kHidden);
  }
}

}  // namespace

Result<> judge_proxy(std::string_view written) {
  const bool visible = std::ranges::all_of(written, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!visible) return invalid("it has a space or a character that is not ASCII");
  const auto scheme = written.find("://");
  if (scheme != written.npos &&
      std::ranges::find(kSchemes, lower_ascii(std::string(written.substr(0, scheme)))) ==
          kSchemes.end()) {
    return invalid("it begins with neither http:// nor https:// nor socks5h://");
  }
  std::string_view rest = without_scheme(written);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#\\") != rest.npos) return invalid("there is more behind its host");
  const auto at = rest.find('@');
  if (at == rest.npos) return judge_address(rest);
  if (rest.find('@', at + 1) != rest.npos) return invalid("it has more than one @");
  if (!good_user(rest.substr(0, at))) return invalid("a % of it is not followed by two digits");
  return judge_address(rest.substr(at + 1));
}

Proxy proxy_of(std::initializer_list<const char*> variables) {
  for (const char* variable : variables) {
    const char* const value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    Proxy proxy{variable, value, ""};
    if (const auto good = judge_proxy(proxy.url); !good) {
      proxy.fault = "the environment's " + proxy.variable + " is no proxy, " +
                    good.error().message +
                    "; write http://user:password@host:port, with %40 for @, %2F for / and %25 for "
                    "% in the password";
    }
    return proxy;
  }
  return {};
}

std::string no_proxy() {
  for (const char* variable : {"no_proxy", "NO_PROXY"}) {
    const char* const value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    std::string names = value;
    std::erase_if(names, [](char c) { return c == '[' || c == ']'; });
    return names;
  }
  return "";
}

std::string hide_proxies(std::string text) {
  for (const char* variable : kVariables) {
    const char* const value = std::getenv(variable);
    if (value == nullptr) continue;
    for (const std::string& secret : secrets_of(value)) hide(text, secret);
  }
  return text;
}

}  // namespace notifyd
