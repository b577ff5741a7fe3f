// Status: how the daemon is, as plain values, and as the JSON that `status` gets over the control
// socket and `status --json` prints. Keys are only ever added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace notifyd::daemon {

// All times are Unix times in ms; 0: never, or not known.
struct InstanceStatus {
  std::string name, module, version, file;  // module: the operator's file; file: its configuration
  std::string hash;                         // sha256 of the module as it was loaded
  unsigned generation = 0;                  // the first that runs is 1
  std::int64_t since_ms = 0;                // when that began
  std::string state;                        // "works", or why it is paused or parked
  std::size_t waiting = 0;                  // requests with anything left to do
  std::uint64_t delivered = 0, given_up = 0;
  std::vector<std::string> unreachable;  // recipients that were refused and are tried again
  std::string last_error;
  std::int64_t last_error_ms = 0;
};

struct ClusterStatus {
  std::string section;  // "prod" of [teleport.prod]; "" of [teleport]
  bool connected = false;
  std::string address;  // as it is configured
  std::string way;      // which of it, and how: "host:443 through the proxy by TLS routing"
  std::string name, version, user, trouble;
  std::int64_t identity_ends_ms = 0;
  std::uint64_t skipped_items = 0;
};

struct ReloadStatus {
  unsigned number = 0;  // of all since the start
  std::int64_t ended_ms = 0;
  bool good = false;
  std::vector<std::string> lines;  // what changed, or all that is to be mended
};

struct Status {
  std::string program, config;
  std::int64_t started_ms = 0;
  std::vector<ClusterStatus> clusters;
  std::vector<InstanceStatus> instances;
  std::vector<std::string> unused_modules;  // files in modules_dir that no instance names
  std::vector<std::string> quarantined;     // modules that do not come back from a call
  std::optional<ReloadStatus> reload;       // the last one
};

std::string to_json(const Status& status);
// Nothing: it is none.
std::optional<Status> parse_status(const std::string& json);

std::string to_json(const ReloadStatus& reload);
std::optional<ReloadStatus> parse_reload(const std::string& json);

}  // namespace notifyd::daemon
