// What befalls the daemon itself: killed, stopped, down, one of several; and the column of zeros.

#include <gmock/gmock.h>
#include <csignal>

#include "e2e/faults_fixture.h"

namespace notifyd::test {
namespace {

using sim::AuthMethod;
using sim::Fault;
using std::chrono::seconds;

WorldOptions short_claims() {
  WorldOptions options = unpaced();
  options.host_options = "[delivery]\nclaim_time = \"5s\"\n";  // the shortest
  return options;
}

class FaultsOfTheProcess : public FaultsTest {
 protected:
  FaultsOfTheProcess() : FaultsTest(short_claims()) {}
};

TEST_F(FaultsOfTheProcess, KilledInTheMiddleOfThreeHundredRequests) {
  world.start();
  request_many(300);
  ASSERT_TRUE(world.eventually([&] { return world.messages(kChannel).size() >= 100; }));
  world.kill();
  world.start();
  expect_each_announced_once();
}

TEST_F(FaultsOfTheProcess, FiftyRequestsWhileItIsDown) {
  world.start();
  world.terminate();
  request_many(50);
  world.start();
  expect_each_announced_once();
}

TEST_F(FaultsOfTheProcess, FiftyAnnouncedThenResolvedOrExpiredWhileItIsDown) {
  world.start();
  request_many(50);
  expect_each_announced_once();
  world.terminate();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i % 3 == 0) {
      ASSERT_TRUE(world.cluster.remove(ids[i]).ok());
    } else {
      world.resolve(ids[i], i % 3 == 1);
    }
  }
  world.start();
  EXPECT_TRUE(world.eventually([this] { return still_pending() == 0; }, seconds(60)))
      << still_pending() << " still PENDING";
  EXPECT_NE(world.status(kChannel, ids[0]).find("EXPIRED"), std::string::npos);
  EXPECT_NE(world.status(kChannel, ids[1]).find("APPROVED"), std::string::npos);
  EXPECT_NE(world.status(kChannel, ids[2]).find("DENIED"), std::string::npos);
}

// ---- Replicas ----

TEST_F(FaultsOfTheProcess, TwoReplicasShareTheWork) {
  world.start();
  world.start();
  request_many(100);
  expect_each_announced_once();
}

class FaultsOfAReplica : public FaultsOfTheProcess {
 protected:
  // Requests that this daemon holds, and has begun something for.
  std::size_t held_by(const Process& daemon) const {
    const std::string process = "-" + std::to_string(daemon.pid()) + "-";
    return static_cast<std::size_t>(std::ranges::count_if(ids, [&](const std::string& id) {
      const auto entry = world.cluster.entry(id, "slack");
      const auto ours = entry.find("notifyd");
      return ours != entry.end() && ours->second.find(process) != std::string::npos &&
             ours->second.find("\"try\"") != std::string::npos;
    }));
  }
};

// Slack does what it is asked and keeps its answers to itself, so that what was begun is under way
// when the replica dies.
TEST_F(FaultsOfAReplica, TheOtherTakesOverWhatADeadOneHadBegun) {
  const Process& first = world.start();
  world.slack.faults().add(Fault::no_answer().after_effect().on("chat.postMessage"));
  request_many(40);
  ASSERT_TRUE(wait_until([&] { return held_by(first) == 40; }));
  ASSERT_TRUE(world.eventually([&] { return !world.messages(kChannel).empty(); }));
  world.start();
  world.kill(0);
  EXPECT_EQ(held_by(first), 40U);
  world.slack.faults().clear();
  expect_each_announced_once();
  EXPECT_EQ(held_by(first), 0U);
}

// ---- SIGTERM in the middle of a fault ----

struct Trouble {
  std::string name;
  std::function<void(World&)> begin;
  std::function<bool(World&)> met;  // the daemon has come to it
};

class FaultsOfAStop : public FaultsOfTheProcess, public ::testing::WithParamInterface<Trouble> {};

std::function<void(World&)> slack_fault(const Fault& fault) {
  return [fault](World& world) { world.slack.faults().add(fault); };
}

std::function<void(World&)> plugin_data_fault(const sim::AuthFault& fault) {
  return [fault](World& world) { world.auth.faults().set(AuthMethod::kUpdatePluginData, fault); };
}

std::function<bool(World&)> says(const std::string& text) {
  return [text](World& world) { return world.daemon().err().find(text) != std::string::npos; };
}

bool slack_is_called(World& world) { return !world.workspace.journal("chat.postMessage").empty(); }

bool cannot_know(World& world) { return world.auth.open_streams() == 1; }

void end_all_troubles(World& world) {
  world.slack.faults().clear();
  world.slack.start();
  world.auth.faults().clear();
  world.auth.stall_streams(false);
  world.auth.start();
}

// It ends in time with exit code 0, and the next start takes up what was left.
TEST_P(FaultsOfAStop, NeitherLosesNorDoubles) {
  world.start();
  GetParam().begin(world);
  request_many(20);
  ASSERT_TRUE(wait_until([&] { return GetParam().met(world); }));
  world.terminate();
  end_all_troubles(world);
  world.start();
  expect_each_announced_once();
}

const Trouble kTroubles[] = {
    {"Slack503", slack_fault(Fault::http(503)), says("HTTP 503")},
    {"SlackIsAway", [](World& world) { world.slack.stop(); }, says("was not reached")},
    {"SlackResets", slack_fault(Fault::reset()), says("no whole answer")},
    {"SlackResetsAfterDoingIt", slack_fault(Fault::reset().after_effect()),
     says("no whole answer")},
    {"SlackDoesNotAnswer", slack_fault(Fault::no_answer().after_effect()), slack_is_called},
    {"SlackAnswersHtml", slack_fault(Fault::html_200().after_effect()),
     says("without Slack's JSON")},
    {"SlackIsSlow", slack_fault(Fault::delay(seconds(2))), slack_is_called},
    {"SlackLimits", slack_fault(Fault::rate_limited("5")), says("status=429")},
    {"TheAuthServiceIsAway", [](World& world) { world.auth.stop(); },
     says("no connection to Teleport")},
    {"AStreamStalls", [](World& world) { world.auth.stall_streams(true); }, cannot_know},
    {"WritesAreRefused", plugin_data_fault({.code = ::grpc::StatusCode::FAILED_PRECONDITION}),
     says("somebody else wrote the record")},
    {"WritesHang", plugin_data_fault({.delay = seconds(5)}), says("Access Request")},
    {"AnswersToWritesAreLost",
     plugin_data_fault({.code = ::grpc::StatusCode::UNAVAILABLE, .answer_lost = true}),
     says("writing the record failed")},
};

INSTANTIATE_TEST_SUITE_P(During, FaultsOfAStop, ::testing::ValuesIn(kTroubles),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace notifyd::test
