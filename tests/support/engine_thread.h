// EngineThread: an engine that runs on a thread of its own, as the daemon's does.
#pragma once

#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "base/engine.h"
#include "base/thread.h"

namespace notifyd::test {

// What the test does with the engine goes through on() and run(), which wait.
class EngineThread {
 public:
  EngineThread() : thread_(start_thread("engine", [this] { engine_.run(); })) {}
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;
  ~EngineThread() {
    engine_.post([this] {
      scope_.clear();
      engine_.stop();
    });
    thread_.join();
  }

  AsioEngine& engine() { return engine_; }

  // Runs `work` there and gives what it returned.
  template <class Work>
  auto on(Work work) {
    auto task = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
    auto result = task->get_future();
    engine_.post([task] { (*task)(); });
    return result.get();
  }

  // The same for a task: `make` makes it there.
  template <class Make>
  auto run(Make make) {
    using T = decltype(make().operator co_await().await_resume());
    auto done = std::make_shared<std::promise<T>>();
    auto result = done->get_future();
    engine_.post([this, make, done] { scope_.run(finish<T>(make(), done)); });
    return result.get();
  }

 private:
  template <class T>
  static notify::Task<void> finish(notify::Task<T> task, std::shared_ptr<std::promise<T>> done) {
    T value = co_await task;
    done->set_value(std::move(value));
  }

  AsioEngine engine_;
  notify::Scope scope_;  // used on the engine's thread only
  std::thread thread_;
};

}  // namespace notifyd::test
