// Several replicas at one record.
#include <gmock/gmock.h>

#include "reconciler_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
TEST_F(ReconcilerTest, TwoReplicasAnnounceOnce) {
  Daemon other(engine, auth, "b");
  other.connect();
  daemon.reconciler->request(std::make_shared<AccessRequest>(request()));
  other.reconciler->request(std::make_shared<AccessRequest>(request()));
  EXPECT_TRUE(engine.run_until([&] { return at_rest() && other.reconciler->awake() == 0; }));
  EXPECT_EQ(slack.count("deliver announce C1") + other.slack.count("deliver announce C1"), 1U);
}

TEST_F(ReconcilerTest, RenewsItsClaimWhileSomethingIsUnderWay) {
  slack.hold = true;
  see(request());
  Daemon other(engine, auth, "b");
  other.connect();
  see(other, request());
  engine.advance(std::chrono::minutes(10));
  EXPECT_THAT(other.slack.calls, IsEmpty());
  slack.release();
  EXPECT_TRUE(engine.run_until([&] { return at_rest() && other.reconciler->awake() == 0; }));
  EXPECT_THAT(other.slack.calls, IsEmpty());
}

TEST_F(ReconcilerTest, TakesOverWithinTheClaimTimeWhenAReplicaDies) {
  slack.hold = true;
  see(request());
  daemon.kill();
  Daemon other(engine, auth, "b");
  other.connect();
  see(other, request());
  engine.advance(std::chrono::seconds(31));
  EXPECT_EQ(other.slack.count("deliver announce C1"), 1U) << "not found, so sent";
}

TEST_F(ReconcilerTest, ALostFirstRaceStillAsksFindWhenTheWinnerDies) {
  Daemon other(engine, auth, "b");
  other.connect();
  slack.hold = true;
  AccessRequest fresh = request();
  fresh.created_ms = unix_ms(engine.wall());  // both take it for new and race without reading
  daemon.reconciler->request(std::make_shared<AccessRequest>(fresh));
  other.reconciler->request(std::make_shared<AccessRequest>(fresh));
  engine.run();
  ASSERT_EQ(slack.held() + other.slack.calls.size(), 2U) << "a sends, b only routed";
  daemon.kill();
  engine.advance(std::chrono::seconds(61));
  EXPECT_THAT(other.slack.calls, ElementsAre("route", "find announce C1", "deliver announce C1"));
}

TEST_F(ReconcilerTest, AReplicaThatLagsDoesNotTakeAnEndBack) {
  Daemon lagging(engine, auth, "b");
  lagging.connect();
  see(request());
  see(request(State::kApproved));
  AccessRequest denied = request(State::kDenied, 1);
  denied.resolve_reason = "on second thoughts";
  see(denied);
  ASSERT_TRUE(settle());

  see(lagging, request(State::kApproved, 1));
  EXPECT_TRUE(engine.run_until([&] { return lagging.reconciler->awake() == 0; }));
  EXPECT_THAT(lagging.slack.calls, IsEmpty());
  EXPECT_EQ(stored("resolution"), "DENIED");
  EXPECT_EQ(stored("resolve_reason"), "on second thoughts");
}

TEST_F(ReconcilerTest, AReplicaThatLaggedGoesOnOnceItKnows) {
  slack.hold = true;
  see(request(State::kPending));
  slack.release();
  ASSERT_TRUE(settle());
  slack.hold = true;
  see(request(State::kDenied));  // on record as begun
  daemon.kill();
  Daemon lagging(engine, auth, "b");
  lagging.connect();
  see(lagging, request(State::kApproved));
  engine.advance(std::chrono::seconds(61));
  EXPECT_THAT(lagging.slack.calls, IsEmpty());
  see(lagging, request(State::kDenied));
  EXPECT_TRUE(engine.run_until([&] { return lagging.reconciler->awake() == 0; }));
  EXPECT_THAT(lagging.slack.calls, ElementsAre("find final:DENIED C1", "deliver final:DENIED C1"));
}

}  // namespace
}  // namespace notifyd::delivery
