// One instance serves several clusters, and outlives the generations of its module.
#include "delivery/sender.h"

#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
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
