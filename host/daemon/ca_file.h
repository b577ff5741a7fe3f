// The files of CAs that TLS trusts beside the system's: of a notifier, and of a Teleport proxy.
#pragma once

#include <string>

#include "config/faults.h"
#include "config/position.h"
#include "net/ca_text.h"

namespace notifyd::daemon {

// What is in the file at `path` now. Null where `path` is "" or a fault was added, which stands at
// `at`, where `key` is written. Blocks.
net::CaText judge_ca_file(const std::string& key, const std::string& path,
                          const config::Position& at, config::Faults& faults);

}  // namespace notifyd::daemon
