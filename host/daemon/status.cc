#include "daemon/status.h"

#include <nlohmann/json.hpp>

namespace notifyd::daemon {
namespace {

using nlohmann::json;

json encode(const InstanceStatus& i) {
  return {{"name", i.name},
          {"module", i.module},
          {"version", i.version},
          {"config", i.file},
          {"sha256", i.hash},
          {"generation", i.generation},
          {"since_ms", i.since_ms},
          {"state", i.state},
          {"waiting", i.waiting},
          {"delivered", i.delivered},
          {"given_up", i.given_up},
          {"unreachable", i.unreachable},
          {"last_error", i.last_error},
          {"last_error_ms", i.last_error_ms}};
}

json encode(const ClusterStatus& c) {
  return {{"section", c.section},
          {"connected", c.connected},
          {"address", c.address},
          {"way", c.way},
          {"name", c.name},
          {"version", c.version},
          {"user", c.user},
          {"trouble", c.trouble},
          {"identity_ends_ms", c.identity_ends_ms},
          {"skipped_items", c.skipped_items}};
}

json encode(const ReloadStatus& r) {
  return {{"number", r.number}, {"ended_ms", r.ended_ms}, {"good", r.good}, {"lines", r.lines}};
}

// A newer or older daemon may say more or less.
template <class T>
void take(const json& from, const char* key, T& to) {
  const auto& members = from.get_ref<const json::object_t&>();
  if (const auto at = members.find(key); at != members.end()) at->second.get_to(to);
}

InstanceStatus decode_instance(const json& j) {
  InstanceStatus i;
  take(j, "name", i.name);
  take(j, "module", i.module);
  take(j, "version", i.version);
  take(j, "config", i.file);
  take(j, "sha256", i.hash);
  take(j, "generation", i.generation);
  take(j, "since_ms", i.since_ms);
  take(j, "state", i.state);
  take(j, "waiting", i.waiting);
  take(j, "delivered", i.delivered);
  take(j, "given_up", i.given_up);
  take(j, "unreachable", i.unreachable);
  take(j, "last_error", i.last_error);
  take(j, "last_error_ms", i.last_error_ms);
  return i;
}

ClusterStatus decode_cluster(const json& j) {
  ClusterStatus c;
  take(j, "section", c.section);
  take(j, "connected", c.connected);
  take(j, "address", c.address);
  take(j, "way", c.way);
  take(j, "name", c.name);
  take(j, "version", c.version);
  take(j, "user", c.user);
  take(j, "trouble", c.trouble);
  take(j, "identity_ends_ms", c.identity_ends_ms);
  take(j, "skipped_items", c.skipped_items);
  return c;
}

// By reference: a copy of what is nested deeply would take as much of the stack.
template <class T>
void decode_each(const json& list, T (*decode)(const json&), std::vector<T>& to) {
  for (const json& one : list.get_ref<const json::array_t&>()) to.push_back(decode(one));
}

ReloadStatus decode_reload(const json& j) {
  ReloadStatus r;
  take(j, "number", r.number);
  take(j, "ended_ms", r.ended_ms);
  take(j, "good", r.good);
  take(j, "lines", r.lines);
  return r;
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// What is no JSON object, or has something else where a known key is, is none of ours.
template <class T, class Decode>
std::optional<T> parsed(const std::string& text, Decode decode) {
  const json written = json::parse(text, nullptr, false);
  if (!written.is_object()) return std::nullopt;
  try {
    return decode(written);
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string to_json(const Status& status) {
  // "cluster" is of when there could be one only.
  const ClusterStatus first = status.clusters.empty() ? ClusterStatus{} : status.clusters.front();
  json written = {{"program", status.program},
                  {"config", status.config},
                  {"started_ms", status.started_ms},
                  {"cluster", encode(first)},
                  {"clusters", json::array()},
                  {"instances", json::array()},
                  {"reload", nullptr},
                  {"unused_modules", status.unused_modules},
                  {"quarantined", status.quarantined}};
  for (const ClusterStatus& cluster : status.clusters) {
    written["clusters"].push_back(encode(cluster));
  }
  for (const InstanceStatus& instance : status.instances) {
    written["instances"].push_back(encode(instance));
  }
  if (status.reload) written["reload"] = encode(*status.reload);
  return dump(written);
}

std::optional<Status> parse_status(const std::string& text) {
  return parsed<Status>(text, [](const json& j) {
    Status s;
    take(j, "program", s.program);
    take(j, "config", s.config);
    take(j, "started_ms", s.started_ms);
    if (j.contains("clusters")) {
      decode_each(j.at("clusters"), decode_cluster, s.clusters);
    } else if (j.contains("cluster")) {
      s.clusters = {decode_cluster(j.at("cluster"))};
    }
    if (j.contains("instances")) decode_each(j.at("instances"), decode_instance, s.instances);
    take(j, "unused_modules", s.unused_modules);
    take(j, "quarantined", s.quarantined);
    if (j.contains("reload") && !j.at("reload").is_null()) s.reload = decode_reload(j.at("reload"));
    return s;
  });
}

std::string to_json(const ReloadStatus& reload) { return dump(encode(reload)); }

std::optional<ReloadStatus> parse_reload(const std::string& text) {
  return parsed<ReloadStatus>(text, decode_reload);
}

}  // namespace notifyd::daemon
