// What overlaps: a record that is being written, a claim that ends, another replica that tells.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using model::Audience;
using model::Step;
using ::testing::Contains;

bool is_end(const modules::Event& e) { return e.step.kind == Step::Kind::kEnd; }

TEST_F(DispatcherTest, ATryThatFallsDueWhileTheRecordIsBeingWrittenIsMade) {
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  slack.hold = true;
  see(request());
  auth->hold = true;  // what came of it is written, and answered late
  slack.release();
  engine.run();
  engine.advance(std::chrono::seconds(2));  // the next try falls due meanwhile
  slack.on_deliver = nullptr;
  auth->release();
  engine.advance(std::chrono::minutes(5));
  EXPECT_EQ(slack.count("deliver announce C1"), 2U);
  EXPECT_TRUE(at_rest());
}

TEST_F(DispatcherTest, AClaimOfAnotherThatEndsWhileTheRecordIsBeingWrittenIsNoticed) {
  slack.recipients = {{"C1", "C1", Audience::kReviewer}, {"C2", "C2", Audience::kReviewer}};
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient.id == "C2" ? FakeNotifier::failing(NOTIFY_RETRY) : slack.delivered(e);
  };
  slack.hold = true;
  see(request());
  const auto until = unix_ms(engine.wall()) + 21'000;
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"claim":{"by":"b","until":)" + std::to_string(until) +
      R"(},"to":[{"id":"C1","try":"announce"},{"id":"C2","try":"announce"}]})";
  engine.advance(std::chrono::seconds(20));  // a renewal of the claim finds it
  auth->hold = true;
  slack.on_deliver = nullptr;
  slack.release();
  engine.advance(std::chrono::seconds(10));
  auth->release();
  engine.advance(std::chrono::minutes(5));
  EXPECT_TRUE(at_rest());
}

TEST(DispatcherEnd, ACaseWithTwoPlacesEnds) {
  FakeEngine engine;
  auto auth = std::make_shared<FakeAuthSession>();
  DeliveryOptions options = Daemon::options("a");
  options.window = 1;
  Daemon daemon(engine, auth, options);
  daemon.connect();
  daemon.slack.recipients = {{"C2", "C2", Audience::kReviewer}, {"C1", "C1", Audience::kReviewer}};
  daemon.slack.hold = true;
  AccessRequest r;
  r.id = kId;
  r.user = "alice";
  r.created_ms = 1;
  daemon.dispatcher->request(std::make_shared<AccessRequest>(r));
  engine.run();
  ASSERT_EQ(daemon.slack.held(), 1U);
  daemon.kill();
  engine.run();
}

TEST_F(DispatcherTest, AnEndThatSurelyWasNotSentIsNotSentAfterAnotherToldIt) {
  slack.finds = false;
  slack.recipients = {{"C1", "C1", Audience::kReviewer}, {"U1", "U1", Audience::kRequester}};
  slack.on_deliver = [this](const modules::Event& e) {
    if (!is_end(e) || e.recipient.id != "U1") return slack.delivered(e);
    auto answer = FakeNotifier::failing(NOTIFY_RETRY_LIMITED);
    answer.retry_after_ms = 120'000;
    return answer;
  };
  see(request());
  see(request(End::kApproved));
  ASSERT_EQ(slack.count("deliver final:APPROVED U1"), 1U);
  slack.on_deliver = nullptr;
  engine.advance(std::chrono::seconds(31));  // the claim is over; B tells it
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1","st":"APPROVED"},)"
      R"({"id":"U1","who":1,"ok":1,"msg":"U1/17.2","rc":"U1/17.9","st":"APPROVED"}]})";
  see(request(End::kApproved, 1));  // a reply for C1 makes A read the record
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver final:APPROVED U1"), 1U);
}

TEST_F(DispatcherTest, WhatWasPutBackIsNoReasonToTellAnEndAgain) {
  slack.finds = false;
  slack.recipients = {{"C1", "C1", Audience::kReviewer}, {"U1", "U1", Audience::kRequester}};
  slack.on_deliver = [this](const modules::Event&) {
    daemon.dispatcher->connection_lost();
    return FakeNotifier::failing(NOTIFY_BROKEN);
  };
  see(request());
  ASSERT_EQ(slack.count("deliver announce C1"), 1U);
  ASSERT_EQ(slack.count("deliver announce U1"), 0U) << "on record, and put back";
  slack.on_deliver = nullptr;
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1","st":"APPROVED"},)"
      R"({"id":"U1","who":1,"ok":1,"msg":"U1/17.2","rc":"U1/17.9","st":"APPROVED"}]})";
  daemon.connect();
  see(request(End::kApproved));
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver final:APPROVED U1"), 0U);
}

TEST_F(DispatcherTest, WhoIsRoutedAtATakeoverIsNotToldWhatAnotherTold) {
  slack.finds = false;
  slack.recipients = {{"U1", "U1", Audience::kRequester}};
  const teleport::PluginEntry upstream = {{"user", "alice@example.com"}, {"messages", "C1/17.1"}};
  daemon.dispatcher->catch_up_started();
  daemon.dispatcher->record("slack", kId, upstream);
  daemon.dispatcher->records_listed();
  auth->entries[kId] = upstream;
  auth->entries[kId]["resolution"] = "APPROVED";
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"C1/17.1","as":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1",)"
      R"("st":"APPROVED"},)"
      R"({"id":"U1","who":1,"ok":1,"rc":"U1/17.9","st":"APPROVED"}]})";
  see(request(End::kApproved));
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver final:APPROVED U1"), 0U);
}

TEST_F(DispatcherTest, ALaterEndIsShownWithItsOwnReason) {
  auth->entries[kId] = {
      {"user", "alice@example.com"},
      {"resolve_reason", "fine"},
      {"notifyd", R"({"v":1,"to":[{"id":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1"},)"
                  R"({"id":"C2","ok":1,"msg":"C2/17.2","rc":"C2/17.2","st":"APPROVED"}]})"}};
  slack.hold = true;
  gone();
  ASSERT_THAT(slack.calls, Contains("deliver final:APPROVED C1"));
  auth->entries[kId]["resolve_reason"] = "on second thoughts";
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1"},)"
      R"({"id":"C2","ok":1,"msg":"C2/17.2","rc":"C2/17.2","st":"DENIED"}]})";
  engine.advance(std::chrono::seconds(20));  // a renewal of the claim finds it
  slack.release();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:DENIED C1");
  EXPECT_EQ(slack.events.back().request->resolve_reason, "on second thoughts");
}

TEST_F(DispatcherTest, AnEditWhoseFateIsUnknownMayHaveUndoneWhatAnotherTold) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.hold = true;
  see(request(End::kApproved));
  daemon.dispatcher->connection_lost();
  engine.advance(std::chrono::seconds(31));
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1","st":"DENIED"}]})";
  slack.release();
  engine.run();
  slack.on_deliver = nullptr;
  daemon.connect();
  see(request(End::kDenied));
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:DENIED C1");
}

TEST_F(DispatcherTest, WhatWasIntendedAndSurelyNotStartedDoesNotHoldUpAStop) {
  auth->hold = true;
  see(request());  // the intent is written, and answered late
  bool drained = false;
  daemon.dispatcher->drain([&] { drained = true; });
  daemon.dispatcher->connection_lost();
  auth->release();
  engine.advance(std::chrono::seconds(20));
  EXPECT_TRUE(drained);
}

}  // namespace
}  // namespace notifyd::delivery
