#include <gtest/gtest.h>

#include <csignal>
#include <thread>
#include <vector>

#include "base/engine.h"
#include "base/thread.h"

namespace notifyd {
namespace {

TEST(AsioEngine, RunsWorkInTheOrderPosted) {
  AsioEngine engine;
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) {
    engine.post([&order, i] { order.push_back(i); });
  }
  engine.post([&] { engine.stop(); });
  engine.run();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(AsioEngine, NeverRunsWorkInsidePost) {
  AsioEngine engine;
  std::vector<std::string> order;
  engine.post([&] {
    engine.post([&] {
      order.emplace_back("posted");
      engine.stop();
    });
    order.emplace_back("went on");
  });
  engine.run();
  EXPECT_EQ(order, (std::vector<std::string>{"went on", "posted"}));
}

TEST(AsioEngine, TakesWorkFromOtherThreadsAndRunsItOnItsOwn) {
  AsioEngine engine;
  std::thread::id ran;
  std::thread other([&] {
    engine.post([&] {
      ran = std::this_thread::get_id();
      engine.stop();
    });
  });
  engine.run();
  other.join();
  EXPECT_EQ(ran, std::this_thread::get_id());
}

TEST(AsioEngine, FiresTimersInTheOrderTheyFallDue) {
  AsioEngine engine;
  std::vector<std::string> order;
  const TimePoint start = engine.now();
  engine.after(Millis(30), [&] {
    order.emplace_back("late");
    engine.stop();
  });
  engine.after(Millis(1), [&] { order.emplace_back("soon"); });
  engine.run();
  EXPECT_EQ(order, (std::vector<std::string>{"soon", "late"}));
  EXPECT_GE(engine.now() - start, Millis(30));
}

TEST(AsioEngine, NeverFiresACancelledTimer) {
  AsioEngine engine;
  bool fired = false;
  const auto timer = engine.after(Millis(1), [&] { fired = true; });
  EXPECT_NE(timer, 0U);
  engine.cancel(timer);
  engine.cancel(timer);
  engine.cancel(0);
  engine.after(Millis(20), [&] { engine.stop(); });
  engine.run();
  EXPECT_FALSE(fired);
}

// Both are due in the same turn of the loop; the first takes the second away.
TEST(AsioEngine, NeverFiresATimerThatIsCancelledWhenItIsDueAlready) {
  AsioEngine engine;
  int fired = 0;
  Engine::Timer first = 0;
  Engine::Timer second = 0;
  first = engine.after(Millis(0), [&] {
    ++fired;
    engine.cancel(second);
  });
  second = engine.after(Millis(0), [&] {
    ++fired;
    engine.cancel(first);
  });
  engine.after(Millis(20), [&] { engine.stop(); });
  engine.run();
  EXPECT_EQ(fired, 1);
}

TEST(AsioEngine, DropsWhatIsQueuedWhenItStops) {
  AsioEngine engine;
  bool ran = false;
  engine.post([&] { engine.stop(); });
  engine.post([&] { ran = true; });
  engine.run();
  EXPECT_FALSE(ran);
}

TEST(AsioEngine, GivesSignalsToItsThread) {
  AsioEngine engine;
  std::vector<int> seen;
  engine.on_signals({SIGUSR1}, [&](int number) {
    seen.push_back(number);
    if (seen.size() == 2) {
      engine.stop();
    } else {
      raise(SIGUSR1);
    }
  });
  engine.post([] { raise(SIGUSR1); });
  engine.run();
  EXPECT_EQ(seen, (std::vector<int>{SIGUSR1, SIGUSR1}));
}

TEST(ScopedTimer, EndsWithItsOwner) {
  AsioEngine engine;
  bool fired = false;
  {
    ScopedTimer timer(engine);
    timer.start(Millis(1), [&] { fired = true; });
  }
  engine.after(Millis(20), [&] { engine.stop(); });
  engine.run();
  EXPECT_FALSE(fired);
}

TEST(ScopedTimer, StartedAnewForgetsWhatItWasTo) {
  AsioEngine engine;
  std::vector<std::string> fired;
  ScopedTimer timer(engine);
  timer.start(Millis(1), [&] { fired.emplace_back("first"); });
  timer.start(Millis(2), [&] {
    fired.emplace_back("second");
    engine.stop();
  });
  engine.run();
  EXPECT_EQ(fired, std::vector<std::string>{"second"});
}

notify::Task<void> nap(Engine* engine, std::vector<std::string>* trace) {
  trace->emplace_back("sleeps");
  co_await sleep(*engine, Millis(1));
  trace->emplace_back("woke");
}

TEST(Sleep, ResumesOnTheEngine) {
  AsioEngine engine;
  std::vector<std::string> trace;
  notify::Scope scope;
  scope.run(nap(&engine, &trace));
  engine.after(Millis(30), [&] { engine.stop(); });
  engine.run();
  EXPECT_EQ(trace, (std::vector<std::string>{"sleeps", "woke"}));
}

TEST(Sleep, EndsWithItsCoroutine) {
  AsioEngine engine;
  std::vector<std::string> trace;
  {
    notify::Scope scope;
    scope.run(nap(&engine, &trace));
  }
  engine.after(Millis(20), [&] { engine.stop(); });
  engine.run();
  EXPECT_EQ(trace, std::vector<std::string>{"sleeps"});
}

}  // namespace
}  // namespace notifyd
