// Small files read whole, and directories listed; neither throws.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace notifyd {

// "cannot be read (Permission denied)", "is larger than 2000 bytes": the caller puts the path in
// front and the advice behind.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

// What has this extension in a directory, sorted. The message says only why it cannot be read.
Result<std::vector<std::filesystem::path>> list_directory(const std::string& path,
                                                          std::string_view extension);

}  // namespace notifyd
