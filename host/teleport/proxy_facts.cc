#include "teleport/proxy_facts.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace notifyd::teleport {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kOk = 200;
constexpr std::size_t kMaxName = 255;  // of a cluster, and of a version

// A text of the answer, which anybody can have written; "" for what is none.
std::string text_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return "";
  return one_line(found->get_ref<const std::string&>(), kMaxName);
}

bool flag_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

Error no_proxy(const std::string& address, const std::string& answer) {
  return {Errc::kUnavailable, address + " is no Teleport proxy: it answers " + kFindPath +
                                  " with " + answer +
                                  "; check teleport.addr, and what stands between"};
}

std::string kind_of(std::uint32_t status, const std::string& body) {
  if (status >= 300 && status < 400) {
    return "HTTP " + std::to_string(status) +
           ", a redirection, as the sign-in page of a network does";
  }
  if (status != kOk) return "HTTP " + std::to_string(status);
  if (trim(body).starts_with('<')) return "a web page";
  return "no JSON object that tells of a proxy";
}

}  // namespace

Result<ProxyFacts> parse_find(const std::string& address, std::uint32_t status,
                              const std::string& body) {
  if (status != kOk) return no_proxy(address, kind_of(status, body));
  const Json answer = Json::parse(body, nullptr, false);
  const auto proxy = answer.is_object() ? answer.find("proxy") : answer.end();
  if (!answer.is_object() || proxy == answer.end() || !proxy->is_object()) {
    return no_proxy(address, kind_of(status, body));
  }
  ProxyFacts facts;
  facts.cluster = text_in(answer, "cluster_name");
  facts.version = text_in(answer, "server_version");
  facts.tls_routing = flag_in(*proxy, "tls_routing_enabled");
  return facts;
}

}  // namespace notifyd::teleport
