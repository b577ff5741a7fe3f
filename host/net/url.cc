#include "net/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace notifyd::net {
namespace {

struct UrlDeleter {
  void operator()(CURLU* u) const { curl_url_cleanup(u); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlDeleter>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::vector<std::string> secret_parts(CURLU* url) {
  std::vector<std::string> secrets;
  for (const CURLUPart which :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_PATH, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    std::string text = part(url, which);
    if (!text.empty() && text != "/") secrets.push_back(std::move(text));
  }
  return secrets;
}

// As libcurl has understood the host, which is where it connects: "127.1" is 127.0.0.1 by now.
// Names are nobody's but "localhost", which libcurl does not look up.
bool is_loopback(const std::string& host) {
  if (lower_ascii(host) == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == 127;
  in6_addr v6{};
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return bracketed && inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

Result<Url> parse_url(const std::string& url) {
  const UrlHandle handle(curl_url());
  if (!handle || url.find('\0') != std::string::npos ||
      curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return invalid("this is no URL; expected https://host/...");
  }
  Url parsed;
  parsed.scheme = part(handle.get(), CURLUPART_SCHEME);
  if (parsed.scheme != "http" && parsed.scheme != "https") {
    return invalid("URLs start with https:// (or http://), not with " + parsed.scheme + "://");
  }
  parsed.host = part(handle.get(), CURLUPART_HOST);
  parsed.loopback = is_loopback(parsed.host);
  if (const std::string port = part(handle.get(), CURLUPART_PORT); !port.empty()) {
    parsed.host += ":" + port;
  }
  parsed.secrets = secret_parts(handle.get());
  return parsed;
}

std::string safe_message(const Url& url, std::string_view text, std::string_view instead) {
  const bool tells = std::any_of(url.secrets.begin(), url.secrets.end(), [&](const auto& secret) {
    return text.find(secret) != std::string_view::npos;
  });
  std::string line(text.empty() || tells ? instead : text);
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  return line;
}

}  // namespace notifyd::net
