#include "base/spawn.h"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/system_error.h"

namespace notifyd {
namespace {

class Attributes {
 public:
  Attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Result<pid_t> spawn(std::vector<std::string> words, const ChildFiles& files) {
  std::vector<char*> arguments(words.size() + 1, nullptr);  // ends with a nullptr
  std::ranges::transform(words, arguments.begin(), [](std::string& word) { return word.data(); });
  const Attributes attributes;
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, words.at(0).c_str(), files.get(), attributes.get(),
                                   arguments.data(), ::environ);
  if (failed == 0) return pid;
  errno = failed;
  return system_error("starting " + words[0]);
}

}  // namespace notifyd
