// A thread for each open connection, made when none is idle: a keep-alive connection holds its
// thread, so a pool of fixed size would starve the connections beyond it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace notifyd::sim {

class ConnectionThreads {
 public:
  ~ConnectionThreads() { finish(); }

  void run(std::function<void()> connection);
  void finish();  // waits for all of them; run() must not be called any more

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace notifyd::sim
