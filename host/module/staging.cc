#include "module/staging.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <system_error>
#include <thread>

#include "base/system_error.h"
#include "module/sha256.h"
#include "module/sweep.h"

namespace notifyd::modules {
namespace {

constexpr mode_t kPrivate = 0700;
constexpr int kNameTries = 100;
constexpr unsigned kMfdExec = 0x0010U;  // MFD_EXEC of Linux 6.3, which older headers do not know

Result<> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return Done{};
}

Result<> write_file(int directory, const std::string& name, std::string_view bytes) {
  const Fd fd(::openat(directory, name.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0500));
  if (!fd) return system_error("creating " + name);
  if (auto written = write_all(fd.get(), bytes); !written) return written.error().in(name);
  return Done{};
}

// 0, or why not.
int execution_error(int fd) {
  void* const page = ::mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
  if (page == MAP_FAILED) return errno;
  ::munmap(page, 1);
  return 0;
}

// What to write instead depends on the form of the configuration; see daemon/catalog.h.
Error naming(const Error& error, const std::string& runtime_dir) {
  return about(error, runtime_dir);
}

std::string random_name() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device random;
  std::string name = kStagingPrefix;
  for (std::size_t i = 0; i < kStagingRandom; ++i) name += kLetters[random() % kLetters.size()];
  return name;
}

// As mkdtemp(), below a descriptor.
Result<std::string> make_directory(int parent) {
  for (int tries = 0; tries < kNameTries; ++tries) {
    std::string name = random_name();
    if (::mkdirat(parent, name.c_str(), kPrivate) == 0) return name;
    if (errno != EEXIST) break;
  }
  return system_error("mkdir");
}

Result<Fd> in_memory_file(const std::string& name, std::string_view bytes) {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  Fd fd(::memfd_create(name.c_str(), kFlags | kMfdExec));
  if (!fd && errno == EINVAL) fd = Fd(::memfd_create(name.c_str(), kFlags));  // before 6.3
  if (!fd) return system_error("memfd_create");
  if (auto written = write_all(fd.get(), bytes); !written) return std::move(written).error();
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) !=
      0) {
    return system_error("sealing");
  }
  return fd;
}

std::string path_of(int memory) { return "/proc/self/fd/" + std::to_string(memory); }

}  // namespace

// Takes the steps of Staging::open(), each of which may fail.
class StagingMaker {
 public:
  explicit StagingMaker(std::string runtime_dir)
      : runtime_dir_(std::move(runtime_dir)), staging_(new Staging()) {}

  Result<std::shared_ptr<Staging>> run(const Log& log, std::chrono::milliseconds patience) {
    // Root's or our own: not file_trust(), since what is mapped from there runs as us.
    auto parent = make_trusted_directory(runtime_dir_, own_trust());
    if (!parent) return naming(parent.error(), runtime_dir_);
    // Held only here: between another start's making of its directory and its lock, our sweep would
    // take it for dead.
    if (auto locked = lock(parent->fd.get(), patience); !locked) {
      return naming(locked.error(), runtime_dir_);
    }
    sweep_staging(parent->fd.get(), log);
    if (auto made = make(*parent); !made) return naming(made.error(), runtime_dir_);
    ::flock(parent->fd.get(), LOCK_UN);
    staging_->parent_ = std::move(parent->fd);
    if (auto good = prove_executable(); !good) return good.error();
    return staging_;
  }

  Result<std::shared_ptr<Staging>> run_apart() {
    std::string made = runtime_dir_ + "/teleport-notifyd-XXXXXX";
    if (::mkdtemp(made.data()) == nullptr) return system_error("making " + made);
    auto own = open_trusted_directory(made, own_trust());
    if (!own) {
      ::rmdir(made.c_str());
      return about(own.error(), made);
    }
    staging_->directory_ = own->path;
    staging_->name_ = own->path.substr(own->path.rfind('/') + 1);
    staging_->parent_ = Fd(::openat(own->fd.get(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
    staging_->own_ = std::move(own->fd);
    if (auto good = prove_executable(); !good) return good.error();
    return staging_;
  }

 private:
  // Before anything runs, so the thread may sleep.
  static Result<> lock(int directory, std::chrono::milliseconds patience) {
    constexpr std::chrono::milliseconds kPause{50};
    for (;; patience -= kPause) {
      if (::flock(directory, LOCK_EX | LOCK_NB) == 0) return Done{};
      if (errno != EWOULDBLOCK && errno != EINTR) return system_error("lock");
      if (patience <= patience.zero()) break;
      std::this_thread::sleep_for(std::min(kPause, patience));
    }
    return Error{Errc::kUnavailable, "another process holds its lock"};
  }

  Result<> make(const TrustedDirectory& parent) {
    auto name = make_directory(parent.fd.get());
    if (!name) return std::move(name).error();
    staging_->name_ = *std::move(name);
    staging_->directory_ = (parent.path == "/" ? "" : parent.path) + "/" + staging_->name_;
    Fd& own = staging_->own_;
    own = Fd(::openat(parent.fd.get(), staging_->name_.c_str(),
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!own) return system_error("open");
    if (auto marked = write_file(own.get(), kStagingMarker, ""); !marked) return marked;
    if (::flock(own.get(), LOCK_EX | LOCK_NB) != 0) return system_error("lock");
    return Done{};
  }

  Result<> prove_executable() {
    auto probe = staging_->copy({"", "probe", "x"});
    if (!probe) return naming(probe.error(), runtime_dir_);
    const Fd fd(::open((*probe)->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return naming(system_error("open"), runtime_dir_);
    const int why = execution_error(fd.get());
    staging_->copies_ = 0;
    return why == 0 ? Result<>(Done{}) : cannot_execute(staging_->directory_, why);
  }

  const std::string runtime_dir_;
  std::shared_ptr<Staging> staging_;
};

Error cannot_execute(const std::string& directory, int error_number) {
  return invalid("code cannot run from " + directory + " (" + errno_text(error_number) +
                 "): the file system is mounted noexec, or a policy forbids it");
}

StagedFile::StagedFile(int directory, std::string name, std::string path, std::string hash)
    : directory_(directory),
      name_(std::move(name)),
      path_(std::move(path)),
      hash_(std::move(hash)) {}

StagedFile::StagedFile(const Fd& memory, std::string hash)
    : memory_(::fcntl(memory.get(), F_DUPFD_CLOEXEC, 0)),
      path_(path_of(memory_)),
      hash_(std::move(hash)) {}

StagedFile::~StagedFile() {
  if (keep_) return;
  if (directory_ >= 0) ::unlinkat(directory_, name_.c_str(), 0);
  if (memory_ >= 0) ::close(memory_);
}

Result<> StagedFile::prove() const {
  if (memory_ >= 0) return Done{};
  const auto file = open_trusted(path_, own_trust());
  if (!file) return about(file.error(), path_);
  if (file->status.st_uid != ::geteuid() || file->status.st_nlink != 1) {
    return invalid(path_ + " is not the copy that was made; somebody else writes there");
  }
  const auto bytes =
      read_trusted(path_, static_cast<std::size_t>(file->status.st_size), own_trust());
  if (!bytes) return about(bytes.error(), path_);
  if (sha256(*bytes) == hash_) return Done{};
  return invalid(path_ + " is not the copy that was made; somebody else writes there");
}

Result<std::shared_ptr<Staging>> Staging::open(const std::string& runtime_dir, const Log& log,
                                               std::chrono::milliseconds patience) {
  return StagingMaker(runtime_dir).run(log, patience);
}

Result<std::shared_ptr<Staging>> Staging::apart() {
  std::error_code failed;
  const std::filesystem::path temporary = std::filesystem::temp_directory_path(failed);
  return StagingMaker(failed ? "/tmp" : temporary.string()).run_apart();
}

Result<std::shared_ptr<Staging>> Staging::in_memory() {
  const auto probe = in_memory_file("probe", "x");
  if (!probe) return probe.error();
  // By the name that dlopen gets: it wants /proc, and what that forbids.
  const std::string path = path_of(probe->get());
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("opening " + path);
  if (const int why = execution_error(fd.get()); why != 0) {
    return invalid("code cannot run from memory (" + errno_text(why) + ")");
  }
  return std::shared_ptr<Staging>(new Staging());
}

// Only when nothing is in it: a copy that is still loaded, or kept, stays for the next start's
// sweep.
Staging::~Staging() {
  if (!own_ || !parent_) return;
  ::unlinkat(own_.get(), kStagingMarker, 0);
  if (::unlinkat(parent_.get(), name_.c_str(), AT_REMOVEDIR) == 0) return;
  static_cast<void>(write_file(own_.get(), kStagingMarker, ""));
}

Result<std::unique_ptr<StagedFile>> Staging::copy(const ModuleFile& module) {
  std::string hash = sha256(module.bytes);
  std::string name =
      module.name + "." + std::to_string(++copies_) + "." + hash.substr(0, 16) + ".so";
  if (!own_) {
    const auto memory = in_memory_file(name, module.bytes);
    if (!memory) return memory.error();
    return std::make_unique<StagedFile>(*memory, std::move(hash));
  }
  if (auto done = write_file(own_.get(), name, module.bytes); !done) {
    ::unlinkat(own_.get(), name.c_str(), 0);
    return std::move(done).error().in(directory_);
  }
  return std::make_unique<StagedFile>(own_.get(), name, directory_ + "/" + name, std::move(hash));
}

}  // namespace notifyd::modules
