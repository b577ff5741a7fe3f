// A sleep that stopping the server cuts short. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace notifyd::sim {

class Pause {
 public:
  // False: cut short.
  bool sleep(std::chrono::milliseconds delay) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, delay, [this] { return stopped_; });
  }

  void set_stopped(bool stopped) {
    const std::lock_guard lock(mutex_);
    stopped_ = stopped;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace notifyd::sim
