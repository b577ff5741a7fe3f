// The directory that modules are copied to before they are mapped. Whoever can write it can run
// code as this daemon, and by default it may be under /tmp.
#pragma once

#include <string>

#include "base/result.h"

namespace notifyd::ops {

// Makes `path` with mode 0700, or makes sure that what is there is a directory that only this user
// and root can write. Missing directories above it are made too.
Result<> make_runtime_dir(const std::string& path);

}  // namespace notifyd::ops
