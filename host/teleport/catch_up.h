// The catch-up: everything that is there, read once. At each connection, and again from time to
// time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/engine.h"
#include "teleport/auth.h"
#include "teleport/skipped_items.h"
#include "teleport/snapshots.h"

namespace notifyd::teleport {

struct CatchUpOptions {
  std::vector<std::string> plugins;
  ToldTest told;  // of which records not all is kept; empty: of none
  // How long after the first look a second one confirms that a request is gone.
  Millis recheck_after{0};
  // Told of every item that was skipped: what it is, and the ID of its request, or "".
  std::function<void(SkippedItem, const std::string&)> skipped;
  std::function<void(const AccessRequest&)> listed;  // of every other
};

// Records first, then requests: a request that is gone by then is found by its record alone.
Task<Result<>> catch_up(Engine& engine, AuthSession& session, Snapshots& snapshots,
                        CatchUpOptions options);

}  // namespace notifyd::teleport
