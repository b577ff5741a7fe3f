// The sections that the host reads itself, [teleport], [log] and [delivery]: what each says, its
// options, and the rules that a table cannot say. What breaks a rule is a fault, and has its
// default instead.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "config/faults.h"
#include "config/option.h"
#include "config/position.h"
#include "config/settings.h"

namespace notifyd::config {

// ---- [teleport] ----

// Either `identity`, or all three of client_key, client_crt and root_cas; or none of them, when
// what is written is a fault.
struct TeleportConfig {
  std::vector<std::string> addrs;  // as written, or the default; of one cluster, tried in order
  Position addr_at = {};           // for what the teleport part finds wrong with them
  std::string ca_file;             // of a proxy's own certificate; "": the system's CAs
  Position ca_file_at = {};
  bool insecure = false;  // a proxy's own certificate may be anybody's
  std::string identity;
  std::optional<uid_t> identity_owner;  // who keeps the credentials' files for us, as tbot does
  bool refresh_identity = false;
  std::chrono::milliseconds refresh_identity_interval{60'000};
  std::string client_key, client_crt, root_cas;
  Position credentials_at;  // of identity or client_crt, for what is wrong with the files
  std::string file;         // where all this is written, for messages
};

const std::vector<Option>& teleport_options();

// `section` is where [teleport] stands, for what is missing there. Adds to `faults` and `warnings`.
TeleportConfig teleport_config(const Settings& settings, const Position& section, Faults& faults,
                               std::vector<std::string>& warnings);

// ---- [log] ----

struct LogConfig {
  std::string output = "stderr";  // "stderr", "stdout", or a file that is appended to
  Severity severity = Severity::kInfo;
  Position output_at = {};  // for what is wrong with the file
};

const std::vector<Option>& log_options();
LogConfig log_config(const Settings& settings, Faults& faults);

// ---- [delivery] ----

struct DeliveryConfig {
  std::chrono::milliseconds claim_time{30'000};
  std::chrono::milliseconds resync_interval{600'000};
  std::size_t digest_after = 100;  // 0: never
};

const std::vector<Option>& delivery_options();
DeliveryConfig delivery_config(const Settings& settings, Faults& faults);

}  // namespace notifyd::config
