// What breaks between the daemon and Teleport, and the column of zeros.

#include <gmock/gmock.h>

#include "e2e/faults_fixture.h"

namespace notifyd::test {
namespace {

using sim::AuthMethod;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;

using FaultsOfTeleport = FaultsTest;

TEST_F(FaultsOfTeleport, DropsTheStreamFiveTimesWithRequestsInTheGaps) {
  world.start();
  for (int i = 0; i < 5; ++i) {
    // Refused meanwhile: a gap that lasts until the requests are there.
    world.auth.faults().set(AuthMethod::kWatchEvents, {.code = ::grpc::StatusCode::UNAVAILABLE});
    world.auth.drop_streams();
    ASSERT_TRUE(wait_until([&] { return world.auth.open_streams() == 0; }));
    request_many(5);
    world.auth.faults().clear();
    ASSERT_TRUE(wait_until([&] { return world.auth.open_streams() == 1; }));
  }
  expect_each_announced_once();
}

TEST_F(FaultsOfTeleport, IsGoneForFiveSecondsAndComesBackOnTheSamePort) {
  world.start();
  request_many(5);
  expect_each_announced_once();
  world.auth.stop();
  request_over(20, seconds(5));
  EXPECT_TRUE(log_says("no connection to Teleport"));
  world.auth.start();
  expect_each_announced_once();
}

TEST_F(FaultsOfTeleport, RefusesHalfOfThePluginDataWrites) {
  world.start();
  // No more than a hundred, or one write in bad luck could be refused for minutes.
  world.auth.faults().set(
      AuthMethod::kUpdatePluginData,
      {.code = ::grpc::StatusCode::FAILED_PRECONDITION, .probability = 0.5, .calls = 100});
  request_many(30);
  expect_each_announced_once();
}

TEST_F(FaultsOfTeleport, WritesPluginDataAndHalfOfTheAnswersAreLost) {
  world.start();
  world.auth.faults().set(AuthMethod::kUpdatePluginData, {.code = ::grpc::StatusCode::UNAVAILABLE,
                                                          .probability = 0.5,
                                                          .calls = 60,
                                                          .answer_lost = true});
  request_many(30);
  expect_each_announced_once();
}

TEST_F(FaultsOfTeleport, IsGoneForFiveSecondsAndItsPluginDataCallsFailHalfOfTheTimeAfterwards) {
  world.start();
  const auto fails = [&](AuthMethod method, std::uint64_t calls) {
    world.auth.faults().set(
        method, {.code = ::grpc::StatusCode::UNAVAILABLE, .probability = 0.5, .calls = calls});
  };
  fails(AuthMethod::kUpdatePluginData, 40);
  fails(AuthMethod::kGetPluginData, 3);  // each costs the whole start of a connection
  world.auth.stop();
  request_over(20, seconds(5));
  world.auth.start();
  expect_each_announced_once();
}

TEST_F(FaultsOfTeleport, AStreamThatStallsGoesOnWhereItWas) {
  world.start();
  world.auth.stall_streams(true);
  request_many(20);
  ASSERT_EQ(world.auth.open_streams(), 1U);
  world.auth.stall_streams(false);
  expect_each_announced_once();
}

class FaultsOfASilentStream : public FaultsTest {
 protected:
  FaultsOfASilentStream() : FaultsTest(resyncing()) {}

  static WorldOptions resyncing() {
    WorldOptions options = unpaced();
    options.host_options = "[delivery]\nresync_interval = \"10s\"\n";  // the shortest
    return options;
  }
};

// It is open and answers pings, so nothing but listing can tell.
TEST_F(FaultsOfASilentStream, TheResyncFindsWhatItDoesNotSay) {
  world.start();
  world.auth.stall_streams(true);
  request_many(20);
  expect_each_announced_once();
  for (const std::string& id : ids) world.resolve(id, true);
  EXPECT_TRUE(world.eventually([this] { return still_pending() == 0; }, seconds(60)));
  EXPECT_EQ(world.auth.open_streams(), 1U);
}

// A connection that stands outlives its certificate; a new one is not made with it.
TEST_F(FaultsOfTeleport, ACertificateThatHasExpiredIsRenewedWhileRunning) {
  const auto now = system_clock::now();
  const auto expires = now + seconds(8);
  world.write_identity(
      world.pki.issue_client("notifyd", {"access-plugin"}, now - hours(1), expires));
  world.start();
  ASSERT_TRUE(wait_until([&] { return system_clock::now() > expires; }));
  world.auth.drop_streams();
  ASSERT_TRUE(wait_until([&] { return log_says("expired"); }));
  request_many(10);
  EXPECT_EQ(lost(), 10U);
  world.write_identity(world.pki.issue_client("notifyd"));
  expect_each_announced_once();
}

}  // namespace
}  // namespace notifyd::test
