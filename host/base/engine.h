// Engine: one thread, its queue and its timers. The daemon has one for everything it decides; each
// module instance has one of its own. Tests put a fake with a hand-driven clock in its place.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "notify/task.hpp"

namespace notifyd {

using Millis = std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

// Tells when a descriptor can be read or written: once for each time that it is asked, so that who
// has no room for more asks for no more. Gone, it calls nobody.
class Readiness {
 public:
  Readiness() = default;
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;
  virtual ~Readiness() = default;

  // [engine thread] Readable also when the other side has ended. Not while the same was asked for
  // and has not come.
  virtual void when_readable(std::function<void()> work) = 0;
  virtual void when_writable(std::function<void()> work) = 0;
};

class Engine {
 public:
  using Work = std::function<void()>;
  using Timer = std::uint64_t;  // never 0

  virtual ~Engine() = default;

  // [any thread] Work runs later, on the engine's thread, in the order posted.
  virtual void post(Work work) = 0;

  // [engine thread] cancel() after the timer fired, or of 0, does nothing.
  virtual Timer after(Millis delay, Work work) = 0;
  virtual void cancel(Timer timer) = 0;

  // [engine thread] The descriptor stays its owner's, and open for as long; one for each.
  virtual std::unique_ptr<Readiness> watch(int fd) = 0;

  // [any thread] now() never goes back; wall() is for what people and other machines read.
  virtual TimePoint now() const = 0;
  virtual WallTime wall() const = 0;
};

// A timer that ends with its owner.
class ScopedTimer {
 public:
  explicit ScopedTimer(Engine& engine) : engine_(engine) {}
  ScopedTimer(const ScopedTimer&) = delete;
  ScopedTimer& operator=(const ScopedTimer&) = delete;
  ~ScopedTimer() { engine_.cancel(timer_); }

  void start(Millis delay, Engine::Work work) {
    engine_.cancel(timer_);
    timer_ = engine_.after(delay, std::move(work));
  }
  void stop() { engine_.cancel(std::exchange(timer_, 0)); }

 private:
  Engine& engine_;
  Engine::Timer timer_ = 0;
};

// [engine thread] co_await sleep(engine, 5s)
notify::Task<void> sleep(Engine& engine, Millis delay);

inline std::int64_t unix_ms(WallTime t) {
  return std::chrono::duration_cast<Millis>(t.time_since_epoch()).count();
}

// The real one, over an asio io_context. run() is the thread; it returns when stop() was called.
class AsioEngine : public Engine {
 public:
  AsioEngine();
  ~AsioEngine() override;

  void post(Work work) override;
  Timer after(Millis delay, Work work) override;
  void cancel(Timer timer) override;
  std::unique_ptr<Readiness> watch(int fd) override;
  TimePoint now() const override;
  WallTime wall() const override;

  void run();
  void stop();  // [any thread] what is queued and not started is dropped

  // Calls `work` with the number of each of these signals, on the engine's thread.
  void on_signals(std::initializer_list<int> signals, std::function<void(int)> work);
  // From now on they do to the process what they do by default.
  void default_signals();

  // Calls `work` on the engine's thread whenever `fd` can be read, or has ended, until what is
  // given back is gone; the descriptor stays its owner's, and open for as long.
  std::shared_ptr<void> on_readable(int fd, Work work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace notifyd
