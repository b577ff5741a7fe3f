// What the daemon knows of Teleport's objects, free of protobuf: only the files of host/teleport
// that speak the wire include that. Field meanings: Teleport's AccessRequestV3.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace notifyd::teleport {

enum class State { kNone, kPending, kApproved, kDenied, kPromoted };
enum class RequestKind { kUndefined, kShortTerm, kLongTerm };

// Unix time in ms; 0 where Teleport gave none (absent, or Go's zero time of year 1).
using UnixMs = std::int64_t;

struct Review {
  std::string author;
  State proposed = State::kNone;
  std::string reason;
  UnixMs created_ms = 0;
};

struct AccessRequest {
  std::string id;
  std::string user;
  std::vector<std::string> roles;  // as requested; a partial approval does not shrink it
  State state = State::kNone;
  RequestKind kind = RequestKind::kUndefined;
  UnixMs created_ms = 0;
  UnixMs expires_ms = 0;  // end of the granted access, not of the request
  std::string reason;
  std::string resolve_reason;
  std::vector<Review> reviews;  // in the order they came in; Teleport only appends
  std::vector<std::string> suggested_reviewers;
  std::vector<std::string> resources;  // "/cluster/kind/name"
  std::map<std::string, std::vector<std::string>> annotations;
};

using AccessRequestPtr = std::shared_ptr<const AccessRequest>;

// From Ping, once per connection.
struct ClusterInfo {
  std::string name;
  std::string version;
  std::string web_url;  // "https://proxy.example.com", or "" where web links make no sense
};

// Whose certificate a connection stands on, and for how long.
struct IdentityFacts {
  std::string user;
  std::string cluster;  // "" where the certificate does not say
  UnixMs valid_from_ms = 0;
  UnixMs valid_until_ms = 0;
  std::string renew;  // the command that issues a new one
};

// One plugin's entry in the plugin data of a request. Keys that are not there count as "".
using PluginEntry = std::map<std::string, std::string>;

}  // namespace notifyd::teleport
