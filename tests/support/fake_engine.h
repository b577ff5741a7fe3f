// FakeEngine: an Engine whose clock the test moves. Nothing runs by itself: work runs inside run(),
// advance() and run_until(), on the test's thread, always in the same order.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/engine.h"

namespace notifyd::test {

class FakeEngine : public Engine {
 public:
  // 2024-05-01T12:00:00Z unless the test says otherwise.
  explicit FakeEngine(WallTime start = WallTime(std::chrono::seconds(1714564800))) : wall_(start) {}

  // ---- Engine ----
  void post(Work work) override {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
  }
  Timer after(Millis delay, Work work) override {
    const Timer id = ++last_timer_;
    timers_.emplace(Key{now_ + std::max(delay, Millis(0)), id}, std::move(work));
    return id;
  }
  void cancel(Timer timer) override {
    std::erase_if(timers_, [&](const auto& entry) { return entry.first.second == timer; });
  }
  // Nothing from outside ever comes: what goes over descriptors is tried with the real engine.
  std::unique_ptr<Readiness> watch(int) override {
    class Never final : public Readiness {
      void when_readable(std::function<void()>) override {}
      void when_writable(std::function<void()>) override {}
    };
    return std::make_unique<Never>();
  }
  TimePoint now() const override { return now_; }
  WallTime wall() const override { return wall_; }

  // ---- The test's side ----
  // Runs what is posted, and what that posts. The clock stands.
  void run() {
    while (Work work = take_posted()) work();
  }

  // Moves the clock by `span` and runs what falls due on the way, each at its own time.
  void advance(Millis span) {
    const TimePoint end = now_ + span;
    run();
    while (!timers_.empty() && timers_.begin()->first.first <= end) fire_next();
    move_to(end);
    run();
  }

  // Moves the clock from timer to timer until `done()`; false if it never was within `limit`.
  template <class Predicate>
  bool run_until(Predicate done, Millis limit = std::chrono::hours(1)) {
    const TimePoint end = now_ + limit;
    run();
    while (!done()) {
      if (timers_.empty() || timers_.begin()->first.first > end) return false;
      fire_next();
    }
    return true;
  }

  std::size_t timers() const { return timers_.size(); }
  // How long until the next timer fires; there must be one.
  Millis next_timer() const {
    return std::chrono::duration_cast<Millis>(timers_.begin()->first.first - now_);
  }
  // The machine's clock is set; timers do not care.
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  using Key = std::pair<TimePoint, Timer>;

  Work take_posted() {
    const std::lock_guard lock(mutex_);
    if (posted_.empty()) return nullptr;
    Work work = std::move(posted_.front());
    posted_.pop_front();
    return work;
  }
  void fire_next() {
    auto next = timers_.extract(timers_.begin());
    move_to(next.key().first);
    next.mapped()();
    run();
  }
  void move_to(TimePoint t) {
    wall_ += std::chrono::duration_cast<WallTime::duration>(t - now_);
    now_ = t;
  }

  std::mutex mutex_;  // post() comes from any thread
  std::deque<Work> posted_;
  std::map<Key, Work> timers_;
  Timer last_timer_ = 0;
  TimePoint now_ = TimePoint(std::chrono::hours(1));
  WallTime wall_;
};

// Runs one task to its end and gives what it returned; nullopt if it still waits when `limit` of
// virtual time is over.
template <class T>
std::optional<T> run_task(FakeEngine& engine, notify::Task<T> task,
                          Millis limit = std::chrono::hours(1)) {
  std::optional<T> out;
  notify::Scope scope;
  scope.run([](notify::Task<T> inner, std::optional<T>* result) -> notify::Task<void> {
    *result = co_await inner;
  }(std::move(task), &out));
  engine.run_until([&] { return out.has_value(); }, limit);
  return out;
}

}  // namespace notifyd::test
