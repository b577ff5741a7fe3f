// What becomes of deliveries when an instance gets another notifier, or comes and goes while the
// daemon runs.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SwapTest : public DispatcherTest {
 protected:
  void swap() {
    daemon.sender.take_over(next, "conf.d/slack.toml");
    daemon.dispatcher->renewed(daemon.sender);
    engine.run();
  }
  std::size_t messages(const std::string& id) {
    const std::string& list = auth->entries[id]["messages"];
    if (list.empty()) return 0;
    return 1 + static_cast<std::size_t>(std::ranges::count(list, ','));
  }

  FakeNotifier next;
};

TEST_F(SwapTest, WhatIsUnderWayEndsWithTheNotifierThatBeganIt) {
  slack.hold = true;
  see(request("1"));
  swap();
  see(request("2"));
  EXPECT_EQ(next.count("deliver announce C1"), 1U) << "of the second request";
  slack.release();
  EXPECT_TRUE(settle());
  EXPECT_EQ(messages("1"), 1U);
  EXPECT_EQ(messages("2"), 1U);
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
}

TEST_F(SwapTest, LaterStepsGoToTheNewOneWithTheReceiptOfTheOld) {
  see(request());
  swap();
  see(request(End::kApproved));
  EXPECT_EQ(next.calls.back(), "deliver final:APPROVED C1");
  EXPECT_EQ(next.events.back().receipt, "C1/17.1");
}

TEST_F(SwapTest, WhatCouldNotBeSentIsTriedAtOnce) {
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request());
  engine.advance(std::chrono::hours(1));
  const TimePoint before = engine.now();
  swap();
  EXPECT_TRUE(settle());
  EXPECT_LT(engine.now() - before, std::chrono::seconds(2));
  EXPECT_EQ(messages(kId), 1U);
}

TEST_F(SwapTest, WhatStillWaitsGoesWhereTheNewRoutesSay) {
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request());
  next.recipients = {{"C2", "#others", model::Audience::kReviewer}};
  swap();
  EXPECT_TRUE(settle());
  EXPECT_THAT(next.calls, ElementsAre("route", "deliver announce C2"));
}

TEST_F(SwapTest, ARequestThatConcernedNobodyIsAskedOfTheNewRoutes) {
  slack.recipients.clear();
  see(request());
  swap();
  see(request());
  EXPECT_EQ(messages(kId), 1U);
}

TEST_F(SwapTest, WhomTheOldRoutesNameTooLateCountsNoMore) {
  slack.hold_routes = true;
  see(request());
  next.recipients = {{"C2", "#others", model::Audience::kReviewer}};
  swap();
  slack.release();
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C2/17.1");
}

TEST_F(SwapTest, AnInstanceThatComesLaterIsToldOfWhatTheCatchUpLists) {
  see(request());
  FakeNotifier webhook("webhook");
  Sender sender(engine, webhook, Daemon::options("a"), "conf.d/webhook.toml", Log(daemon.lines));
  daemon.dispatcher->add(sender);
  daemon.dispatcher->catch_up_started();
  daemon.dispatcher->record("slack", kId, auth->entries[kId]);
  daemon.dispatcher->records_listed();
  see(request());
  daemon.dispatcher->catch_up_done();
  engine.run();
  EXPECT_THAT(webhook.calls, ElementsAre("route")) << "the fake has one record for both";
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
  daemon.kill();
}

// What a catch-up lists may be older than what the instance did before it went.
TEST_F(SwapTest, AnInstanceThatComesBackWithOtherRoutesTellsNobodyElseByAnOldRecord) {
  slack.hold = true;
  see(request());
  const teleport::PluginEntry old = auth->entries[kId];
  slack.release();
  ASSERT_TRUE(settle());
  Daemon again(engine, auth, "a");
  again.slack.recipients = {{"C2", "#others", model::Audience::kReviewer}};
  again.slack.on_find = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_OK_SKIPPED);
  };
  again.connect();
  again.dispatcher->record("slack", kId, old);
  see(again, request());
  EXPECT_TRUE(engine.run_until([&] { return again.dispatcher->awake() == 0; }));
  EXPECT_EQ(again.slack.count("deliver announce C2"), 0U);
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

// Who asked still waits for a message when another configuration comes.
TEST_F(SwapTest, WhomTheNewRoutesNameBesideReviewersWhoWereToldIsNotTold) {
  const model::Recipient requester{"U1", "U1", model::Audience::kRequester};
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer}, requester};
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient.id == "U1" ? FakeNotifier::failing(NOTIFY_RETRY) : slack.delivered(e);
  };
  see(request());
  next.recipients = {{"C2", "#others", model::Audience::kReviewer}, requester};
  swap();
  EXPECT_TRUE(settle());
  EXPECT_THAT(next.calls, ElementsAre("route", "deliver announce U1"));
}

class RemovalTest : public SwapTest {
 protected:
  void remove() {
    daemon.dispatcher->remove(daemon.sender, [this] { removed = true; });
    engine.run();
  }
  bool removed = false;
};

TEST_F(RemovalTest, EndsAtOnceWhereNothingIsUnderWay) {
  see(request());
  remove();
  EXPECT_TRUE(removed);
}

TEST_F(RemovalTest, WaitsForWhatIsUnderWayAndRecordsIt) {
  slack.hold = true;
  see(request());
  remove();
  EXPECT_FALSE(removed);
  slack.release();
  engine.run();
  EXPECT_TRUE(removed);
  EXPECT_EQ(messages(kId), 1U);
}

TEST_F(RemovalTest, StartsNothingMore) {
  remove();
  see(request());
  EXPECT_THAT(slack.calls, IsEmpty());
}

}  // namespace
}  // namespace notifyd::delivery
