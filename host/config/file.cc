#include "config/file.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace notifyd::config {
namespace {

struct Close {
  void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
};

Errc code_of(int err) {
  if (err == ENOENT || err == ENOTDIR) return Errc::kNotFound;
  return err == EACCES || err == EPERM ? Errc::kDenied : Errc::kInvalid;
}

Error cannot_read(int err) {
  return {code_of(err), "cannot be read (" + std::generic_category().message(err) + ")"};
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

}  // namespace notifyd::config
