// gRPC says little about why a connection did not come about; this says what it usually means.
#pragma once

#include <string>

#include "base/result.h"
#include "teleport/types.h"

namespace notifyd::teleport {

// What a person should look at, given what gRPC said of a first call; "" if it says enough by
// itself.
std::string dial_hint(const Error& error);

}  // namespace notifyd::teleport
