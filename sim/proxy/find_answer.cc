#include "sim/proxy/find_answer.h"

#include <nlohmann/json.hpp>

#include "sim/proxy/http_text.h"

namespace notifyd::sim {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kHugeBytes = std::size_t{16} << 20U;
constexpr const char* kHtml =
    "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>";
constexpr const char* kCaptivePortal = "https://login.portal.example.com/?continue=teleport";

std::string min_client_version(const std::string& version) {
  const int major = std::stoi(version);
  return std::to_string(major - 1) + ".0.0-aa";
}

// Field by field what a self-hosted cluster says that has one port for everything.
Json proxy_settings(const ProxyWorld& world) {
  const std::string port = ":" + std::to_string(world.port);
  return {
      {"kube", {{"enabled", true}, {"listen_addr", "0.0.0.0" + port}}},
      {"ssh",
       {{"listen_addr", "0.0.0.0:3023"},
        {"tunnel_listen_addr", "0.0.0.0:3024"},
        {"web_listen_addr", "0.0.0.0" + port},
        {"public_addr", world.address()},
        {"dial_timeout", 30'000'000'000}}},
      {"db", {{"postgres_listen_addr", "0.0.0.0" + port}, {"mysql_listen_addr", "0.0.0.0:3036"}}},
      {"tls_routing_enabled", world.quirks.tls_routing}};
}

Json find_json(const ProxyWorld& world) {
  const std::string& version = world.cluster.options().version;
  return {{"auth",
           {{"type", ""},
            {"private_key_policy", ""},
            {"piv_slot", ""},
            {"device_trust", Json::object()},
            {"has_motd", false},
            {"default_session_ttl", "0s"}}},
          {"proxy", proxy_settings(world)},
          {"server_version", version},
          {"min_client_version", min_client_version(version)},
          {"auto_update",
           {{"tools_version", version},
            {"tools_auto_update", false},
            {"agent_version", version},
            {"agent_auto_update", false},
            {"agent_update_jitter_seconds", 60}}},
          {"cluster_name", world.cluster_name()},
          {"automatic_upgrades", false},
          {"edition", "community"},
          {"fips", false}};
}

std::string page(const std::string& html) {
  return http_response(200, {{"Content-Type", "text/html; charset=utf-8"}}, html);
}

}  // namespace

std::string json_response(int status, const std::string& json) {
  return http_response(status, {{"Content-Type", "application/json"}}, json);
}

std::string error_json(const std::string& message) {
  return Json{{"error", {{"message", message}}}, {"message", message}}.dump();
}

std::string ping_json(const ProxyWorld& world) {
  Json json = find_json(world);
  json["auth"].update({{"type", "local"},
                       {"second_factor", "on"},
                       {"preferred_local_mfa", "webauthn"},
                       {"allow_passwordless", true},
                       {"allow_headless", true},
                       {"local", {{"name", ""}}},
                       {"webauthn", {{"rp_id", world.cluster_name()}}},
                       {"default_session_ttl", "12h0m0s"}});
  return json.dump();
}

std::string find_response(const ProxyWorld& world) {
  Json json = find_json(world);
  switch (world.quirks.find) {
    case FindAnswer::kNotFound:
      return http_response(404, {{"Content-Type", "text/plain"}}, "404 page not found\n");
    case FindAnswer::kHtml:
      return page(kHtml);
    case FindAnswer::kRedirect:
      return http_response(302, {{"Location", kCaptivePortal}}, "");
    case FindAnswer::kBrokenJson: {
      const std::string text = json.dump();
      return json_response(200, text.substr(0, text.size() / 2));
    }
    case FindAnswer::kHuge:
      json["padding"] = std::string(kHugeBytes, 'x');
      break;
    case FindAnswer::kProper:
    case FindAnswer::kDribble:
    case FindAnswer::kSilent:
      break;
  }
  return json_response(200, json.dump());
}

}  // namespace notifyd::sim
