// Workshop: one thread for what may block: reading, hashing and judging files, mapping and
// unmapping code, waiting for a child process. The engine awaits it and goes on meanwhile.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/engine.h"

namespace notifyd {

// [engine] Declare it behind the engine: its destructor waits for the work that is under way.
class Workshop {
 public:
  explicit Workshop(Engine& engine);
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop();

  // Runs `work` on the workshop's thread, in turn; the result comes on the engine's. `work` throws
  // nothing, and owns what it uses: destroying the task only forgets the result.
  template <class T>
  notify::Task<T> run(std::function<T()> work);

  // Whether anything is under way or in line. It may never end: a module's code can hang while it
  // is mapped. A process that must go then leaves with _Exit.
  bool busy() const { return open_.load() > 0; }

 private:
  // What `work` gives is posted to the engine.
  void post(std::function<Engine::Work()> work);

  Engine& engine_;
  AsioEngine loop_;
  std::atomic<unsigned> open_{0};
  std::thread thread_;
};

template <class T>
notify::Task<T> Workshop::run(std::function<T()> work) {
  notify::Reply<T> reply;
  post([work = std::move(work), to = reply.to()] {
    auto result = std::make_shared<T>(work());
    return [to, result] { to(std::move(*result)); };
  });
  T result = co_await reply;
  co_return result;
}

}  // namespace notifyd
