#include "base/directory_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace notifyd {
namespace {

// A file that was written and closed, one that was moved here, and a link that was made.
constexpr std::uint32_t kReplaced = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR;

}  // namespace

DirectoryWatch::DirectoryWatch(Engine& engine, std::vector<std::string> directories,
                               Engine::Work work)
    : directories_(std::move(directories)),
      work_(std::move(work)),
      inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (!inotify_) return;
  renew();
  readiness_ = engine.watch(inotify_.get());
  look_again();
}

// Of a directory that is watched already this changes nothing.
void DirectoryWatch::renew() {
  for (const std::string& directory : directories_) {
    static_cast<void>(inotify_add_watch(inotify_.get(), directory.c_str(), kReplaced));
  }
}

// What it was does not matter: whoever is told looks by himself.
void DirectoryWatch::look_again() {
  readiness_->when_readable([this] {
    std::array<char, 4096> events;
    while (read(inotify_.get(), events.data(), events.size()) > 0) {
    }
    look_again();
    work_();
  });
}

}  // namespace notifyd
