// Addresses of a configuration at which everybody on the way could read a token.
#pragma once

#include "config/faults.h"
#include "config/settings.h"

namespace notifyd::daemon {

// Requests are looked at one by one too; this says it at the start, and where it is written. Only a
// module knows which of its texts it calls: taken for one are those that are named so ("api_url"),
// and secrets, none of which is quoted.
// What is refused is wrong in `settings` from then on.
void refuse_plain_http(config::Settings& settings, config::Faults& faults);

}  // namespace notifyd::daemon
