#include "daemon/plain_http.h"

#include <string>
#include <utility>
#include <vector>

#include "net/url.h"

namespace notifyd::daemon {
namespace {

std::vector<std::string> addresses(const config::Settings& settings, const std::string& name,
                                   const config::Settings::Entry& entry) {
  if (!entry.secret && !name.ends_with("url")) return {};
  if (!entry.secret || entry.values.empty()) return entry.values;
  auto secret = settings.secret(name);
  return secret ? std::vector<std::string>{*std::move(secret)} : std::vector<std::string>{};
}

}  // namespace

void refuse_plain_http(config::Settings& settings, config::Faults& faults) {
  for (const auto& [name, entry] : settings.entries) {
    for (const std::string& value : addresses(settings, name, entry)) {
      const auto url = net::parse_url(value);
      if (!url || !url->in_clear()) continue;
      faults.add(entry.at, name +
                               " is an http:// address of another machine, and everybody on the "
                               "way can read the token; write https://, or allow_insecure = true "
                               "at the top of the file");
      settings.wrong.insert(name);
    }
  }
}

}  // namespace notifyd::daemon
