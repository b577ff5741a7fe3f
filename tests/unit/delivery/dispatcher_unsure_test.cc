// When nobody knows whether a step was done: find() first.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(DispatcherTest, AsksFindBeforeSendingAgainWhatMayHaveArrived) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "find announce C1"));
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(DispatcherTest, SendsAgainWhatSurelyDidNotArrive) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  see(request());
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "find announce C1",
                                       "deliver announce C1"));
}

TEST_F(DispatcherTest, AnnouncesAgainWhenNobodyCanKnow) {
  slack.finds = false;
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  see(request());
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver announce C1"), 2U);
}

TEST_F(DispatcherTest, DoesNotRepeatAReplyWhenNobodyCanKnow) {
  slack.finds = false;
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  see(request(End::kNone, 1));
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver review:0 C1"), 1U);
}

TEST_F(DispatcherTest, AfterACrashAsksFindForWhatWasUnderWay) {
  slack.hold = true;
  see(request());
  daemon.kill();

  Daemon next(engine, auth, "b");
  next.connect();
  next.slack.on_find = [&](const modules::Event& e) { return next.slack.delivered(e); };
  see(next, request());
  EXPECT_THAT(next.slack.calls, IsEmpty()) << "the dead one's claim still runs";
  EXPECT_TRUE(engine.run_until([&] { return next.dispatcher->awake() == 0; }));
  EXPECT_THAT(next.slack.calls, ElementsAre("route", "find announce C1"));
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(DispatcherTest, ALostAnswerToTheFirstWriteSendsNothingTwice) {
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

TEST_F(DispatcherTest, ALostAnswerToTheLastWriteForgetsNothing) {
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

TEST_F(DispatcherTest, KeepsAnAnswerUntilItCanBeRecorded) {
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

TEST_F(DispatcherTest, WhatAnActorBeforeThisOneTriedIsLookedFor) {
  see(request());
  auth->entries[kId] = {
      {"notifyd", R"({"v":1,"claim":{"by":"a","until":0},"to":[{"id":"C1","try":"announce"}]})"}};
  slack.calls.clear();
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  see(request(End::kNone, 1));
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "find announce C1", "deliver review:0 C1"));
}

// As it is after a crash of whoever sent the reply, once the request is gone and its reviews with
// it.
TEST_F(DispatcherTest, AReplyThatMayHaveBeenMadeIsLookedForThoughTheReviewIsKnownNoMore) {
  auth->entries[kId] = {
      {"user", "alice@example.com"},
      {"notifyd", R"({"v":1,"claim":{"by":"dead","until":0},)"
                  R"("to":[{"id":"C1","ok":1,"rc":"C1/17.1","try":"review:0"}]})"}};
  slack.on_find = [this](const modules::Event& e) { return slack.delivered(e); };
  gone();
  EXPECT_TRUE(settle());
  EXPECT_THAT(slack.calls, ElementsAre("route", "find review:0 C1", "deliver final:EXPIRED C1"));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("n":1)"));
}

TEST_F(DispatcherTest, AStopWhileTheRecordCannotBeReachedStillKeepsTheAnswer) {
  slack.hold = true;
  see(request());
  auth->before = [](const std::string&) { return Error{Errc::kUnavailable, "away"}; };
  slack.release();
  engine.run();
  bool drained = false;
  daemon.dispatcher->drain([&] { drained = true; });
  engine.advance(std::chrono::seconds(5));
  EXPECT_FALSE(drained);
  auth->before = nullptr;
  EXPECT_TRUE(engine.run_until([&] { return drained; }, std::chrono::seconds(10)));
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(DispatcherTest, AStopDoesNotForgetWhatMayHaveBeenDone) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request());
  auth->hold = true;
  engine.advance(std::chrono::minutes(2));  // until a renewal of the claim waits for its answer
  daemon.dispatcher->drain([] {});
  auth->release();
  engine.advance(std::chrono::seconds(5));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("try":"announce")"));
}

// What was sent a moment ago is not in the history yet.
TEST_F(DispatcherTest, AfterAStopWhatMayHaveBeenDoneIsNotLookedForTooEarly) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.hold = true;
  see(request());
  daemon.dispatcher->drain([] {});
  slack.release();
  engine.run();
  daemon.kill();

  Daemon next(engine, auth, "b");
  next.connect();
  see(next, request());
  engine.advance(Millis(2900));
  EXPECT_THAT(next.slack.calls, IsEmpty());
  engine.advance(std::chrono::seconds(1));
  EXPECT_EQ(next.slack.count("find announce C1"), 1U);
}

TEST_F(DispatcherTest, AnEndThatWasToldInPartIsToldToItsEndThoughTheRequestIsGone) {
  slack.recipients = {{"U1", "alice@example.com", model::Audience::kRequester}};
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY_LIMITED);
    answer.receipt = "U1/17.1;t=DENIED";
    return answer;
  };
  see(request(End::kDenied));
  daemon.dispatcher->drain([] {});
  engine.run();
  daemon.kill();

  Daemon next(engine, auth, "b");
  next.connect();
  next.slack.recipients = slack.recipients;
  next.slack.on_find = [&](const modules::Event& e) { return next.slack.delivered(e); };
  next.dispatcher->gone(kId);
  EXPECT_TRUE(engine.run_until([&] { return next.dispatcher->awake() == 0; }));
  EXPECT_THAT(next.slack.calls, ElementsAre("route", "find final:DENIED U1"));
  EXPECT_EQ(stored("resolution"), "DENIED");
}

// As when the daemon is ended while Slack refuses edits, and the request's access ends before the
// next start. What only edits find() answers with "surely not sent".
TEST_F(DispatcherTest, AnEndThatNobodySawIsToldAsItWasThoughTheRequestIsGone) {
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer},
                      {"U1", "U1", model::Audience::kRequester}};
  see(request());
  slack.hold = true;
  see(request(End::kDenied));
  daemon.kill();

  Daemon next(engine, auth, "b");
  next.connect();
  next.slack.recipients = slack.recipients;
  next.dispatcher->gone(kId);
  EXPECT_TRUE(engine.run_until([&] { return next.dispatcher->awake() == 0; }));
  EXPECT_THAT(next.slack.calls, ElementsAre("route", "find final:DENIED C1", "find final:DENIED U1",
                                            "deliver final:DENIED C1", "deliver final:DENIED U1"));
  EXPECT_EQ(stored("resolution"), "DENIED");
}

TEST_F(DispatcherTest, AnEndThatWasPutOnRecordAndNotBegunIsNotForgotten) {
  see(request());
  auth->hold = true;
  see(request(End::kDenied));
  daemon.dispatcher->drain([] {});
  auth->release();
  engine.run();
  EXPECT_EQ(slack.count("deliver final:DENIED C1"), 0U);
  daemon.kill();

  Daemon next(engine, auth, "b");
  next.connect();
  next.dispatcher->gone(kId);
  EXPECT_TRUE(engine.run_until([&] { return next.dispatcher->awake() == 0; }));
  EXPECT_EQ(next.slack.calls.back(), "deliver final:DENIED C1");
}

TEST_F(DispatcherTest, WhatWasFoundIsKnownThoughTheRestOfTheStepIsRefused) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_DROP_RECIPIENT);
    answer.receipt = "C1/17.1;t=APPROVED";
    return answer;
  };
  see(request(End::kApproved));
  slack.on_deliver = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
  EXPECT_EQ(slack.events.back().receipt, "C1/17.1;t=APPROVED");
}

TEST_F(DispatcherTest, AThreadThatCannotBeReadDoesNotKeepTheMessageOnPending) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request(End::kNone, 1));
  slack.on_deliver = nullptr;
  see(request(End::kApproved, 1));
  EXPECT_TRUE(engine.run_until([this] { return slack.count("deliver final:APPROVED C1") == 1; },
                               std::chrono::minutes(15)));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("try":"review:0")")) << "not forgotten";
  slack.on_find = nullptr;
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver review:0 C1");
}

TEST_F(DispatcherTest, AReplyThatLetTheEndPassIsLookedForByWhoeverTakesOver) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY_LIMITED);
    answer.retry_after_ms = 3'600'000;
    return answer;
  };
  see(request(End::kNone, 1));
  engine.advance(std::chrono::minutes(1));
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request(End::kApproved, 1));
  ASSERT_EQ(slack.count("deliver final:APPROVED C1"), 1U) << "does not wait for an hour";
  daemon.kill();

  Daemon next(engine, auth, "b");
  next.connect();
  next.slack.on_find = [&](const modules::Event& e) {
    return e.step.kind == model::Step::Kind::kReview ? next.slack.delivered(e)
                                                     : FakeNotifier::failing(NOTIFY_OK_SKIPPED);
  };
  see(next, request(End::kApproved, 1));
  EXPECT_TRUE(engine.run_until([&] { return next.dispatcher->awake() == 0; }));
  EXPECT_THAT(next.slack.calls, ElementsAre("route", "find final:APPROVED C1",
                                            "deliver final:APPROVED C1", "find review:0 C1"));
}

// B was at the same reply when it died.
TEST_F(DispatcherTest, AReplyThatTwoReplicasTriedLetsTheEndPassToo) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [](const modules::Event&) {
    modules::Answer answer = FakeNotifier::failing(NOTIFY_RETRY_LIMITED);
    answer.retry_after_ms = 3'600'000;
    return answer;
  };
  slack.hold = true;
  see(request(End::kNone, 1));
  auth->entries[kId]["notifyd"] =
      R"({"v":1,"to":[{"id":"C1","ok":1,"msg":"C1/17.1","rc":"C1/17.1","try":"review:0"}]})";
  engine.advance(std::chrono::seconds(20));  // a renewal of the claim finds it
  slack.release();
  engine.advance(std::chrono::minutes(1));
  slack.on_deliver = nullptr;
  see(request(End::kApproved, 1));
  engine.advance(std::chrono::minutes(10));
  EXPECT_EQ(slack.count("deliver final:APPROVED C1"), 1U);
  EXPECT_LE(slack.count("find review:0 C1"), 2U);
}

TEST_F(DispatcherTest, AReplyThatCannotBeLookedForKeepsARequestThatIsGoneOnlyForAWhile) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  slack.on_find = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request(End::kNone, 1));
  slack.on_deliver = nullptr;
  gone();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.count("deliver final:EXPIRED C1"), 1U);
}

TEST_F(DispatcherTest, LooksForAnEndAsItWasThoughAnotherWasDecidedSince) {
  see(request());
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_RETRY_UNSURE);
  };
  see(request(End::kApproved));
  slack.on_deliver = nullptr;
  End looked_for = End::kNone;
  slack.on_find = [&](const modules::Event& event) {
    looked_for = event.end;
    return modules::Answer{};
  };
  see(request(End::kDenied));
  EXPECT_TRUE(settle());
  EXPECT_EQ(looked_for, End::kApproved);
  EXPECT_EQ(slack.calls.back(), "deliver final:DENIED C1");
  EXPECT_EQ(slack.events.back().end, End::kDenied);
}

}  // namespace
}  // namespace notifyd::delivery
