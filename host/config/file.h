// Reading one small file whole.
#pragma once

#include <string>

#include "base/result.h"

namespace notifyd::config {

// "cannot be read (Permission denied)", "is larger than 2000 bytes": the caller puts the path in
// front and the advice behind. kNotFound, kDenied or kInvalid.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

}  // namespace notifyd::config
