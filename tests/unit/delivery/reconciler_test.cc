// The way of a request through the reconciler, with a clock that the test moves, Teleport's plugin
// data in memory, and a module that answers what the test says.

#include "delivery/reconciler.h"

#include <gmock/gmock.h>

#include "support/fake_auth_session.h"
#include "support/fake_engine.h"
#include "support/fake_notifier.h"

namespace notifyd::delivery {
namespace {

using notifyd::test::FakeAuthSession;
using notifyd::test::FakeEngine;
using notifyd::test::FakeNotifier;
using teleport::AccessRequest;
using teleport::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kId[] = "0191-a";

// One daemon: a module instance and a reconciler over a shared Auth Service.
struct Daemon {
  Daemon(FakeEngine& engine, std::shared_ptr<FakeAuthSession> auth, std::string owner)
      : session(std::move(auth)),
        reconciler(std::make_unique<Reconciler>(engine, options(owner), Log())) {
    reconciler->add(slack, "conf.d/slack.toml");
  }
  static DeliveryOptions options(const std::string& owner) {
    DeliveryOptions o;
    o.owner = owner;
    return o;
  }
  void connect() { reconciler->connected(session, {"example", "18.0.0", "https://example.com"}); }
  void kill() { reconciler.reset(); }

  std::shared_ptr<FakeAuthSession> session;
  FakeNotifier slack;
  std::unique_ptr<Reconciler> reconciler;
};

class ReconcilerTest : public ::testing::Test {
 protected:
  ReconcilerTest() { daemon.connect(); }

  AccessRequest request(State state = State::kPending, std::size_t reviews = 0) const {
    AccessRequest r;
    r.id = kId;
    r.user = "alice@example.com";
    r.roles = {"editor"};
    r.state = state;
    r.created_ms = 1;
    for (std::size_t i = 0; i < reviews; ++i) {
      r.reviews.push_back({"bob@example.com", State::kApproved, "fine", 2});
    }
    return r;
  }
  void see(const AccessRequest& r) { see(daemon, r); }
  void see(Daemon& d, const AccessRequest& r) {
    d.reconciler->request(std::make_shared<AccessRequest>(r));
    engine.run();
  }
  void gone() {
    daemon.reconciler->gone(kId);
    engine.run();
  }
  std::string stored(const std::string& key) { return auth->entries[kId][key]; }
  bool at_rest() const { return daemon.reconciler->awake() == 0; }
  bool settle() {
    return engine.run_until([this] { return at_rest(); });
  }

  FakeEngine engine;
  std::shared_ptr<FakeAuthSession> auth = std::make_shared<FakeAuthSession>();
  Daemon daemon{engine, auth, "a"};
  FakeNotifier& slack = daemon.slack;
};

// ---- The plain way ----

TEST_F(ReconcilerTest, AnnouncesAPendingRequestAndRecordsTheMessage) {
  see(request());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));
  EXPECT_EQ(stored("messages"), "C1/17.1");
  EXPECT_EQ(stored("user"), "alice@example.com");
  EXPECT_TRUE(at_rest());
}

TEST_F(ReconcilerTest, RecordsTheClaimBeforeAnythingIsSent) {
  slack.hold = true;
  see(request());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("claim":{"by":"a")"));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("try":"announce")"));
}

TEST_F(ReconcilerTest, GivesTheClaimBackWhenNothingIsLeft) {
  see(request());
  EXPECT_THAT(stored("notifyd"), ::testing::Not(HasSubstr("claim")));
}

TEST_F(ReconcilerTest, SendsNothingWhileTheRecordCannotBeWritten) {
  auth->before = [](const std::string& what) -> std::optional<Error> {
    if (what.starts_with("read")) return std::nullopt;
    return Error{Errc::kUnavailable, "away"};
  };
  see(request());
  engine.advance(std::chrono::minutes(2));
  EXPECT_THAT(slack.calls, ElementsAre("route"));
  auth->before = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));
}

TEST_F(ReconcilerTest, AnnouncesOnceHoweverOftenItIsSeen) {
  for (int i = 0; i < 5; ++i) see(request());
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
}

TEST_F(ReconcilerTest, WritesAnswersThatComeTogetherAtOnce) {
  slack.recipients = {{"C1", "C1", 0}, {"C2", "C2", 0}, {"C3", "C3", 0}};
  see(request());
  EXPECT_EQ(stored("messages"), "C1/17.1,C2/17.2,C3/17.3");
  EXPECT_EQ(std::count(auth->calls.begin(), auth->calls.end(), std::string("write ") + kId), 2);
}

TEST_F(ReconcilerTest, RecordsAnswersThatComeWhileItIsWriting) {
  slack.recipients = {{"C1", "C1", 0}, {"C2", "C2", 0}};
  slack.hold = true;
  see(request());
  auth->hold = true;
  slack.release_one();
  engine.run();
  slack.release();
  engine.run();
  auth->release();
  engine.run();
  EXPECT_EQ(stored("messages"), "C1/17.1,C2/17.2");
  EXPECT_TRUE(at_rest());
}

TEST_F(ReconcilerTest, TellsEachReviewOnceAndInOrder) {
  see(request());
  see(request(State::kPending, 1));
  see(request(State::kPending, 3));
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "deliver review:0 C1",
                                       "deliver review:1 C1", "deliver review:2 C1"));
  EXPECT_EQ(stored("reviews_count"), "3");
}

TEST_F(ReconcilerTest, TellsTheEndOnce) {
  see(request());
  see(request(State::kApproved));
  see(request(State::kApproved));
  EXPECT_EQ(slack.count("deliver final:APPROVED C1"), 1U);
  EXPECT_EQ(stored("resolution"), "APPROVED");
}

TEST_F(ReconcilerTest, ShowsADenialThatOverrulesAnApproval) {
  see(request());
  see(request(State::kApproved));
  see(request(State::kDenied));
  EXPECT_EQ(slack.count("deliver final:DENIED C1"), 1U);
  EXPECT_EQ(stored("resolution"), "DENIED");
}

TEST_F(ReconcilerTest, AnOlderViewThatComesLateChangesNothing) {
  slack.hold = true;
  see(request());
  see(request(State::kApproved));
  see(request());  // a list page read before the approval
  slack.release();
  engine.run();
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
  EXPECT_TRUE(at_rest());
}

TEST_F(ReconcilerTest, ShowsExpiryFromWhatTheRecordKept) {
  see(request());
  gone();
  EXPECT_EQ(slack.calls.back(), "deliver final:EXPIRED C1");
  EXPECT_EQ(slack.events.back().kind, NOTIFY_REQUEST_EXPIRED);
  EXPECT_EQ(slack.events.back().request->user, "alice@example.com");
  EXPECT_EQ(slack.events.back().request->roles.at(0).name, "editor");
  EXPECT_EQ(stored("resolution"), "EXPIRED");
}

TEST_F(ReconcilerTest, TheEndOfApprovedAccessIsNoExpiry) {
  see(request());
  see(request(State::kApproved));
  gone();
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
}

TEST_F(ReconcilerTest, SkipsStepsOfAnOlderStatus) {
  see(request(State::kApproved));
  EXPECT_THAT(slack.calls, IsEmpty());
}

TEST_F(ReconcilerTest, NobodyToNotifyIsRecordedSoThatItIsAskedOnce) {
  slack.recipients = {};
  see(request());
  see(request(State::kPending, 1));
  EXPECT_EQ(slack.count("route"), 1U);
}

// ---- Failures ----

TEST_F(ReconcilerTest, OneRecipientsFailureStopsNoOther) {
  slack.recipients = {{"C1", "C1", 0}, {"C2", "C2", 0}};
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient == "C1" ? FakeNotifier::failing(NOTIFY_RETRY) : slack.delivered(e);
  };
  see(request());
  EXPECT_EQ(stored("messages"), "C2/17.1");
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C2/17.1,C1/17.2");
}

TEST_F(ReconcilerTest, ObeysTheWaitThatTheFarSideNamed) {
  slack.on_deliver = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY_LIMITED);
    answer.retry_after_ms = 90'000;
    return answer;
  };
  see(request());
  engine.advance(std::chrono::seconds(89));
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
  engine.advance(std::chrono::seconds(5));
  EXPECT_EQ(slack.count("deliver announce C1"), 2U);
}

TEST_F(ReconcilerTest, GivesUpWhatCanNeverBeDeliveredAndRecordsWhy) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_DROP_RECIPIENT, "channel_not_found: no such channel");
  };
  see(request());
  EXPECT_TRUE(at_rest());
  EXPECT_THAT(stored("notifyd"), HasSubstr("channel_not_found: no such channel"));
  see(request(State::kApproved));
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
}

TEST_F(ReconcilerTest, ARefusedReplyDoesNotKeepTheEndFromTheRecipient) {
  see(request());
  slack.on_deliver = [this](const modules::Event& e) {
    return e.kind == NOTIFY_REQUEST_REVIEWED ? FakeNotifier::failing(NOTIFY_DROP)
                                             : slack.delivered(e);
  };
  see(request(State::kPending, 1));
  see(request(State::kApproved, 1));
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
}

TEST_F(ReconcilerTest, KeepsTheReceiptOfAFailedStepForTheNextTry) {
  slack.on_deliver = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY);
    answer.receipt = "half";
    return answer;
  };
  see(request());
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.events.back().receipt, "half");
  EXPECT_EQ(slack.events.back().attempt, 1U);
}

TEST_F(ReconcilerTest, RetriesRouting) {
  slack.on_route = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_OFFLINE);
  };
  see(request());
  EXPECT_TRUE(auth->entries[kId].empty());
  slack.on_route = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(ReconcilerTest, ParksEverythingWhileTheTokenIsRefusedAndGoesOnWhenItIsNot) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_BROKEN_AUTH, "invalid_auth");
  };
  for (int i = 0; i < 50; ++i) {
    AccessRequest r = request();
    r.id = std::to_string(i);
    see(r);
  }
  const std::size_t before = slack.calls.size();
  engine.advance(std::chrono::hours(1));
  EXPECT_LT(slack.calls.size() - before, 200U) << "probes only, not every request";
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(auth->entries.size(), 50U);
  for (const auto& [id, entry] : auth->entries) EXPECT_EQ(entry.count("messages"), 1U) << id;
}

// ---- Not knowing whether it was done ----

TEST_F(ReconcilerTest, AsksFindBeforeSendingAgainWhatMayHaveArrived) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "find announce C1"));
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(ReconcilerTest, SendsAgainWhatSurelyDidNotArrive) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  see(request());
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "find announce C1",
                                       "deliver announce C1"));
}

TEST_F(ReconcilerTest, AnnouncesAgainWhenNobodyCanKnow) {
  slack.finds = false;
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  see(request());
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver announce C1"), 2U);
}

TEST_F(ReconcilerTest, DoesNotRepeatAReplyWhenNobodyCanKnow) {
  slack.finds = false;
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  see(request(State::kPending, 1));
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver review:0 C1"), 1U);
}

TEST_F(ReconcilerTest, AfterACrashAsksFindForWhatWasUnderWay) {
  slack.hold = true;
  see(request());
  daemon.kill();

  Daemon next(engine, auth, "b");
  next.connect();
  next.slack.on_find = [&](const modules::Event& e) { return next.slack.delivered(e); };
  see(next, request());
  EXPECT_THAT(next.slack.calls, IsEmpty()) << "the dead one's claim still runs";
  EXPECT_TRUE(engine.run_until([&] { return next.reconciler->awake() == 0; }));
  EXPECT_THAT(next.slack.calls, ElementsAre("find announce C1"));
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(ReconcilerTest, ALostAnswerToTheFirstWriteSendsNothingTwice) {
  int failures = 1;
  auth->after = [&](const std::string&) -> std::optional<Error> {
    if (failures-- > 0) return Error{Errc::kTimeout, "no answer"};
    return std::nullopt;
  };
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
  EXPECT_EQ(slack.count("find announce C1"), 0U) << "this process knows that it had not started it";
}

TEST_F(ReconcilerTest, ALostAnswerToTheLastWriteForgetsNothing) {
  int call = 0;
  auth->after = [&](const std::string&) -> std::optional<Error> {
    if (++call == 2) return Error{Errc::kTimeout, "no answer"};
    return std::nullopt;
  };
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(ReconcilerTest, KeepsAnAnswerUntilItCanBeRecorded) {
  slack.hold = true;
  see(request());
  auth->before = [](const std::string&) { return Error{Errc::kUnavailable, "away"}; };
  slack.release();
  engine.advance(std::chrono::minutes(5));
  auth->before = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C1/17.1");
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
}

// ---- Several replicas ----

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

// ---- Catch-up and takeover ----

TEST_F(ReconcilerTest, CatchUpReadsAndWritesNothingForRequestsAtRest) {
  see(request());
  auth->calls.clear();
  const auto entry = auth->entries[kId];
  Daemon next(engine, auth, "b");
  next.connect();
  next.reconciler->catch_up_started();
  next.reconciler->record("slack", kId, entry);
  next.reconciler->records_listed();
  see(next, request());
  AccessRequest resolved = request(State::kApproved);
  resolved.id = "resolved before we were";
  see(next, resolved);
  next.reconciler->catch_up_done();
  EXPECT_THAT(auth->calls, IsEmpty());
  EXPECT_THAT(next.slack.calls, IsEmpty());
}

TEST_F(ReconcilerTest, ARecordListedBeforeItsActorWroteItIsReadAgain) {
  slack.hold = true;
  see(request());
  daemon.reconciler->catch_up_started();
  daemon.reconciler->record("slack", kId, auth->entries[kId]);  // tried, not yet answered
  slack.release();
  engine.run();
  ASSERT_TRUE(at_rest());
  see(request());  // the page
  daemon.reconciler->catch_up_done();
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));
}

TEST_F(ReconcilerTest, WhatAnActorBeforeThisOneTriedIsLookedFor) {
  see(request());
  auth->entries[kId] = {
      {"notifyd", R"({"v":1,"claim":{"by":"a","until":0},"to":[{"id":"C1","try":"announce"}]})"}};
  slack.calls.clear();
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  see(request(State::kPending, 1));
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("find announce C1", "deliver review:0 C1"));
}

TEST_F(ReconcilerTest, AnEventDuringAResyncIsNotTakenForARequestWithoutARecord) {
  see(request());
  daemon.reconciler->catch_up_started();  // and its records are still on the way
  see(request(State::kApproved));
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
}

TEST_F(ReconcilerTest, AnEventAfterItsPageStillFindsTheRecord) {
  see(request());
  daemon.reconciler->catch_up_started();
  daemon.reconciler->record("slack", kId, auth->entries[kId]);
  daemon.reconciler->records_listed();
  see(request());
  see(request(State::kApproved));
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
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

TEST_F(ReconcilerTest, WritesThatFailWhileReadsWorkBackOff) {
  auth->before = [](const std::string& what) -> std::optional<Error> {
    if (what.starts_with("read")) return std::nullopt;
    return Error{Errc::kUnavailable, "read-only"};
  };
  see(request());
  engine.advance(std::chrono::minutes(10));
  EXPECT_LT(auth->calls.size(), 150U);
}

TEST_F(ReconcilerTest, AStopWhileTheRecordCannotBeReachedStillKeepsTheAnswer) {
  slack.hold = true;
  see(request());
  auth->before = [](const std::string&) { return Error{Errc::kUnavailable, "away"}; };
  slack.release();
  engine.run();
  bool drained = false;
  daemon.reconciler->drain([&] { drained = true; });
  engine.advance(std::chrono::seconds(5));
  EXPECT_FALSE(drained);
  auth->before = nullptr;
  EXPECT_TRUE(engine.run_until([&] { return drained; }, std::chrono::seconds(10)));
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(ReconcilerTest, AStopDoesNotForgetWhatMayHaveBeenDone) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request());
  auth->hold = true;
  engine.advance(std::chrono::minutes(2));  // until a renewal of the claim waits for its answer
  daemon.reconciler->drain([] {});
  auth->release();
  engine.advance(std::chrono::seconds(5));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("try":"announce")"));
}

TEST_F(ReconcilerTest, RoutingWithoutACallDoesNotOpenTheGate) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_BROKEN_AUTH, "invalid_auth");
  };
  see(request());
  const std::size_t tried = slack.count("deliver announce C1");
  for (int i = 0; i < 20; ++i) {
    AccessRequest r = request();
    r.id = "later " + std::to_string(i);
    see(r);
  }
  EXPECT_EQ(slack.count("deliver announce C1"), tried);
}

TEST_F(ReconcilerTest, MarksWhatEndedWhileNobodyWatched) {
  see(request());
  Daemon next(engine, auth, "b");
  next.connect();
  next.reconciler->catch_up_started();
  next.reconciler->record("slack", kId, auth->entries[kId]);
  next.reconciler->gone(kId);
  next.reconciler->catch_up_done();
  engine.run();
  EXPECT_THAT(next.slack.calls, ElementsAre("deliver final:EXPIRED C1"));
}

TEST_F(ReconcilerTest, TakesOverFromTeleportSlackWithoutAnnouncingAgain) {
  auth->entries[kId] = {
      {"user", "alice@example.com"}, {"roles", "editor"}, {"messages", "C1/17.9,D5/17.8"}};
  slack.recipients = {{"C1", "#approvals", NOTIFY_TO_REVIEWER},
                      {"U1", "alice@example.com", NOTIFY_TO_REQUESTER}};
  see(request());
  EXPECT_THAT(slack.calls, ElementsAre("route"));
  see(request(State::kApproved));
  EXPECT_THAT(slack.calls,
              UnorderedElementsAre("route", "deliver final:APPROVED C1/17.9",
                                   "deliver final:APPROVED D5/17.8", "deliver final:APPROVED U1"));
  EXPECT_EQ(stored("messages"), "C1/17.9,D5/17.8");
}

TEST_F(ReconcilerTest, AnnouncesWhatTeleportSlackRecordedAndNeverPosted) {
  auth->entries[kId] = {{"user", "alice@example.com"}, {"roles", "editor"}};
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(ReconcilerTest, LeavesTheRecordOfANewerVersionAlone) {
  auth->entries[kId] = {{"notifyd", R"({"v":99})"}};
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("notifyd"), R"({"v":99})");
  EXPECT_EQ(slack.count("deliver announce C1"), 0U);
}

// ---- Shutdown ----

TEST_F(ReconcilerTest, DrainFinishesAndRecordsWhatIsUnderWay) {
  slack.hold = true;
  see(request());
  bool drained = false;
  daemon.reconciler->drain([&] { drained = true; });
  engine.run();
  EXPECT_FALSE(drained);
  slack.release();
  engine.run();
  EXPECT_TRUE(drained);
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(ReconcilerTest, DrainDoesNotWaitForRetries) {
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request());
  bool drained = false;
  daemon.reconciler->drain([&] { drained = true; });
  engine.run();
  EXPECT_TRUE(drained);
  EXPECT_THAT(stored("notifyd"), ::testing::Not(HasSubstr("claim"))) << "others may go on at once";
}

}  // namespace
}  // namespace notifyd::delivery
