#include "module/module_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/fd.h"
#include "base/system_error.h"
#include "base/trusted_file.h"
#include "module/module_name.h"

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;

constexpr off_t kMaxBytes = 256 << 20;

Result<struct stat> status_of(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return system_error("fstat");
  return status;
}

// Whoever can write the file, or put another in its place, is the daemon. What runs is judged for
// whom it runs as, also where root only looks.
Result<Fd> open_module(const std::string& path) {
  const auto directory = trusted_path(fs::path(path).parent_path(), Use::kDirectory, own_trust());
  if (!directory) return directory.error().in("its directory");
  if (!directory->missing.empty()) return Error{Errc::kNotFound, "open: " + errno_text(ENOENT)};
  const std::string name = fs::path(path).filename();
  // Below a descriptor that nothing is read from: its listing may be forbidden to us.
  Fd fd(openat(directory->node.fd->get(), name.c_str(),
               O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (fd) return fd;
  if (errno == ELOOP) return invalid("it is a symbolic link; put the file itself there");
  return system_error("open");
}

Result<> judge_trust(const struct stat& status, const std::string& path) {
  const auto found = trusted_path(path, Use::kFile, own_trust());
  if (!found) return found.error();
  const struct stat& judged = found->node.status;
  if (judged.st_ino == status.st_ino && judged.st_dev == status.st_dev) return Done{};
  return Error{Errc::kUnavailable, "it was replaced while it was read; try again"};
}

Result<std::string> read_all(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = read(fd, bytes.data() + done, size - done);
    if (n < 0) return system_error("read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool unchanged(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_size == b.st_size &&
         same_time(a.st_mtim, b.st_mtim) && same_time(a.st_ctim, b.st_ctim);
}

Result<> judge_file(const struct stat& status, const std::string& path) {
  if (!S_ISREG(status.st_mode)) return invalid("it is not a regular file");
  if (auto good = judge_trust(status, path); !good) return good;
  if (status.st_size == 0) return invalid("it is empty; is it still being copied?");
  if (status.st_size > kMaxBytes) {
    return invalid("it has " + std::to_string(status.st_size) + " bytes, more than " +
                   std::to_string(kMaxBytes));
  }
  return Done{};
}

// Nothing: it changed meanwhile.
Result<std::optional<std::string>> read_once(const std::string& path, const ReadOptions& options) {
  const auto fd = open_module(path);
  if (!fd) return fd.error();
  const auto before = status_of(fd->get());
  if (!before) return before.error();
  if (auto good = judge_file(*before, path); !good) return std::move(good).error();
  auto bytes = read_all(fd->get(), static_cast<std::size_t>(before->st_size));
  if (!bytes) return std::move(bytes).error();
  if (options.while_reading) options.while_reading();
  const auto after = status_of(fd->get());
  if (!after) return after.error();
  if (!unchanged(*before, *after) || bytes->size() != static_cast<std::size_t>(after->st_size)) {
    return std::optional<std::string>();
  }
  return std::optional<std::string>(std::move(*bytes));
}

Result<std::string> read_stable(const std::string& path, const ReadOptions& options) {
  for (int tries = 0; tries < 2; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(options.second_try);
    auto bytes = read_once(path, options);
    if (!bytes) return std::move(bytes).error();
    if (*bytes) return std::move(**bytes);
  }
  return Error{Errc::kUnavailable,
               "it changes while it is read; install modules by rename (`install`, `mv`), and try "
               "again when the copy has ended"};
}

}  // namespace

Result<ModuleFile> read_module_file(const std::string& path, const ReadOptions& options) {
  const std::string absolute = fs::absolute(path).lexically_normal().string();
  auto name = module_name(absolute);
  auto bytes = read_stable(absolute, options);
  // The order in which an operator looks: is it there, is it safe, is it named well.
  if (!bytes) return std::move(bytes).error().in(absolute);
  if (!name) return std::move(name).error().in(absolute);
  return ModuleFile{absolute, std::move(*name), std::move(*bytes)};
}

}  // namespace notifyd::modules
