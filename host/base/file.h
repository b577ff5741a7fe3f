// Directories listed, without throwing. What is read is read through trusted_file.h.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace notifyd {

// What has this extension in a directory, sorted. The message says only why it cannot be read.
Result<std::vector<std::filesystem::path>> list_directory(const std::string& path,
                                                          std::string_view extension);

}  // namespace notifyd
