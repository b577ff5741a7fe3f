// One instance serves several clusters, and outlives the generations of its module.
#include "delivery/sender.h"

#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SenderTest : public DispatcherTest {
 protected:
  SenderTest() {
    other.add(daemon.sender);
    other.connected(other_auth, {"leaf", "18.0.0", "https://leaf.example.com"});
  }
  void see_at_other(const AccessRequest& r) {
    other.request(std::make_shared<AccessRequest>(r));
    engine.run();
  }

  std::shared_ptr<FakeAuthSession> other_auth = std::make_shared<FakeAuthSession>();
  Dispatcher other{engine, Daemon::options("a")};
};

TEST_F(SenderTest, TwoClustersKeepTheirRecordsApart) {
  see(request("r1"));
  see_at_other(request("r2"));
  EXPECT_EQ(auth->entries.count("r2"), 0U);
  EXPECT_EQ(other_auth->entries.count("r1"), 0U);
  EXPECT_EQ(slack.events.back().cluster->name, "leaf");
}

TEST_F(SenderTest, WhatParksAnInstanceParksItForAllItsClusters) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_BROKEN_AUTH);
  };
  see(request("r1"));
  ASSERT_FALSE(daemon.sender.breaker().closed());
  slack.calls.clear();
  see_at_other(request("r2"));
  EXPECT_THAT(slack.calls, IsEmpty());
}

TEST_F(SenderTest, LeavesOneClusterAndGoesOnAtTheOther) {
  bool removed = false;
  other.remove(daemon.sender, [&] { removed = true; });
  engine.run();
  EXPECT_TRUE(removed);
  see_at_other(request("r1"));
  EXPECT_THAT(slack.calls, IsEmpty());
  see(request("r2"));
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
}

TEST_F(SenderTest, ComesBackToAClusterWhileWhatItLeftThereEnds) {
  slack.hold = true;
  see_at_other(request("r1"));
  bool removed = false;
  other.remove(daemon.sender, [&] { removed = true; });
  other.add(daemon.sender);
  engine.run();
  EXPECT_FALSE(removed);
  slack.release();
  engine.run();
  EXPECT_TRUE(removed);
  see_at_other(request("r2"));
  EXPECT_EQ(slack.count("deliver announce C1"), 2U);
  EXPECT_EQ(other_auth->entries["r1"]["messages"], "C1/17.1");
}

TEST_F(SenderTest, IsNotLetGoWhileAnyOfItsLanesEnds) {
  slack.hold = true;
  see_at_other(request("r1"));
  other.remove(daemon.sender, [] {});
  bool removed = false;
  other.remove(daemon.sender, [&] { removed = true; });
  engine.run();
  EXPECT_FALSE(removed);
  slack.release();
  engine.run();
  EXPECT_TRUE(removed);
}

// As when a cluster is given up with something still under way.
TEST_F(SenderTest, MayEndWithADispatcherThatItLeavesAndNotBeforeItsLanes) {
  FakeNotifier webhook("webhook");
  webhook.hold = true;
  auto leaving = std::make_unique<Sender>(engine, webhook, Daemon::options("a"),
                                          "conf.d/webhook.toml", Log(daemon.lines));
  auto given_up = std::make_unique<Dispatcher>(engine, Daemon::options("a"));
  given_up->add(*leaving);
  given_up->connected(other_auth, {"leaf", "18.0.0", ""});
  given_up->request(std::make_shared<AccessRequest>(request("r1")));
  engine.run();
  std::shared_ptr<void> last(nullptr, [&](void*) { leaving.reset(); });
  given_up->remove(*leaving, [last] {});
  last.reset();
  engine.run();
  ASSERT_TRUE(leaving) << "its delivery is under way";
  given_up.reset();
  EXPECT_FALSE(leaving);
}

TEST_F(SenderTest, WhatItWritesIntoTheLogSaysOfWhichCluster) {
  Dispatcher named(engine, Daemon::options("a"), "prod");
  named.add(daemon.sender);
  named.connected(other_auth, {"prod.example.com", "18.0.0", ""});
  named.request(std::make_shared<AccessRequest>(request("r1")));
  engine.run();
  EXPECT_THAT(
      daemon.lines->starting("INFO Access Request "),
      ElementsAre(AllOf(HasSubstr(" request=r1"), HasSubstr(" instance=slack teleport=prod"))));
}

TEST_F(SenderTest, WhatWaitsGoesOnWithTheNextGeneration) {
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request());
  ASSERT_FALSE(at_rest());
  FakeNotifier next;
  daemon.sender.take_over(next, "conf.d/slack.toml");
  EXPECT_TRUE(settle());
  EXPECT_THAT(next.calls, ElementsAre("deliver announce C1"));
}

TEST_F(SenderTest, WhatTheOldGenerationHasUnderWayItStillAnswers) {
  slack.hold = true;
  see(request());
  FakeNotifier next;
  daemon.sender.take_over(next, "conf.d/slack.toml");
  slack.release();
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C1/17.1");
  EXPECT_THAT(next.calls, IsEmpty());
}

}  // namespace
}  // namespace notifyd::delivery
