// What the dispatcher makes of records that were there before: its own, and those of
// teleport-slack.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
TEST_F(DispatcherTest, CatchUpReadsAndWritesNothingForRequestsAtRest) {
  see(request());
  auth->calls.clear();
  const auto entry = auth->entries[kId];
  Daemon next(engine, auth, "b");
  next.connect();
  next.dispatcher->catch_up_started();
  next.dispatcher->record("slack", kId, entry);
  next.dispatcher->records_listed();
  see(next, request());
  AccessRequest resolved = request(End::kApproved);
  resolved.id = "resolved before we were";
  see(next, resolved);
  next.dispatcher->catch_up_done();
  EXPECT_THAT(auth->calls, IsEmpty());
  EXPECT_THAT(next.slack.calls, IsEmpty());
}

// As the listing gives those of which it says all.
class ToldRecordsTest : public DispatcherTest {
 protected:
  static constexpr char kTold[] = "0192a3b4-c5d6-7e8f-9012-3456789abcde";

  void list_told(End end, std::uint32_t reviews = 0) {
    auto told = std::make_shared<teleport::ToldRecords>();
    told->add(*teleport::pack(kTold), {end, reviews});
    daemon.dispatcher->catch_up_started();
    daemon.dispatcher->records_told("slack", std::move(told));
    daemon.dispatcher->records_listed();
  }
  bool look_at(const AccessRequest& r) {
    const bool awake = daemon.dispatcher->request(std::make_shared<AccessRequest>(r));
    engine.run();
    return awake;
  }
};

TEST_F(ToldRecordsTest, ARequestThatIsAsItsRecordSaysNeedsNoCase) {
  for (const End end : {End::kNone, End::kApproved, End::kDenied}) {
    list_told(end, 2);
    EXPECT_FALSE(look_at(request(kTold, end, 2)));
  }
  EXPECT_THAT(auth->calls, IsEmpty());
  EXPECT_THAT(slack.calls, IsEmpty());
}

TEST_F(ToldRecordsTest, ARequestThatHasGoneOnHasItsRecordRead) {
  see(request(kTold));
  for (const AccessRequest& news :
       {request(kTold, End::kNone, 1), request(kTold, End::kApproved, 1)}) {
    list_told(End::kNone);
    auth->calls.clear();
    EXPECT_TRUE(look_at(news));
    EXPECT_THAT(auth->calls, ::testing::Contains(std::string("read ") + kTold));
    daemon.dispatcher->catch_up_done();
  }
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "deliver review:0 C1",
                                       "route", "deliver final:APPROVED C1"));
}

TEST_F(ToldRecordsTest, WhoHasACaseWaitsForNews) {
  EXPECT_TRUE(daemon.dispatcher->idle());
  slack.hold = true;
  see(request(kTold));
  EXPECT_FALSE(daemon.dispatcher->idle());
  slack.release();
  engine.run();
  ASSERT_TRUE(at_rest());
  EXPECT_TRUE(daemon.dispatcher->idle());
}

TEST_F(ToldRecordsTest, WhatACaseDidSinceCountsForMore) {
  see(request(kTold));
  list_told(End::kNone);
  EXPECT_TRUE(look_at(request(kTold, End::kApproved)));
  ASSERT_TRUE(at_rest());
  auth->calls.clear();
  look_at(request(kTold, End::kNone));  // an older page
  EXPECT_THAT(auth->calls, ElementsAre(std::string("read ") + kTold));
}

TEST_F(DispatcherTest, ARecordListedBeforeItsActorWroteItIsReadAgain) {
  slack.hold = true;
  see(request());
  daemon.dispatcher->catch_up_started();
  daemon.dispatcher->record("slack", kId, auth->entries[kId]);  // tried, not yet answered
  slack.release();
  engine.run();
  ASSERT_TRUE(at_rest());
  see(request());  // the page
  daemon.dispatcher->catch_up_done();
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));
}

TEST_F(DispatcherTest, AnEventDuringAResyncIsNotTakenForARequestWithoutARecord) {
  see(request());
  daemon.dispatcher->catch_up_started();  // and its records are still on the way
  see(request(End::kApproved));
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
}

TEST_F(DispatcherTest, AnEventAfterItsPageStillFindsTheRecord) {
  see(request());
  daemon.dispatcher->catch_up_started();
  daemon.dispatcher->record("slack", kId, auth->entries[kId]);
  daemon.dispatcher->records_listed();
  see(request());
  see(request(End::kApproved));
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
}

TEST_F(DispatcherTest, ARecordThatIsListedUnreadableIsReadByItselfAndNotTakenForNone) {
  see(request());
  Daemon next(engine, auth, "b");
  next.connect();
  auth->calls.clear();
  next.dispatcher->catch_up_started();
  next.dispatcher->record_unreadable("slack", kId);
  next.dispatcher->records_listed();
  see(next, request());
  EXPECT_THAT(auth->calls, ElementsAre(std::string("read ") + kId));
  EXPECT_THAT(next.slack.calls, IsEmpty());
}

TEST_F(DispatcherTest, WhileItIsUnknownWhoseRecordIsUnreadableNobodyIsTakenToHaveNone) {
  see(request());
  Daemon next(engine, auth, "b");
  next.connect();
  auth->calls.clear();
  next.dispatcher->catch_up_started();
  next.dispatcher->record_unreadable("slack", "");
  next.dispatcher->records_listed();
  see(next, request());
  EXPECT_THAT(auth->calls, ElementsAre(std::string("read ") + kId));
  EXPECT_THAT(next.slack.calls, IsEmpty());
}

TEST_F(DispatcherTest, ARequestWhoseRecordCannotBeReadIsLeftAloneAndNamed) {
  auth->unreadable = {kId};
  daemon.dispatcher->catch_up_started();
  daemon.dispatcher->record_unreadable("slack", kId);
  daemon.dispatcher->records_listed();
  see(request());
  see(request("0191-b"));
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));  // the other one's
  EXPECT_THAT(auth->entries[kId], IsEmpty());
  EXPECT_THAT(daemon.lines->starting("ERROR left alone: the plugin data cannot be decoded"),
              SizeIs(1));
}

class UnreadableRecordTest : public DispatcherTest {
 protected:
  void catch_up() {
    daemon.dispatcher->catch_up_started();
    for (const char* id : {"1", "2"}) daemon.dispatcher->record("slack", id, auth->entries[id]);
    daemon.dispatcher->records_listed();
    for (const char* id : {"1", "2"}) see(request(id));
    daemon.dispatcher->catch_up_done();
  }
  void damage() {
    for (const char* id : {"1", "2"}) auth->entries[id] = {{"notifyd", R"({"v":99})"}};
  }
  void mend() { auth->entries.clear(); }
};

TEST_F(UnreadableRecordTest, IsSaidOnceARequestHoweverOftenItIsLookedAt) {
  damage();
  for (int i = 0; i < 3; ++i) catch_up();
  see(request("1", End::kNone, 1));
  EXPECT_THAT(daemon.lines->starting("ERROR left alone"), SizeIs(2));
  EXPECT_THAT(slack.calls, IsEmpty());
}

TEST_F(UnreadableRecordTest, IsSaidOnceInSum) {
  damage();
  for (int i = 0; i < 3; ++i) catch_up();
  EXPECT_THAT(daemon.lines->starting("WARN requests are left alone"),
              ElementsAre(::testing::HasSubstr("requests=2")));
}

TEST_F(UnreadableRecordTest, IsTakenUpOnceItCanBeRead) {
  damage();
  catch_up();
  mend();
  catch_up();
  EXPECT_THAT(slack.calls,
              ElementsAre("route", "deliver announce C1", "route", "deliver announce C1"));
  EXPECT_THAT(daemon.lines->starting("INFO all records can be read again"), SizeIs(1));
}

TEST_F(DispatcherTest, MarksWhatEndedWhileNobodyWatched) {
  see(request());
  Daemon next(engine, auth, "b");
  next.connect();
  next.dispatcher->catch_up_started();
  next.dispatcher->record("slack", kId, auth->entries[kId]);
  next.dispatcher->gone(kId);
  next.dispatcher->catch_up_done();
  engine.run();
  EXPECT_THAT(next.slack.calls, ElementsAre("route", "deliver final:EXPIRED C1"));
}

TEST_F(DispatcherTest, TakesOverFromTeleportSlackWithoutAnnouncingAgain) {
  auth->entries[kId] = {
      {"user", "alice@example.com"}, {"roles", "editor"}, {"messages", "C1/17.9,D5/17.8"}};
  slack.recipients = {{"C1", "#approvals", model::Audience::kReviewer},
                      {"U1", "alice@example.com", model::Audience::kRequester}};
  see(request());
  EXPECT_THAT(slack.calls, ElementsAre("route"));
  see(request(End::kApproved));
  EXPECT_THAT(slack.calls,
              UnorderedElementsAre("route", "route", "deliver final:APPROVED C1/17.9",
                                   "deliver final:APPROVED D5/17.8", "deliver final:APPROVED U1"));
  EXPECT_EQ(stored("messages"), "C1/17.9,D5/17.8");
}

TEST_F(DispatcherTest, AnnouncesWhatTeleportSlackRecordedAndNeverPosted) {
  auth->entries[kId] = {{"user", "alice@example.com"}, {"roles", "editor"}};
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(DispatcherTest, LeavesTheRecordOfANewerVersionAlone) {
  auth->entries[kId] = {{"notifyd", R"({"v":99})"}};
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("notifyd"), R"({"v":99})");
  EXPECT_EQ(slack.count("deliver announce C1"), 0U);
}

// As in a replica that was stopped for a while: an old view comes before the news that it is gone.
// Deleted, or ended while the daemon was down: then nothing but the record says what it was.
TEST_F(DispatcherTest, TheEndOfARequestThatIsGoneShowsAllThatTheMessageShowed) {
  AccessRequest known = request(End::kNone, 1);
  known.roles = {"a,b"};
  known.resources = {"/example/node/1"};
  known.kind = model::RequestKind::kLongTerm;
  known.created_ms = 1'714'560'000'000;
  known.access_expires_ms = 1'714'600'000'000;
  known.max_duration_ms = 3'600'000;
  see(known);
  ASSERT_TRUE(at_rest());
  gone();
  ASSERT_EQ(slack.calls.back(), "deliver final:EXPIRED C1");
  const AccessRequest& shown = *slack.events.back().request;
  EXPECT_EQ(shown.roles, known.roles);
  EXPECT_EQ(shown.resources, known.resources);
  EXPECT_EQ(shown.kind, model::RequestKind::kLongTerm);
  EXPECT_EQ(shown.created_ms, known.created_ms);
  EXPECT_EQ(shown.access_expires_ms, known.access_expires_ms);
  EXPECT_EQ(shown.max_duration_ms, known.max_duration_ms);
  ASSERT_EQ(shown.reviews.size(), 1U);
  EXPECT_EQ(shown.reviews[0].author, "bob@example.com");
  EXPECT_EQ(shown.reviews[0].proposed, End::kApproved);
}

TEST_F(DispatcherTest, WhatIsAnnouncedAfterAnExpiryWasToldIsShownAsExpiredOnceItIs) {
  auth->entries[kId] = {{"user", "alice@example.com"},
                        {"notifyd", R"({"v":1,"to":[{"id":"U1","who":1,"st":"EXPIRED"}]})"}};
  slack.recipients = {{"U1", "alice@example.com", model::Audience::kRequester}};
  see(request());
  ASSERT_EQ(slack.count("deliver announce U1"), 1U);
  gone();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:EXPIRED U1");
}

}  // namespace
}  // namespace notifyd::delivery
