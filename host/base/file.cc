#include "base/file.h"

#include <algorithm>
#include <system_error>

#include "base/system_error.h"

namespace notifyd {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> list_directory(const std::string& path, std::string_view extension) {
  std::error_code error;
  std::vector<fs::path> files;
  // increment(error) rather than ++: that one throws.
  for (fs::directory_iterator it(path, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    if (it->path().extension() == extension) files.push_back(it->path());
  }
  if (error) return Error{errc_of(error.value()), error.message()};
  std::ranges::sort(files);
  return files;
}

}  // namespace notifyd
