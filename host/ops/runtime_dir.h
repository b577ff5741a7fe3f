// The directory that modules are copied to before they are mapped, for those who only look: `check`
// and `modules`. Whoever can write it can run code as this daemon. The daemon itself makes it, see
// module/staging.h.
#pragma once

#include <string>

#include "base/result.h"

namespace notifyd::ops {

// Whether a start would take it. The default never keeps a start from starting.
Result<> judge_runtime_dir(const std::string& path);

// [before any thread] Where root looks at what a service will do: the service's user is the one to
// whom its state directory belongs, and may have written its files. Nothing changes for others, nor
// where the directory is root's, is not there, or could have been put there by somebody else.
void look_as_owner_of(const std::string& runtime_dir);

}  // namespace notifyd::ops
