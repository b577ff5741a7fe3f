// What the dispatcher makes of failures: again later, given up, parked.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(DispatcherTest, OneRecipientsFailureStopsNoOther) {
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer},
                      {"C2", "C2", model::Audience::kReviewer}};
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient.id == "C1" ? FakeNotifier::failing(NOTIFY_RETRY) : slack.delivered(e);
  };
  see(request());
  EXPECT_EQ(stored("messages"), "C2/17.1");
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C2/17.1,C1/17.2");
}

TEST_F(DispatcherTest, ObeysTheWaitThatTheFarSideNamed) {
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

// What only has to wait for its turn says nothing about Slack.
TEST_F(DispatcherTest, ALineThatIsLongStopsNobodyElse) {
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient.id == "C1" ? FakeNotifier::failing(NOTIFY_RETRY_LIMITED)
                                  : slack.delivered(e);
  };
  for (int i = 0; i < 30; ++i) see(request("of-C1-" + std::to_string(i)));
  slack.recipients = {{"C2", "C2", model::Audience::kReviewer}};
  see(request("of-C2"));
  EXPECT_EQ(slack.count("deliver announce C2"), 1U);
  EXPECT_THAT(daemon.lines->starting("WARN"), IsEmpty());
}

TEST_F(DispatcherTest, ARecipientThatFailsAlwaysStopsNoOther) {
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient.id == "C1" ? FakeNotifier::failing(NOTIFY_RETRY_UNSURE) : slack.delivered(e);
  };
  for (int i = 0; i < 30; ++i) see(request("of-C1-" + std::to_string(i)));
  ASSERT_THAT(daemon.lines->starting("WARN paused"), SizeIs(1));
  slack.recipients = {{"C2", "C2", model::Audience::kReviewer}};
  see(request("of-C2"));
  EXPECT_EQ(slack.count("deliver announce C2"), 1U);
}

// Both failed, and one of the two works again: its turn comes though many wait for the other.
TEST_F(DispatcherTest, ALongLineForOneRecipientKeepsNoProbeFromAnother) {
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  slack.recipients = {{"C2", "C2", model::Audience::kReviewer}};
  see(request("of-C2"));
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer}};
  for (int i = 0; i < 300; ++i) see(request("of-C1-" + std::to_string(i)));
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient.id == "C1" ? FakeNotifier::failing(NOTIFY_RETRY) : slack.delivered(e);
  };
  engine.advance(std::chrono::minutes(5));
  EXPECT_FALSE(auth->entries["of-C2"]["messages"].empty());
}

// One role that names both: whoever's turn it is, its probe is not spent on the other.
TEST_F(DispatcherTest, ARecipientThatFailsAlwaysTakesNoProbeFromTheOtherOfItsRequest) {
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer},
                      {"C2", "C2", model::Audience::kReviewer}};
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  for (int i = 0; i < 100; ++i) see(request(std::to_string(i)));
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient.id == "C1" ? FakeNotifier::failing(NOTIFY_RETRY) : slack.delivered(e);
  };
  engine.advance(std::chrono::minutes(5));
  EXPECT_GT(slack.count("deliver announce C2"), 100U);
}

TEST_F(DispatcherTest, AStopDoesNotWaitForARecordThatLacksNothing) {
  slack.on_deliver = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY_LIMITED);
    answer.retry_after_ms = 90'000;
    return answer;
  };
  see(request());
  auth->before = [](const std::string& what) -> std::optional<Error> {
    if (!what.starts_with("write")) return std::nullopt;
    return Error{Errc::kDenied, "read-only"};
  };
  bool drained = false;
  daemon.dispatcher->drain([&] { drained = true; });
  engine.advance(std::chrono::seconds(1));
  EXPECT_TRUE(drained);
}

TEST_F(DispatcherTest, AnEndDoesNotWaitForWhatKeepsAReply) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY);
    answer.retry_after_ms = 300'000;
    return answer;
  };
  see(request(End::kNone, 1));
  slack.on_deliver = nullptr;
  see(request(End::kApproved, 1));
  EXPECT_EQ(slack.count("deliver final:APPROVED C1"), 1U);
}

TEST_F(DispatcherTest, WhatAPersonMendedIsTriedAtOnce) {
  slack.on_deliver = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY);
    answer.retry_after_ms = 300'000;
    return answer;
  };
  see(request());
  slack.on_deliver = nullptr;
  daemon.dispatcher->retry_now();
  engine.advance(std::chrono::seconds(1));
  EXPECT_EQ(slack.count("deliver announce C1"), 2U);
}

TEST_F(DispatcherTest, AnExpiryDoesNotWaitForWhatKeepsAReply) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY);
    answer.retry_after_ms = 300'000;
    return answer;
  };
  see(request(End::kNone, 1));
  slack.on_deliver = nullptr;
  gone();
  EXPECT_EQ(slack.count("deliver final:EXPIRED C1"), 1U);
}

TEST_F(DispatcherTest, ARecipientWhoseTryWasNotNeededMayTryAgain) {
  slack.on_deliver = [this](const modules::Event& e) {
    return e.recipient.id == "C1" ? FakeNotifier::failing(NOTIFY_RETRY_UNSURE) : slack.delivered(e);
  };
  for (int i = 0; i < 30; ++i) see(request("of-C1-" + std::to_string(i)));
  slack.recipients = {{"C2", "C2", model::Audience::kReviewer}};
  auth->entries["of-C2"] = {
      {"user", "alice@example.com"},
      {"notifyd",
       R"({"v":1,"claim":{"by":"dead","until":0},"to":[{"id":"C2","try":"announce"}]})"}};
  see(request("of-C2"));
  EXPECT_EQ(slack.count("find announce C2"), 1U);
  EXPECT_EQ(slack.count("deliver announce C2"), 1U);
}

TEST_F(DispatcherTest, GivesUpWhatCanNeverBeDeliveredAndRecordsWhy) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_DROP_PAYLOAD, "invalid_blocks: malformed");
  };
  see(request());
  EXPECT_TRUE(at_rest());
  EXPECT_THAT(stored("notifyd"), HasSubstr("invalid_blocks: malformed"));
  see(request(End::kApproved));
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
}

TEST_F(DispatcherTest, ARefusedReplyDoesNotKeepTheEndFromTheRecipient) {
  see(request());
  slack.on_deliver = [this](const modules::Event& e) {
    return e.step.kind == model::Step::Kind::kReview ? FakeNotifier::failing(NOTIFY_DROP)
                                                     : slack.delivered(e);
  };
  see(request(End::kNone, 1));
  see(request(End::kApproved, 1));
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
}

TEST_F(DispatcherTest, WhoMayNotReplyAnyMoreIsShownTheEndAllTheSame) {
  see(request());
  slack.on_deliver = [this](const modules::Event& e) {
    return e.step.kind == model::Step::Kind::kReview ? FakeNotifier::failing(NOTIFY_DROP_RECIPIENT)
                                                     : slack.delivered(e);
  };
  see(request(End::kNone, 1));
  see(request(End::kApproved, 1));
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
}

TEST_F(DispatcherTest, WhoAskedIsToldOfADecisionThatCameWhileNothingCouldBeSent) {
  slack.recipients.push_back({"U1", "alice@example.com", model::Audience::kRequester});
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_BROKEN_AUTH);
  };
  see(request("1"));
  see(request("2"));
  see(request("2", End::kApproved));
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  const auto told = [](const modules::Event& e) {
    return e.request->id == "2" && e.recipient.id == "U1" && e.step.kind == model::Step::Kind::kEnd;
  };
  EXPECT_EQ(std::count_if(slack.events.begin(), slack.events.end(), told), 1);
}

TEST_F(DispatcherTest, KeepsTheReceiptOfAFailedStepForTheNextTry) {
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

TEST_F(DispatcherTest, RetriesRouting) {
  slack.on_route = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_OFFLINE);
  };
  see(request());
  EXPECT_TRUE(auth->entries[kId].empty());
  slack.on_route = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(DispatcherTest, ParksEverythingWhileTheTokenIsRefusedAndGoesOnWhenItIsNot) {
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

TEST_F(DispatcherTest, WritesThatFailWhileReadsWorkBackOff) {
  auth->before = [](const std::string& what) -> std::optional<Error> {
    if (what.starts_with("read")) return std::nullopt;
    return Error{Errc::kUnavailable, "read-only"};
  };
  see(request());
  engine.advance(std::chrono::minutes(10));
  EXPECT_LT(auth->calls.size(), 300U);
}

TEST_F(DispatcherTest, RoutingWithoutACallDoesNotOpenTheGate) {
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

TEST_F(DispatcherTest, AParkedInstanceTriesAgainAtOnceWhenItsTokenFileChanges) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_BROKEN_AUTH);
  };
  see(request());
  engine.advance(std::chrono::minutes(30));
  slack.on_deliver = nullptr;
  slack.secret_touched = true;
  engine.advance(std::chrono::seconds(2));
  EXPECT_TRUE(at_rest());
}

TEST_F(DispatcherTest, AParkedInstanceTriesAgainAtOnceWhenTold) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_BROKEN_AUTH);
  };
  see(request());
  engine.advance(std::chrono::minutes(30));
  slack.on_deliver = nullptr;
  daemon.dispatcher->retry_now();
  engine.run();
  EXPECT_TRUE(at_rest());
}

TEST_F(DispatcherTest, TellsTheEndThoughTeleportForgotTheRecordMeanwhile) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_BROKEN_AUTH);
  };
  gone();
  auth->entries.clear();
  auth->before = [](const std::string& what) -> std::optional<Error> {
    if (what.starts_with("read")) return std::nullopt;
    return Error{Errc::kNotFound, "no such request"};
  };
  engine.advance(std::chrono::hours(2));
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:EXPIRED C1");
  EXPECT_EQ(slack.events.back().receipt, "C1/17.1");
}

TEST_F(DispatcherTest, WhatTeleportForgotIsNotTriedForEver) {
  see(request());
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  auth->before = [](const std::string& what) -> std::optional<Error> {
    if (what.starts_with("read")) return std::nullopt;
    return Error{Errc::kNotFound, "no such request"};
  };
  gone();
  engine.advance(std::chrono::hours(23));
  EXPECT_FALSE(at_rest());
  engine.advance(std::chrono::hours(2));
  EXPECT_TRUE(at_rest());
}

TEST_F(DispatcherTest, TellsNobodyOfARequestThatWasDeletedBeforeItWasOnRecord) {
  slack.recipients.push_back({"U1", "alice@example.com", model::Audience::kRequester});
  auth->before = [](const std::string& what) -> std::optional<Error> {
    if (what.starts_with("read")) return std::nullopt;
    return Error{Errc::kNotFound, "no such request"};
  };
  see(request());
  gone();
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route")) << "other replicas would tell the same";
}

class DispatcherFallbackTest : public DispatcherTest {
 protected:
  DispatcherFallbackTest() {
    slack.recipients = {{"C1", "#approvals", model::Audience::kReviewer},
                        {"C9", "#ops", model::Audience::kFallback}};
    slack.on_deliver = [this](const modules::Event& event) {
      if (event.recipient.id == "C1") {
        return FakeNotifier::failing(NOTIFY_DROP_RECIPIENT, "no such channel");
      }
      return slack.delivered(event);
    };
  }
};

TEST_F(DispatcherFallbackTest, IsToldWhoWasGivenUpAndWhy) {
  see(request());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "deliver given-up:C1 C9"));
  EXPECT_EQ(slack.events.back().step.kind, model::Step::Kind::kGivenUp);
  EXPECT_EQ(slack.events.back().lost, "#approvals");
  EXPECT_EQ(slack.events.back().lost_why, "no such channel");
}

TEST_F(DispatcherFallbackTest, IsToldOnceWhateverHappensLater) {
  see(request());
  see(request(End::kApproved, 1));
  Daemon next(engine, auth, "b");
  next.connect();
  see(next, request(End::kApproved, 1));
  EXPECT_EQ(slack.count("deliver given-up:C1 C9"), 1U);
  EXPECT_THAT(next.slack.calls, IsEmpty());
}

TEST_F(DispatcherFallbackTest, WhatItGotIsNoAnnouncement) {
  see(request());
  EXPECT_EQ(stored("messages"), "");
}

TEST_F(DispatcherFallbackTest, HearsNothingOfWhatWorks) {
  slack.on_deliver = nullptr;
  see(request());
  see(request(End::kDenied, 1));
  for (const std::string& call : slack.calls) EXPECT_THAT(call, Not(HasSubstr("C9")));
}

}  // namespace
}  // namespace notifyd::delivery
