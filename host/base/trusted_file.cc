#include "base/trusted_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>

#include "base/mount.h"
#include "base/system_error.h"

namespace notifyd {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 3;  // what is renamed into place just now is looked at again
constexpr std::size_t kMaxAccessList = std::size_t{1} << 14U;
constexpr mode_t kPrivate = 0700;
constexpr mode_t kAbovePrivate = 0755;

Error failed(int number) { return {errc_of(number), errno_text(number)}; }

Error unreadable(const std::string& why, Errc code) {
  return {code, "cannot be read (" + why + ")"};
}

Result<PathNode> node_of(int opened) {
  if (opened < 0) return failed(errno);
  PathNode node;
  node.fd = std::make_shared<const Fd>(opened);
  if (::fstat(opened, &node.status) != 0) return failed(errno);
  return node;
}

class RealFiles final : public PathSource {
 public:
  Result<PathNode> root() const override { return node_of(::open("/", O_PATH | O_CLOEXEC)); }

  Result<PathNode> child(const PathNode& directory, const std::string& name) const override {
    constexpr int kFlags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    auto found = node_of(::openat(directory.fd->get(), name.c_str(), kFlags));
    if (!found || !S_ISDIR(found->status.st_mode)) return found;
    // Only who asks for a directory has an automount's file system mounted there.
    auto mounted = node_of(::openat(directory.fd->get(), name.c_str(), kFlags | O_DIRECTORY));
    return mounted ? mounted : found;
  }

  Result<std::string> target(const PathNode& link) const override {
    std::array<char, 4096> text{};
    const ssize_t size = ::readlinkat(link.fd->get(), "", text.data(), text.size());
    if (size < 0) return failed(errno);
    return std::string(text.data(), static_cast<std::size_t>(size));
  }

  std::optional<AccessList> access_list(const PathNode& node) const override {
    // Not fgetxattr: an O_PATH descriptor is none for it.
    const std::string path = "/proc/self/fd/" + std::to_string(node.fd->get());
    std::array<char, kMaxAccessList> text{};
    const ssize_t size =
        ::getxattr(path.c_str(), "system.posix_acl_access", text.data(), text.size());
    if (size > 0) return parse_access_list({text.data(), static_cast<std::size_t>(size)});
    if (size < 0 && (errno == ERANGE || errno == E2BIG)) return unknown_access_list();
    return std::nullopt;
  }

  bool is_mount_root(const PathNode& node) const override {
    return notifyd::is_mount_root(node.fd->get());
  }
  bool is_read_only(const PathNode& node) const override {
    return is_read_only_mount(node.fd->get());
  }
};

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

Result<TrustedFile> open_own_descriptor(const std::string& path) {
  TrustedFile file{path, Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC))};
  if (!file.fd || ::fstat(file.fd.get(), &file.status) != 0) {
    return unreadable(errno_text(errno), errc_of(errno));
  }
  return file;
}

// Nothing: it was replaced between the walk and the opening.
Result<std::optional<Fd>> open_judged(const TrustedPath& found, int flags) {
  // Without O_NONBLOCK a pipe that took the file's place would hold us up here.
  Fd fd(::openat(found.directory.fd->get(), found.name.c_str(),
                 flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const int number = errno;
  if (!fd && (number == ENOENT || number == ELOOP)) return std::optional<Fd>();
  if (!fd) return unreadable(errno_text(number), errc_of(number));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return unreadable(errno_text(errno), errc_of(errno));
  if (!same_file(status, found.node.status)) return std::optional<Fd>();
  return std::optional<Fd>(std::move(fd));
}

Error walk_error(const Error& error) {
  return error.code == kUntrusted ? error : unreadable(error.message, error.code);
}

Result<> must_be_a_file(const TrustedPath& found) {
  if (!found.missing.empty()) return unreadable(errno_text(ENOENT), Errc::kNotFound);
  const mode_t mode = found.node.status.st_mode;
  if (S_ISDIR(mode)) return unreadable(errno_text(EISDIR), Errc::kInvalid);
  if (!S_ISREG(mode)) return unreadable("it is no regular file", Errc::kInvalid);
  return Done{};
}

Result<std::optional<TrustedFile>> try_to_open(const std::string& path, const Trust& trust) {
  const auto found = trusted_path(path, Use::kFile, trust);
  if (!found) return walk_error(found.error());
  if (auto file = must_be_a_file(*found); !file) return file.error();
  auto fd = open_judged(*found, O_RDONLY);
  if (!fd) return fd.error();
  if (!*fd) return std::optional<TrustedFile>();
  return std::optional<TrustedFile>(
      TrustedFile{found->path, std::move(**fd), found->node.status, found->in_volume});
}

Result<std::string> read_all(int fd, std::size_t max_bytes) {
  // One byte more than allowed, so that a file that grows meanwhile is still seen as too large.
  std::string text(max_bytes + 1, '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::read(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return unreadable(errno_text(errno), errc_of(errno));
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  if (done > max_bytes) return invalid("is larger than " + std::to_string(max_bytes) + " bytes");
  text.resize(done);
  return text;
}

Result<TrustedDirectory> directory_of(const TrustedPath& found) {
  Fd fd(::openat(found.node.fd->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return unreadable(errno_text(errno), errc_of(errno));
  return TrustedDirectory{found.path, std::move(fd)};
}

Result<> make_missing(const TrustedPath& found) {
  std::shared_ptr<const Fd> in = found.directory.fd;
  for (std::size_t i = 0; i < found.missing.size(); ++i) {
    const std::string& name = found.missing[i];
    const bool last = i + 1 == found.missing.size();
    if (::mkdirat(in->get(), name.c_str(), last ? kPrivate : kAbovePrivate) != 0 &&
        errno != EEXIST) {
      return Error{errc_of(errno), "cannot be made (" + errno_text(errno) + ")"};
    }
    // What is there by now may be somebody else's; the walk that comes next judges it.
    const int next =
        ::openat(in->get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) return Error{errc_of(errno), "cannot be made (" + errno_text(errno) + ")"};
    in = std::make_shared<const Fd>(next);
  }
  return Done{};
}

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { static_cast<void>(::closedir(directory)); }
};

// With a position of its own.
DIR* listing_of(int directory) {
  const int again = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return nullptr;
  DIR* const listed = ::fdopendir(again);
  const int number = errno;
  if (listed == nullptr) ::close(again);
  errno = number;
  return listed;
}

std::optional<Trust>& said_trust() {
  static std::optional<Trust> said;
  return said;
}

}  // namespace

Trust file_trust() { return said_trust().value_or(own_trust()); }
void take_files_of(const Trust& trust) { said_trust() = trust; }

const PathSource& real_files() {
  static const RealFiles kFiles;
  return kFiles;
}

bool is_own_descriptor(const std::string& path) {
  if (path == "/dev/stdin") return true;
  // No more than a number: "/dev/fd/../shm/x" is a path like any other.
  for (const std::string_view directory : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(directory)) continue;
    const std::string_view name = std::string_view(path).substr(directory.size());
    return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return false;
}

Result<TrustedPath> trusted_path(const std::string& path, Use use, const Trust& trust) {
  return walk_trusted(real_files(), path, trust, use);
}

Result<TrustedFile> open_trusted(const std::string& path, const Trust& trust) {
  if (is_own_descriptor(path)) return open_own_descriptor(path);
  for (int tries = 0; tries < kTries; ++tries) {
    auto file = try_to_open(path, trust);
    if (!file) return std::move(file).error();
    if (*file) return std::move(**file);
  }
  return unreadable("it is replaced all the time", Errc::kUnavailable);
}

Result<std::string> read_trusted(const std::string& path, std::size_t max_bytes,
                                 const Trust& trust) {
  const auto file = open_trusted(path, trust);
  if (!file) return file.error();
  return read_all(file->fd.get(), max_bytes);
}

Result<TrustedDirectory> open_trusted_directory(const std::string& path, const Trust& trust) {
  const auto found = trusted_path(path, Use::kDirectory, trust);
  if (!found) return walk_error(found.error());
  if (!found->missing.empty()) return unreadable(errno_text(ENOENT), Errc::kNotFound);
  return directory_of(*found);
}

Result<TrustedDirectory> make_trusted_directory(const std::string& path, const Trust& trust) {
  const auto found = trusted_path(path, Use::kDirectory, trust);
  if (!found) return found.error();
  if (found->missing.empty()) return directory_of(*found);
  if (auto made = make_missing(*found); !made) return made.error();
  return open_trusted_directory(path, trust);
}

Result<std::vector<fs::path>> list_trusted(const std::string& path, std::string_view extension,
                                           const Trust& trust) {
  auto directory = open_trusted_directory(path, trust);
  if (!directory) return directory.error();
  const std::unique_ptr<DIR, CloseDirectory> listed(listing_of(directory->fd.get()));
  if (!listed) return unreadable(errno_text(errno), errc_of(errno));
  std::vector<fs::path> files;
  errno = 0;
  while (const dirent* const entry = ::readdir(listed.get())) {
    const fs::path file = fs::path(path) / entry->d_name;
    if (file.extension() == extension) files.push_back(file);
    errno = 0;
  }
  if (errno != 0) return unreadable(errno_text(errno), errc_of(errno));
  std::ranges::sort(files);
  return files;
}

}  // namespace notifyd
