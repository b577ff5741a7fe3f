// What breaks in the field, and the columns of zeros: nothing lost, nothing left wrong, nothing
// doubled that could be known. The numbers are those at which released teleport-slack loses
// requests.

#include <gmock/gmock.h>

#include <map>

#include "support/world.h"

namespace notifyd::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;

constexpr char kChannel[] = "#access-requests";

// Slack here has no limits of its own unless a test sets them, so nothing is held back for it.
WorldOptions unpaced() {
  WorldOptions options;
  options.slack_options = "pace = \"obey\"\nnotify_requester = false\n";
  return options;
}

std::vector<std::string> request_many(World& world, std::size_t count) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(world.request());
  return ids;
}

// How often each request is shown in the channel.
std::map<std::string, int> announcements(const World& world, const std::vector<std::string>& ids) {
  std::map<std::string, int> count;
  for (const std::string& id : ids) count[id] = 0;
  for (const sim::SlackMessage& m : world.messages(kChannel)) {
    const std::string text = block_text(m, 1);
    const auto at = text.find("*ID*: ");
    if (at != std::string::npos) ++count[text.substr(at + 6, 36)];
  }
  return count;
}

struct Tally {
  int lost = 0, doubled = 0;
};
Tally tally(const World& world, const std::vector<std::string>& ids) {
  Tally t;
  for (const auto& [id, count] : announcements(world, ids)) {
    t.lost += count == 0 ? 1 : 0;
    t.doubled += count > 1 ? count - 1 : 0;
  }
  return t;
}

bool all_announced(const World& world, const std::vector<std::string>& ids,
                   seconds limit = seconds(90)) {
  return world.eventually([&] { return tally(world, ids).lost == 0; }, limit);
}

int still_pending(const World& world, const std::vector<std::string>& ids) {
  int count = 0;
  for (const std::string& id : ids)
    count += world.status(kChannel, id).find("PENDING") != std::string::npos ? 1 : 0;
  return count;
}

// Every claim given back and every message recorded: nothing is under way any more.
bool settled(const World& world, const std::vector<std::string>& ids) {
  return wait_until(
      [&] {
        for (const std::string& id : ids) {
          const auto entry = world.cluster.entry(id, "slack");
          const auto ours = entry.find("notifyd");
          if (ours == entry.end() || ours->second.find("\"try\"") != std::string::npos)
            return false;
        }
        return true;
      },
      seconds(90));
}

TEST(Faults, SlackAnswers503WhileSixtyRequestsComeIn) {
  World world(unpaced());
  world.start();
  const int fault = world.slack.faults().add(sim::Fault::http(503).on("chat.postMessage"));
  const auto ids = request_many(world, 60);
  ASSERT_TRUE(wait_until([&] { return world.slack.faults().hits(fault) >= 10; }));
  world.slack.faults().clear();
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

TEST(Faults, FortyRequestsAtOnceInAChannelThatTakesTwoASecond) {
  WorldOptions options = unpaced();
  options.slack.limits = {{std::string(sim::kPostPerChannel), {2, 2}}};
  World world(options);
  world.start();
  const auto ids = request_many(world, 40);
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

TEST(Faults, KilledInTheMiddleOfThreeHundredRequests) {
  World world(unpaced());
  world.start();
  const auto ids = request_many(world, 300);
  ASSERT_TRUE(world.eventually([&] { return world.messages(kChannel).size() >= 100; }));
  world.kill();
  world.start();
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  ASSERT_TRUE(settled(world, ids));
  EXPECT_EQ(tally(world, ids).doubled, 0) << "the history scopes are there, so it could be known";
}

TEST(Faults, FiftyRequestsWhileTheDaemonIsDown) {
  World world(unpaced());
  world.start();
  world.terminate();
  const auto ids = request_many(world, 50);
  world.start();
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

TEST(Faults, FiftyAnnouncedThenResolvedOrExpiredWhileDown) {
  World world(unpaced());
  world.start();
  const auto ids = request_many(world, 50);
  ASSERT_TRUE(all_announced(world, ids));
  ASSERT_TRUE(settled(world, ids));
  world.terminate();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i % 3 == 0) {
      ASSERT_TRUE(world.cluster.remove(ids[i]).ok());
    } else {
      world.resolve(ids[i], i % 3 == 1);
    }
  }
  world.start();
  EXPECT_TRUE(world.eventually([&] { return still_pending(world, ids) == 0; }, seconds(60)))
      << still_pending(world, ids) << " still PENDING";
  EXPECT_NE(world.status(kChannel, ids[0]).find("EXPIRED"), std::string::npos);
  EXPECT_NE(world.status(kChannel, ids[1]).find("APPROVED"), std::string::npos);
  EXPECT_NE(world.status(kChannel, ids[2]).find("DENIED"), std::string::npos);
}

TEST(Faults, StreamDroppedFiveTimesWithRequestsInTheGaps) {
  World world(unpaced());
  world.start();
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    // Refused meanwhile: a gap that lasts until the requests are there.
    world.auth.faults().set(sim::AuthMethod::kWatchEvents,
                            {.code = ::grpc::StatusCode::UNAVAILABLE});
    world.auth.drop_streams();
    ASSERT_TRUE(wait_until([&] { return world.auth.open_streams() == 0; }));
    const auto more = request_many(world, 5);
    ids.insert(ids.end(), more.begin(), more.end());
    world.auth.faults().clear();
    ASSERT_TRUE(wait_until([&] { return world.auth.open_streams() == 1; }));
  }
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

TEST(Faults, OnePostInFiveIsNeverAnsweredThoughItArrived) {
  World world(unpaced());
  world.start();
  world.slack.faults().add(
      sim::Fault::reset().after_effect().on("chat.postMessage").with_probability(0.2));
  const auto ids = request_many(world, 50);
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  world.slack.faults().clear();
  ASSERT_TRUE(settled(world, ids));
  EXPECT_EQ(tally(world, ids).doubled, 0) << "find() sees what arrived";
}

TEST(Faults, SlackIsAwayAndComesBackOnTheSamePort) {
  World world(unpaced());
  world.start();
  world.slack.stop();
  const auto ids = request_many(world, 20);
  ASSERT_TRUE(wait_until([&] {
    return world.daemon().err().find("paused") != std::string::npos ||
           world.daemon().err().find("cannot tell yet") != std::string::npos ||
           world.daemon().err().find("not delivered yet") != std::string::npos;
  }));
  world.slack.start();
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

TEST(Faults, TheAuthServiceIsAwayAndComesBackOnTheSamePort) {
  World world(unpaced());
  world.start();
  const auto before = request_many(world, 5);
  ASSERT_TRUE(all_announced(world, before));
  world.auth.stop();
  const auto ids = request_many(world, 20);
  ASSERT_TRUE(wait_until([&] { return world.daemon().err().find("WARN") != std::string::npos; }));
  world.auth.start();
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

TEST(Faults, HalfOfThePluginDataCallsFail) {
  World world(unpaced());
  world.start();
  sim::AuthFault sometimes;
  sometimes.code = ::grpc::StatusCode::FAILED_PRECONDITION;
  sometimes.probability = 0.5;
  sometimes.calls = 100;  // or one write in bad luck could be refused for minutes
  world.auth.faults().set(sim::AuthMethod::kUpdatePluginData, sometimes);
  const auto ids = request_many(world, 30);
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  EXPECT_TRUE(settled(world, ids));
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

TEST(Faults, TwoReplicasShareTheWork) {
  World world(unpaced());
  world.start();
  world.start();
  const auto ids = request_many(world, 100);
  EXPECT_TRUE(all_announced(world, ids));
  ASSERT_TRUE(settled(world, ids));
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

TEST(Faults, AReplicaTakesOverWhatADeadOneHadBegun) {
  World world(unpaced());
  world.start();
  world.start();
  const auto ids = request_many(world, 100);
  ASSERT_TRUE(world.eventually([&] { return world.messages(kChannel).size() >= 20; }));
  world.kill(0);
  EXPECT_TRUE(all_announced(world, ids)) << tally(world, ids).lost << " lost";
  ASSERT_TRUE(settled(world, ids));
  EXPECT_EQ(tally(world, ids).doubled, 0);
}

}  // namespace
}  // namespace notifyd::test
