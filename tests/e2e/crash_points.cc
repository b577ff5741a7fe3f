// The crash points of mortal-notifyd. With NOTIFYD_CRASH_AT=K in its environment it kills itself
// when it comes to the K-th point of its life; it writes the points that it came to into
// NOTIFYD_CRASH_LOG.

#include "base/crash_point.h"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

#include <cstdlib>
#include <mutex>
#include <string>

namespace notifyd {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

class Points {
 public:
  void reach(const char* where) {
    const std::lock_guard lock(mutex_);  // kept while it dies: nobody gets further meanwhile
    ++reached_;
    write(where);
    if (reached_ == crash_at_) ::kill(::getpid(), SIGKILL);
  }

 private:
  // Unbuffered: the process may end at any moment.
  void write(const char* where) {
    if (log_ < 0) return;
    const std::string line = std::string(where) + "\n";
    if (::write(log_, line.data(), line.size()) < 0) std::abort();
  }

  const long crash_at_ = std::strtol(variable("NOTIFYD_CRASH_AT").c_str(), nullptr, 10);
  const int log_ = ::open(variable("NOTIFYD_CRASH_LOG").c_str(),
                          O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::mutex mutex_;
  long reached_ = 0;
};

}  // namespace

void crash_point(const char* where) {
  static Points points;
  points.reach(where);
}

}  // namespace notifyd
