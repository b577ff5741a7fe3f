// What the reconciler makes of records that were there before: its own, and those of
// teleport-slack.
#include <gmock/gmock.h>

#include "reconciler_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
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

TEST_F(ReconcilerTest, ARecordThatIsListedUnreadableIsReadByItselfAndNotTakenForNone) {
  see(request());
  Daemon next(engine, auth, "b");
  next.connect();
  auth->calls.clear();
  next.reconciler->catch_up_started();
  next.reconciler->record_unreadable("slack", kId);
  next.reconciler->records_listed();
  see(next, request());
  EXPECT_THAT(auth->calls, ElementsAre(std::string("read ") + kId));
  EXPECT_THAT(next.slack.calls, IsEmpty());
}

TEST_F(ReconcilerTest, WhileItIsUnknownWhoseRecordIsUnreadableNobodyIsTakenToHaveNone) {
  see(request());
  Daemon next(engine, auth, "b");
  next.connect();
  auth->calls.clear();
  next.reconciler->catch_up_started();
  next.reconciler->record_unreadable("slack", "");
  next.reconciler->records_listed();
  see(next, request());
  EXPECT_THAT(auth->calls, ElementsAre(std::string("read ") + kId));
  EXPECT_THAT(next.slack.calls, IsEmpty());
}

TEST_F(ReconcilerTest, ARequestWhoseRecordCannotBeReadIsLeftAloneAndNamed) {
  auth->unreadable = {kId};
  daemon.reconciler->catch_up_started();
  daemon.reconciler->record_unreadable("slack", kId);
  daemon.reconciler->records_listed();
  see(request());
  see(request("0191-b"));
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));  // the other one's
  EXPECT_THAT(auth->entries[kId], IsEmpty());
  EXPECT_THAT(daemon.lines->starting("ERROR left alone: the plugin data cannot be decoded"),
              SizeIs(1));
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

// As in a replica that was stopped for a while: an old view comes before the news that it is gone.
TEST_F(ReconcilerTest, WhatIsAnnouncedAfterAnExpiryWasToldIsShownAsExpiredOnceItIs) {
  auth->entries[kId] = {{"user", "alice@example.com"},
                        {"notifyd", R"({"v":1,"to":[{"id":"U1","who":1,"st":"EXPIRED"}]})"}};
  see(request());
  ASSERT_EQ(slack.count("deliver announce U1"), 1U);
  gone();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:EXPIRED U1");
}

}  // namespace
}  // namespace notifyd::delivery
