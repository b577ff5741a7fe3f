// What dead processes left in runtime_dir. Nothing else is touched there: people keep backups
// beside it, and links lead anywhere.
#pragma once

#include <string>

#include "base/log.h"

namespace notifyd::modules {

inline constexpr const char* kStagingPrefix = "modules.";
inline constexpr std::size_t kStagingRandom = 6;  // characters behind it
// A file that each staging directory has from its first moment on.
inline constexpr const char* kStagingMarker = ".teleport-notifyd-staging";

// Staging directories below the open directory `runtime_dir` that belong to this user, carry our
// marker, and have no living owner. Of what is in them only copies of modules go; a directory that
// has anything else stays.
void sweep_staging(int runtime_dir, const Log& log);

// Removes one, emptied of our own files. False: it stays, because something else is in it.
bool remove_staging(int parent, const std::string& name, int own);

}  // namespace notifyd::modules
