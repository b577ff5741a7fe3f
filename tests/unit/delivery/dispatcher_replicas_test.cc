// Several replicas at one record.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(DispatcherTest, TwoReplicasAnnounceOnce) {
  Daemon other(engine, auth, "b");
  other.connect();
  daemon.dispatcher->request(std::make_shared<AccessRequest>(request()));
  other.dispatcher->request(std::make_shared<AccessRequest>(request()));
  EXPECT_TRUE(engine.run_until([&] { return at_rest() && other.dispatcher->awake() == 0; }));
  EXPECT_EQ(slack.count("deliver announce C1") + other.slack.count("deliver announce C1"), 1U);
}

TEST_F(DispatcherTest, RenewsItsClaimWhileSomethingIsUnderWay) {
  slack.hold = true;
  see(request());
  Daemon other(engine, auth, "b");
  other.connect();
  see(other, request());
  engine.advance(std::chrono::minutes(10));
  EXPECT_THAT(other.slack.calls, ElementsAre("route")) << "once, for all claims that it saw end";
  slack.release();
  EXPECT_TRUE(engine.run_until([&] { return at_rest() && other.dispatcher->awake() == 0; }));
  EXPECT_THAT(other.slack.calls, ElementsAre("route"));
}

TEST_F(DispatcherTest, TakesOverWithinTheClaimTimeWhenAReplicaDies) {
  slack.hold = true;
  see(request());
  daemon.kill();
  Daemon other(engine, auth, "b");
  other.connect();
  see(other, request());
  engine.advance(std::chrono::seconds(31));
  EXPECT_EQ(other.slack.count("deliver announce C1"), 1U) << "not found, so sent";
}

TEST_F(DispatcherTest, ALostFirstRaceStillAsksFindWhenTheWinnerDies) {
  Daemon other(engine, auth, "b");
  other.connect();
  slack.hold = true;
  AccessRequest fresh = request();
  fresh.created_ms = unix_ms(engine.wall());  // both take it for new and race without reading
  daemon.dispatcher->request(std::make_shared<AccessRequest>(fresh));
  other.dispatcher->request(std::make_shared<AccessRequest>(fresh));
  engine.run();
  ASSERT_EQ(slack.held() + other.slack.calls.size(), 2U) << "a sends, b only routed";
  daemon.kill();
  engine.advance(std::chrono::seconds(61));
  EXPECT_THAT(other.slack.calls, ElementsAre("route", "find announce C1", "deliver announce C1"));
}

TEST_F(DispatcherTest, AReplicaWithOtherRoutesThatLosesTheFirstRaceTellsNobodyElse) {
  Daemon other(engine, auth, "b");
  other.slack.recipients = {{"C2", "#others", model::Audience::kReviewer}};
  other.connect();
  AccessRequest fresh = request();
  fresh.created_ms = unix_ms(engine.wall());  // both take it for new and race without reading
  daemon.dispatcher->request(std::make_shared<AccessRequest>(fresh));
  other.dispatcher->request(std::make_shared<AccessRequest>(fresh));
  EXPECT_TRUE(engine.run_until([&] { return at_rest() && other.dispatcher->awake() == 0; }));
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
  EXPECT_THAT(other.slack.calls, ElementsAre("route"));
}

TEST_F(DispatcherTest, AReplicaWithOtherRoutesTellsItsOwnWhereTheWinnerDiedBeforeItSent) {
  Daemon other(engine, auth, "b");
  other.slack.recipients = {{"C2", "#others", model::Audience::kReviewer}};
  other.connect();
  slack.hold = true;
  AccessRequest fresh = request();
  fresh.created_ms = unix_ms(engine.wall());
  daemon.dispatcher->request(std::make_shared<AccessRequest>(fresh));
  other.dispatcher->request(std::make_shared<AccessRequest>(fresh));
  engine.run();
  daemon.kill();
  engine.advance(std::chrono::seconds(61));
  EXPECT_EQ(other.slack.count("deliver announce C2"), 1U);
}

TEST_F(DispatcherTest, AReplicaThatLagsDoesNotTakeAnEndBack) {
  Daemon lagging(engine, auth, "b");
  lagging.connect();
  see(request());
  see(request(End::kApproved));
  AccessRequest denied = request(End::kDenied, 1);
  denied.resolve_reason = "on second thoughts";
  see(denied);
  ASSERT_TRUE(settle());

  see(lagging, request(End::kApproved, 1));
  EXPECT_TRUE(engine.run_until([&] { return lagging.dispatcher->awake() == 0; }));
  EXPECT_THAT(lagging.slack.calls, IsEmpty());
  EXPECT_EQ(stored("resolution"), "DENIED");
  EXPECT_EQ(stored("resolve_reason"), "on second thoughts");
}

TEST_F(DispatcherTest, AReplicaThatLaggedGoesOnOnceItKnows) {
  slack.hold = true;
  see(request(End::kNone));
  slack.release();
  ASSERT_TRUE(settle());
  slack.hold = true;
  see(request(End::kDenied));  // on record as begun
  daemon.kill();
  Daemon lagging(engine, auth, "b");
  lagging.connect();
  see(lagging, request(End::kApproved));
  engine.advance(std::chrono::seconds(61));
  EXPECT_THAT(lagging.slack.calls, IsEmpty());
  see(lagging, request(End::kDenied));
  EXPECT_TRUE(engine.run_until([&] { return lagging.dispatcher->awake() == 0; }));
  EXPECT_THAT(lagging.slack.calls,
              ElementsAre("route", "find final:DENIED C1", "deliver final:DENIED C1"));
}

// A told an approval and could not record it; B told the denial that came after. Whose edit came
// last nobody knows, so it is made again; the answer to who asked is not.
TEST_F(DispatcherTest, AnEndThatAnotherToldMeanwhileIsNotPostedAgain) {
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer},
                      {"U1", "U1", model::Audience::kRequester}};
  see(request());
  slack.hold = true;
  see(request(End::kApproved));
  daemon.dispatcher->connection_lost();
  slack.release();
  engine.run();

  Daemon other(engine, auth, "b");
  other.connect();
  other.slack.on_find = [&](const modules::Event& e) { return other.slack.delivered(e); };
  see(other, request(End::kDenied));
  ASSERT_TRUE(engine.run_until([&] { return other.dispatcher->awake() == 0; }));
  ASSERT_EQ(stored("resolution"), "DENIED");

  slack.on_find = [this](const modules::Event& e) {
    return e.recipient.id == "U1" ? slack.delivered(e) : FakeNotifier::failing(NOTIFY_OK_SKIPPED);
  };
  daemon.connect();
  see(request(End::kDenied));
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver final:DENIED C1"), 1U);
  EXPECT_EQ(slack.count("find final:DENIED U1"), 1U);
  EXPECT_EQ(slack.count("deliver final:DENIED U1"), 0U);
  EXPECT_EQ(stored("resolution"), "DENIED");
}

// A reply comes with an edit of the message, which may have undone B's.
TEST_F(DispatcherTest, AnEndThatAnotherToldWhileAReplyWasUnderWayIsShownAgain) {
  see(request());
  slack.hold = true;
  see(request(End::kNone, 1));
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"C1","msg":"C1/17.1","ok":1,"rc":"C1/17.1","st":"DENIED"}]})";
  engine.advance(std::chrono::seconds(20));  // a renewal of the claim finds it
  see(request(End::kDenied));
  slack.release();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:DENIED C1");
  EXPECT_EQ(stored("resolution"), "DENIED");
}

// What B told while A was at an approval, as the renewal of A's claim finds it.
class OvertakenTest : public DispatcherTest {
 protected:
  void told_denied_meanwhile(model::Audience audience) {
    slack.recipients = {{"X1", "X1", audience}};
    see(request());
    slack.hold = true;
    see(request(End::kApproved));
    auth->entries[kId]["notifyd"] = R"({"v":1,"to":[{"id":"X1","who":)" +
                                    std::to_string(static_cast<int>(audience)) +
                                    R"(,"ok":1,"msg":"X1/17.1","rc":"X1/17.1","st":"DENIED"}]})";
    engine.advance(std::chrono::seconds(20));
    slack.calls.clear();
  }
};

TEST_F(OvertakenTest, TheLaterEndIsLookedForThoughTheEarlierOneIsUnsure) {
  slack.on_deliver = [this](const modules::Event& e) {
    return e.step.kind == model::Step::Kind::kEnd ? FakeNotifier::failing(NOTIFY_RETRY_UNSURE)
                                                  : slack.delivered(e);
  };
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  told_denied_meanwhile(model::Audience::kRequester);
  slack.release();
  see(request(End::kDenied));
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("find final:APPROVED X1", "find final:DENIED X1"));
  EXPECT_EQ(stored("resolution"), "DENIED");
}

// A's own try surely did nothing; what B posted is known by its key.
TEST_F(OvertakenTest, TheLaterEndIsLookedForThoughTheEarlierOneFailed) {
  slack.on_deliver = [this](const modules::Event& e) {
    return e.step.kind == model::Step::Kind::kEnd ? FakeNotifier::failing(NOTIFY_RETRY_LIMITED)
                                                  : slack.delivered(e);
  };
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  told_denied_meanwhile(model::Audience::kRequester);
  slack.release();
  see(request(End::kDenied));
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("find final:DENIED X1"));
}

TEST_F(DispatcherTest, AnEndThatThisOneBeganAndAnotherToldIsLookedFor) {
  slack.recipients = {{"U1", "U1", model::Audience::kRequester}};
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_LIMITED);
  };
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  slack.hold = true;
  see(request(End::kApproved));
  daemon.dispatcher->connection_lost();
  engine.advance(std::chrono::seconds(31));
  slack.release();
  engine.run();
  slack.calls.clear();
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"U1","who":1,"ok":1,"msg":"U1/17.1","rc":"U1/17.1","st":"APPROVED"}]})";
  daemon.connect();
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("find final:APPROVED U1"));
}

// A's edit may come after B's, and A dies before it knows.
TEST_F(OvertakenTest, WhoTakesOverShowsTheLaterEndAgain) {
  told_denied_meanwhile(model::Audience::kReviewer);
  daemon.kill();
  Daemon next(engine, auth, "c");
  next.connect();
  next.slack.recipients = slack.recipients;
  see(next, request(End::kDenied));
  EXPECT_TRUE(engine.run_until([&] { return next.dispatcher->awake() == 0; }));
  EXPECT_THAT(next.slack.calls, ElementsAre("route", "find final:APPROVED X1",
                                            "find final:DENIED X1", "deliver final:DENIED X1"));
}

// A was at the announcement for long. B found that, was at a reply, then at the end, and died: all
// of it is looked for, and nothing left out.
TEST_F(DispatcherTest, AllThatAnotherTriedIsLookedFor) {
  slack.on_deliver = [this](const modules::Event& e) {
    return e.step.kind == model::Step::Kind::kAnnounce ? FakeNotifier::failing(NOTIFY_RETRY_UNSURE)
                                                       : slack.delivered(e);
  };
  slack.hold = true;
  see(request());
  const auto on_record = [this](const std::string& tried) {
    auth->entries[kId]["notifyd"] =
        R"({"v":1,"to":[{"id":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1","try":")" + tried +
        R"("}]})";
    engine.advance(std::chrono::seconds(20));  // a renewal of the claim finds it
  };
  on_record("review:0");
  on_record("final:APPROVED");
  slack.release();
  see(request(End::kApproved, 1));
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("find review:0 C1"), 1U);
  EXPECT_EQ(slack.count("deliver review:0 C1"), 1U) << "it was not there";
  EXPECT_EQ(slack.count("find final:APPROVED C1"), 1U);
}

// Somebody invited the app between A's refused try and B's.
TEST_F(DispatcherTest, WhoWasReachedByAnotherReplicaIsNotGivenUp) {
  for (const bool refused_before_known : {true, false}) {
    slack.on_deliver = [](const modules::Event&) {
      return FakeNotifier::failing(NOTIFY_DROP_RECIPIENT);
    };
    auth->entries.clear();
    const std::string id = refused_before_known ? "1" : "2";
    slack.hold = true;
    see(request(id));
    if (refused_before_known) {
      daemon.dispatcher->connection_lost();
      slack.release();
      engine.run();
    }
    auth->entries[id]["notifyd"] =
        R"({"v":1,"to":[{"id":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1"}]})";
    daemon.connect();
    engine.advance(std::chrono::seconds(20));
    slack.release();
    EXPECT_TRUE(settle());
    slack.calls.clear();
    slack.on_deliver = nullptr;
    see(request(id, End::kApproved));
    EXPECT_THAT(slack.calls, ElementsAre("route", "deliver final:APPROVED C1")) << id;
  }
}

TEST_F(DispatcherTest, AClaimThatWasLostIsNotTakenBack) {
  slack.hold = true;
  see(request());
  daemon.dispatcher->connection_lost();
  engine.advance(std::chrono::seconds(31));
  Daemon other(engine, auth, "b");
  other.connect();
  other.slack.hold = true;
  see(other, request());
  ASSERT_EQ(other.slack.held(), 1U);

  daemon.connect();
  engine.advance(std::chrono::seconds(5));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("by":"b")"));
}

// B took over what A was at, and may have done it when it died; A's own try surely did nothing.
TEST_F(DispatcherTest, WhatAnotherTriedMeanwhileIsLookedFor) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_OFFLINE);
  };
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  slack.hold = true;
  see(request());
  daemon.dispatcher->connection_lost();
  engine.advance(std::chrono::seconds(31));
  Daemon other(engine, auth, "b");
  other.connect();
  other.slack.hold = true;
  see(other, request());
  other.kill();

  daemon.connect();
  engine.advance(std::chrono::seconds(5));
  slack.on_deliver = nullptr;
  slack.release();
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "find announce C1"));
}

// A was stopped while it told an approval; B found that, began to tell the denial, and died.
TEST_F(DispatcherTest, WhatAnotherTriedAfterItToldWhatThisOneTriedIsLookedForToo) {
  see(request());
  slack.hold = true;
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  see(request(End::kApproved));
  daemon.dispatcher->connection_lost();
  engine.advance(std::chrono::seconds(31));
  Daemon other(engine, auth, "b");
  other.connect();
  other.slack.on_find = [&](const modules::Event& e) { return other.slack.delivered(e); };
  other.slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY);
  };
  see(other, request(End::kDenied));
  engine.advance(std::chrono::seconds(1));
  ASSERT_GE(other.slack.count("deliver final:DENIED C1"), 1U);
  other.kill();

  slack.release();
  engine.run();
  slack.on_deliver = nullptr;
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  daemon.connect();
  see(request(End::kDenied));
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("find final:DENIED C1"), 1U);
  EXPECT_EQ(slack.count("deliver final:DENIED C1"), 0U);
  EXPECT_EQ(stored("resolution"), "DENIED");
}

TEST_F(DispatcherTest, WhatIsMarkedAsTriedForOneThatWasGivenUpKeepsNothingAwake) {
  auth->entries[kId] = {
      {"user", "alice@example.com"},
      {"notifyd", R"({"v":1,"claim":{"by":"dead","until":0},)"
                  R"("to":[{"id":"C1","bad":"malformed","end":1,"try":"announce"}]})"}};
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, IsEmpty());
}

TEST_F(DispatcherTest, AClockThatIsSetBackDoesNotLengthenAClaim) {
  slack.hold = true;
  see(request());
  engine.set_wall(engine.wall() - std::chrono::minutes(8));
  engine.advance(std::chrono::seconds(31));
  Daemon other(engine, auth, "b");
  other.connect();
  see(other, request());
  engine.advance(std::chrono::seconds(5));
  EXPECT_THAT(other.slack.calls, IsEmpty()) << "a's claim was renewed";
}

TEST_F(DispatcherTest, ADecisionKeepsItsReasonWhenWhoDoesNotKnowItDrawsIt) {
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer},
                      {"C2", "C2", model::Audience::kReviewer}};
  see(request());
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request(End::kNone, 1));  // keeps it awake
  auth->entries[kId]["resolve_reason"] = "on second thoughts";
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"C1","ok":1,"n":1,"msg":"C1/17.1","rc":"C1/17.1","st":"DENIED"},)"
      R"({"id":"C2","ok":1,"n":1,"msg":"C2/17.2","rc":"C2/17.2"}]})";
  slack.on_deliver = nullptr;
  gone();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:DENIED C2");
  EXPECT_EQ(slack.events.back().request->resolve_reason, "on second thoughts");
  EXPECT_EQ(stored("resolve_reason"), "on second thoughts");
}

}  // namespace
}  // namespace notifyd::delivery
