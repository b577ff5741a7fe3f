// DirectoryWatch: tells when something in a directory may have been replaced or rewritten, by
// inotify. It is the quick half of looking: where inotify does not reach (a network's file system,
// a directory that is itself exchanged) only looking again from time to time notices.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/engine.h"
#include "base/fd.h"

namespace notifyd {

class DirectoryWatch {
 public:
  // [engine] Until it is gone `work` runs on the engine's thread, once for any number of changes
  // that came together. Nothing where the kernel gives no watch.
  DirectoryWatch(Engine& engine, std::vector<std::string> directories, Engine::Work work);
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  // Watches what the paths lead to now: a link may point elsewhere by now.
  void renew();

 private:
  void look_again();

  const std::vector<std::string> directories_;
  const Engine::Work work_;
  const Fd inotify_;
  std::unique_ptr<Readiness> readiness_;
};

}  // namespace notifyd
