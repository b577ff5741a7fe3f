// What breaks at Slack, and the column of zeros: nothing lost, nothing doubled that could be known.
// The numbers are those at which released teleport-slack loses requests.

#include "e2e/faults_fixture.h"

namespace notifyd::test {
namespace {

using sim::Fault;
using std::chrono::milliseconds;
using std::chrono::seconds;

using FaultsOfSlack = FaultsTest;

TEST_F(FaultsOfSlack, Answers503ForFifteenSecondsWhileSixtyRequestsComeIn) {
  world.start();
  const int fault = world.slack.faults().add(Fault::http(503));
  request_over(60, seconds(15));
  EXPECT_GT(world.slack.faults().hits(fault), 0);
  EXPECT_EQ(lost(), 60U);
  world.slack.faults().clear();
  expect_each_announced_once();
}

class FaultsOfASlowChannel : public FaultsTest {
 protected:
  FaultsOfASlowChannel() : FaultsTest(two_a_second()) {}

  static WorldOptions two_a_second() {
    WorldOptions options = unpaced();
    options.slack.limits = {{std::string(sim::kPostPerChannel), {2, 2}}};
    return options;
  }
};

TEST_F(FaultsOfASlowChannel, FortyRequestsAtOnce) {
  world.start();
  request_many(40);
  expect_each_announced_once();
}

// Slack tells one after the other that it is too much, and what has left by then can't be recalled.
TEST_F(FaultsOfASlowChannel, NoCallLeavesIntoARetryAfterThoughAnswersTakeTheirTime) {
  world.start();
  world.slack.faults().add(Fault::delay(milliseconds(200)).after_effect());
  request_many(12);
  expect_each_announced_once();
  EXPECT_EQ(world.workspace.counters()["chat.postMessage"].inside_retry_after, 0);
}

constexpr char kSent[] = "access-requests";  // as kChannel goes out

class FaultsOfOneChannel : public FaultsTest {
 protected:
  FaultsOfOneChannel() : FaultsTest(two_channels()) {}

  static WorldOptions two_channels() {
    WorldOptions options = unpaced();
    options.roles = "\"*\" = [\"#access-requests\"]\nadmin = [\"#prod\"]\n";
    return options;
  }
  static void for_admin(sim::NewRequest& request) { request.roles = {"admin"}; }
};

TEST_F(FaultsOfOneChannel, WhoseCallsHangHoldsUpNoOther) {
  world.start();
  const int fault = world.slack.faults().add(Fault::delay(seconds(40)).in(kSent));
  request_many(80);
  ASSERT_TRUE(wait_until([&] { return world.slack.faults().hits(fault) >= 4; }));
  const std::string other = world.request(for_admin);
  EXPECT_TRUE(world.eventually([&] { return world.announcement("#prod", other).has_value(); },
                               seconds(15)));
  EXPECT_EQ(lost(), 80U);
}

TEST_F(FaultsOfOneChannel, ThatIsAlwaysRefusedHoldsUpNoOther) {
  world.start();
  world.slack.faults().add(Fault::code("internal_error").on("chat.postMessage").in(kSent));
  request_many(30);
  ASSERT_TRUE(wait_until([&] { return log_says("paused: deliveries fail"); }));
  const std::string other = world.request(for_admin);
  EXPECT_TRUE(world.eventually([&] { return world.announcement("#prod", other).has_value(); },
                               seconds(15)));
  world.slack.faults().clear();
  expect_each_announced_once();
}

TEST_F(FaultsOfSlack, OnePostInFiveArrivesAndIsNeverAnswered) {
  world.start();
  world.slack.faults().add(
      Fault::reset().after_effect().on("chat.postMessage").with_probability(0.2));
  request_many(50);
  EXPECT_TRUE(world.eventually([this] { return lost() == 0; }));
  world.slack.faults().clear();
  expect_each_announced_once();
}

TEST_F(FaultsOfSlack, AcceptsConnectionsAndResetsThem) {
  world.start();
  const int fault = world.slack.faults().add(Fault::reset().with_probability(0.7).times(30));
  request_many(30);
  EXPECT_TRUE(wait_until([&] { return world.slack.faults().hits(fault) >= 5; }));
  expect_each_announced_once();
}

TEST_F(FaultsOfSlack, AnswersAfterTheTimeOut) {
  world.start();
  const int fault = world.slack.faults().add(
      Fault::delay(seconds(40)).after_effect().on("chat.postMessage").times(3));
  request_many(10);
  EXPECT_TRUE(wait_until([&] { return world.slack.faults().hits(fault) == 3; }));
  expect_each_announced_once();
}

TEST_F(FaultsOfSlack, AnswersHtmlWithStatus200InsteadOfDoingIt) {
  world.start();
  const int fault = world.slack.faults().add(Fault::html_200().with_probability(0.5).times(20));
  request_many(20);
  EXPECT_TRUE(wait_until([&] { return world.slack.faults().hits(fault) >= 5; }));
  expect_each_announced_once();
}

TEST_F(FaultsOfSlack, DoesItAndAnswersHtmlWithStatus200) {
  world.start();
  const int fault = world.slack.faults().add(
      Fault::html_200().after_effect().on("chat.postMessage").with_probability(0.5).times(10));
  request_many(20);
  EXPECT_TRUE(wait_until([&] { return world.slack.faults().hits(fault) >= 3; }));
  expect_each_announced_once();
}

TEST_F(FaultsOfSlack, IsAwayAndComesBackOnTheSamePort) {
  world.start();
  world.slack.stop();
  request_many(20);
  ASSERT_TRUE(wait_until([&] {
    return log_says("paused") || log_says("cannot tell yet") || log_says("not delivered yet");
  }));
  world.slack.start();
  expect_each_announced_once();
}

}  // namespace
}  // namespace notifyd::test
