#include "base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "base/system_error.h"

namespace notifyd {
namespace {

namespace fs = std::filesystem;

struct Close {
  void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
};

Error cannot_read(int number) {
  return {errc_of(number), "cannot be read (" + errno_text(number) + ")"};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  if (!file) return cannot_read(errno);

  // One byte more than allowed, so that a file that grows meanwhile is still seen as too large.
  std::string text(max_bytes + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return cannot_read(errno);
  if (text.size() > max_bytes) {
    return invalid("is larger than " + std::to_string(max_bytes) + " bytes");
  }
  return text;
}

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
