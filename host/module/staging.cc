#include "module/staging.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/system_error.h"

namespace notifyd::modules {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "modules.";
constexpr std::string_view kHex = "0123456789abcdef";

Fd open_directory(const std::string& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
}

void sweep(const std::string& runtime_dir, const Log& log) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(runtime_dir, failed)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    const Fd fd = open_directory(entry.path().string());
    if (!fd || flock(fd.get(), LOCK_EX | LOCK_NB) != 0) continue;  // not ours, or it lives
    std::error_code ignored;
    fs::remove_all(entry.path(), ignored);
    log.debug("swept modules of an earlier run", {{"directory", entry.path().string()}});
  }
}

Result<> write_file(const std::string& path, std::string_view bytes) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500));
  if (!fd) return system_error("creating " + path);
  while (!bytes.empty()) {
    const ssize_t n = write(fd.get(), bytes.data(), bytes.size());
    if (n < 0) return system_error("writing " + path);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return Done{};
}

Result<> prove_executable(const std::string& directory) {
  const StagedFile probe(directory + "/probe", "");
  if (auto done = write_file(probe.path(), "x"); !done) return done;
  const Fd fd(::open(probe.path().c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("opening " + probe.path());
  void* const page = mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd.get(), 0);
  if (page == MAP_FAILED) return cannot_execute(directory, errno);
  munmap(page, 1);
  return Done{};
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kHex[digest[i] >> 4U];
    hex += kHex[digest[i] & 15U];
  }
  return hex;
}

Error naming(Error error, const std::string& runtime_dir) {
  error.message += "; set runtime_dir in notifyd.toml to a directory that the daemon can write";
  return error.in("runtime_dir " + runtime_dir);
}

}  // namespace

Error cannot_execute(const std::string& directory, int error_number) {
  return invalid("code cannot run from " + directory + " (" + errno_text(error_number) +
                 "): the file system is mounted noexec, or a policy forbids it; set runtime_dir in "
                 "notifyd.toml to a directory elsewhere, e.g. /var/lib/teleport-notifyd");
}

StagedFile::~StagedFile() {
  if (!keep_) ::unlink(path_.c_str());
}

Result<std::shared_ptr<Staging>> Staging::open(const std::string& runtime_dir, const Log& log) {
  std::error_code failed;
  const std::string parent = fs::absolute(runtime_dir).lexically_normal().string();
  fs::create_directories(parent, failed);
  const Fd lock = open_directory(parent);
  if (!lock) return naming(system_error("open"), parent);
  // Held only here: between another start's mkdtemp and its lock, our sweep would take it for dead.
  if (flock(lock.get(), LOCK_EX) != 0) return naming(system_error("lock"), parent);
  sweep(parent, log);
  std::string directory = (fs::path(parent) / kPrefix).string() + "XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) return naming(system_error("mkdtemp"), parent);
  Fd life = open_directory(directory);
  if (!life || flock(life.get(), LOCK_EX | LOCK_NB) != 0) {
    return naming(system_error("lock"), parent);
  }
  std::shared_ptr<Staging> staging(new Staging(std::move(directory), std::move(life)));
  if (auto good = prove_executable(staging->directory()); !good) return std::move(good).error();
  return staging;
}

// Only when empty: a copy that is still loaded, or kept, stays for the next start's sweep.
Staging::~Staging() { ::rmdir(directory_.c_str()); }

Result<std::unique_ptr<StagedFile>> Staging::copy(const ModuleFile& module) {
  std::string hash = sha256(module.bytes);
  const std::string path = directory_ + "/" + module.name + "." + std::to_string(++copies_) + "." +
                           hash.substr(0, 16) + ".so";
  auto staged = std::make_unique<StagedFile>(path, std::move(hash));
  if (auto done = write_file(path, module.bytes); !done) return std::move(done).error();
  return staged;
}

}  // namespace notifyd::modules
