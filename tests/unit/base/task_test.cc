#include "notify/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace notify {
namespace {

// What happened, in order.
struct Trace {
  std::vector<std::string> lines;
  void operator()(std::string line) { lines.push_back(std::move(line)); }
};

// Says when a coroutine's locals go.
struct Guard {
  Trace* trace;
  std::string name;
  Guard(Trace* t, std::string n) : trace(t), name(std::move(n)) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() { (*trace)(name + " destroyed"); }
};

Task<int> number(int n) { co_return n; }
Task<int> fails() {
  throw std::runtime_error("it failed");
  co_return 0;
}
Task<int> sum(int a, int b) {
  const int x = co_await number(a);
  const int y = co_await number(b);
  co_return x + y;
}
Task<void> store(Task<int> task, int* out) { *out = co_await task; }

TEST(Task, GivesWhatItAwaited) {
  int got = 0;
  Scope scope;
  scope.run(store(sum(2, 3), &got));
  EXPECT_EQ(got, 5);
  EXPECT_TRUE(scope.empty());
}

Task<void> says(Trace* trace) {
  (*trace)("ran");
  co_return;
}

TEST(Task, IsLazy) {
  Trace trace;
  Task<void> task = says(&trace);
  EXPECT_TRUE(trace.lines.empty());
  Scope scope;
  scope.run(std::move(task));
  EXPECT_EQ(trace.lines, std::vector<std::string>{"ran"});
}

TEST(Task, NeverRunFreesItsParameters) {
  auto shared = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = shared;
  {
    const auto task = [](std::shared_ptr<int> held) -> Task<int> { co_return *held; }(shared);
    shared.reset();
    EXPECT_FALSE(watched.expired());
  }
  EXPECT_TRUE(watched.expired());
}

Task<void> catches(std::string* out) {
  try {
    co_await fails();
  } catch (const std::exception& e) {
    *out = e.what();
  }
}

TEST(Task, PassesExceptionsToWhoAwaits) {
  std::string caught;
  Scope scope;
  scope.run(catches(&caught));
  EXPECT_EQ(caught, "it failed");
}

Task<void> sum_up(int to, long* total) {
  for (int i = 1; i <= to; ++i) *total += co_await number(i);
}

TEST(Task, AwaitsOthersInALoop) {
  long total = 0;
  Scope scope;
  scope.run(sum_up(1000, &total));
  EXPECT_EQ(total, 500'500L);
}

// ---- Reply ----

Task<void> wait_for(Reply<int>* reply, int* out) { *out = co_await *reply; }

TEST(Reply, ResumesWhoWaits) {
  Reply<int> reply;
  int got = 0;
  Scope scope;
  scope.run(wait_for(&reply, &got));
  EXPECT_EQ(got, 0);
  reply.to()(7);
  EXPECT_EQ(got, 7);
}

TEST(Reply, MayComeBeforeTheWait) {
  Reply<int> reply;
  reply.to()(7);
  int got = 0;
  Scope scope;
  scope.run(wait_for(&reply, &got));
  EXPECT_EQ(got, 7);
}

TEST(Reply, CountsOnce) {
  Reply<int> reply;
  const auto answer = reply.to();
  answer(1);
  answer(2);
  int got = 0;
  Scope scope;
  scope.run(wait_for(&reply, &got));
  EXPECT_EQ(got, 1);
}

Task<void> ask(std::function<void(int)>* answer, Trace* trace) {
  const Guard guard(trace, "asker");
  Reply<int> reply;
  *answer = reply.to();
  const int got = co_await reply;
  (*trace)("got " + std::to_string(got));
}

TEST(Reply, IsDroppedWhenTheCoroutineIsGone) {
  Trace trace;
  std::function<void(int)> answer;
  {
    Scope scope;
    scope.run(ask(&answer, &trace));
  }
  answer(1);
  EXPECT_EQ(trace.lines, std::vector<std::string>{"asker destroyed"});
}

// ---- Signal ----

Task<void> look(Signal* signal, int times, int* looks) {
  for (int i = 0; i < times; ++i) {
    co_await *signal;
    ++*looks;
  }
}

TEST(Signal, WakesWhoWaits) {
  Signal signal;
  int looks = 0;
  Scope scope;
  scope.run(look(&signal, 2, &looks));
  signal.set();
  EXPECT_EQ(looks, 1);
  signal.set();
  EXPECT_EQ(looks, 2);
}

TEST(Signal, SetsCoalesceUntilSomebodyWaits) {
  Signal signal;
  signal.set();
  signal.set();
  signal.set();
  int looks = 0;
  Scope scope;
  scope.run(look(&signal, 2, &looks));
  EXPECT_EQ(looks, 1);
}

// ---- Scope ----

TEST(Scope, EndsItsTasksWhereTheyWait) {
  Trace trace;
  std::function<void(int)> first;
  std::function<void(int)> second;
  {
    Scope scope;
    scope.run(ask(&first, &trace));
    scope.run(ask(&second, &trace));
    EXPECT_EQ(scope.size(), 2U);
    first(4);
    EXPECT_EQ(scope.size(), 1U);
  }
  EXPECT_EQ(trace.lines, (std::vector<std::string>{"got 4", "asker destroyed", "asker destroyed"}));
}

Task<void> outer(std::function<void(int)>* answer, Trace* trace) {
  const Guard guard(trace, "outer");
  co_await ask(answer, trace);
}

TEST(Scope, EndsATaskWithAllThatItAwaits) {
  Trace trace;
  std::function<void(int)> answer;
  {
    Scope scope;
    scope.run(outer(&answer, &trace));
  }
  EXPECT_EQ(trace.lines, (std::vector<std::string>{"asker destroyed", "outer destroyed"}));
}

Task<void> spawn(Scope* scope, Trace* trace) {
  scope->run(says(trace));
  (*trace)("spawned");
  co_return;
}

TEST(Scope, MayGetTasksFromItsOwnTasks) {
  Trace trace;
  Scope scope;
  scope.run(spawn(&scope, &trace));
  EXPECT_EQ(trace.lines, (std::vector<std::string>{"ran", "spawned"}));
  EXPECT_TRUE(scope.empty());
}

TEST(Scope, HandsOnWhatEscapesATask) {
  std::string escaped;
  Scope scope([&](const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      escaped = e.what();
    }
  });
  int unused = 0;
  scope.run(store(fails(), &unused));
  EXPECT_EQ(escaped, "it failed");
  EXPECT_TRUE(scope.empty());
}

TEST(ScopeDeathTest, WithoutAHandlerAnEscapeEndsTheProgram) {
  int unused = 0;
  EXPECT_DEATH(
      {
        Scope scope;
        scope.run(store(fails(), &unused));
      },
      "");
}

}  // namespace
}  // namespace notify
