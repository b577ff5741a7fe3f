// What an error may say about a URL: its host. Paths of webhooks, queries and user names are
// secrets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace notifyd::net {

struct Url {
  std::string scheme;                // "http" or "https"
  std::string host;                  // with the port where the URL names one
  std::vector<std::string> secrets;  // the parts that no message may repeat
  bool loopback = false;             // the host is this machine: nothing leaves it

  // Whoever is in between can read what is sent.
  bool in_clear() const { return scheme == "http" && !loopback; }
};

Result<Url> parse_url(const std::string& url);

// `text` as one line, or `instead` where it repeats a secret part.
std::string safe_message(const Url& url, std::string_view text, std::string_view instead);

}  // namespace notifyd::net
