// Clocks that disagree or step: Teleport's and Slack's, seen from the daemon's. How long something
// took is always told by a clock that does not step; only claims, the age of a request and the
// validity of certificates go by wall-clock time.

#include <atomic>

#include "e2e/faults_fixture.h"

namespace notifyd::test {
namespace {

using sim::Fault;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::system_clock;

// Teleport's clock as the test sets it.
class FaultsOfTeleportsClock : public FaultsTest {
 protected:
  FaultsOfTeleportsClock() : FaultsTest(with_clock()) { offset_ms = 0; }

  static WorldOptions with_clock() {
    WorldOptions options = unpaced();
    options.host_options = "[delivery]\nclaim_time = \"5s\"\n";
    options.cluster.clock = [] { return system_clock::now() + milliseconds(offset_ms); };
    return options;
  }
  static void step(milliseconds by) { offset_ms += by.count(); }

  // Posts whose fate is unknown are looked for from the time on when the request was created.
  void expect_each_announced_once_though_answers_are_lost() {
    world.slack.faults().add(
        Fault::reset().after_effect().on("chat.postMessage").with_probability(0.5).times(10));
    request_many(20);
    expect_each_announced_once();
  }

 private:
  static inline std::atomic<std::int64_t> offset_ms{0};
};

// Ten minutes is what docs/reliability.md allows.
TEST_F(FaultsOfTeleportsClock, IsAlmostTenMinutesAhead) {
  step(minutes(9) + seconds(50));
  world.start();
  expect_each_announced_once_though_answers_are_lost();
}

TEST_F(FaultsOfTeleportsClock, IsFarBehind) {
  step(-minutes(50));  // or the daemon's certificate would not be valid yet
  world.start();
  expect_each_announced_once_though_answers_are_lost();
}

TEST_F(FaultsOfTeleportsClock, StepsForthAndBackWhileRequestsComeIn) {
  world.start();
  for (const milliseconds by :
       {milliseconds(minutes(10)), milliseconds(-minutes(20)), milliseconds(minutes(10))}) {
    request_many(5);
    step(by);
    request_many(5);
  }
  expect_each_announced_once();
}

}  // namespace
}  // namespace notifyd::test
