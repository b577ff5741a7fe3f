// What becomes of recipients that a person can make reachable again: a channel that is archived, or
// that the app is not in, a person who is not in the workspace yet.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

class UnreachableTest : public DispatcherTest {
 protected:
  UnreachableTest() { refuse(daemon); }

  static void refuse(Daemon& at) {
    at.slack.on_deliver = [&at](const modules::Event& event) {
      if (event.recipient.id != "C1") return at.slack.delivered(event);
      return FakeNotifier::failing(NOTIFY_DROP_RECIPIENT, "is_archived: the channel is archived");
    };
  }
  void mend() { slack.on_deliver = nullptr; }
  std::size_t announced() const { return slack.count("deliver announce C1"); }
  bool all_announced(std::size_t requests) const {
    return std::ranges::count_if(auth->entries, [](const auto& entry) {
             return entry.second.contains("messages") && !entry.second.at("messages").empty();
           }) == static_cast<std::ptrdiff_t>(requests);
  }
};

TEST_F(UnreachableTest, IsTriedAgainByItselfAndAnnouncedOnceItIsMended) {
  see(request());
  mend();
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C1/17.1");
  EXPECT_THAT(daemon.lines->starting("INFO recipient is reached after all"), SizeIs(1));
  EXPECT_THAT(stored("notifyd"), Not(HasSubstr("is_archived")));
}

TEST_F(UnreachableTest, IsTriedAfterMinutesAndLaterOnceAnHour) {
  see(request());
  engine.advance(std::chrono::minutes(10));
  EXPECT_THAT(announced(), AllOf(Ge(3U), Le(5U)));
  engine.advance(std::chrono::hours(50));
  const std::size_t before = announced();
  engine.advance(std::chrono::hours(12));
  EXPECT_THAT(announced() - before, AllOf(Ge(11U), Le(17U)));
}

TEST_F(UnreachableTest, IsSaidOnceHoweverOftenItIsTried) {
  see(request());
  engine.advance(std::chrono::hours(24));
  EXPECT_THAT(daemon.lines->starting("WARN recipient can't be reached, trying again now and then"),
              SizeIs(1));
}

TEST_F(UnreachableTest, IsTriedAtOnceWhenToldTo) {
  see(request());
  engine.advance(std::chrono::hours(20));
  mend();
  const TimePoint before = engine.now();
  daemon.dispatcher->retry_now();
  EXPECT_TRUE(settle());
  EXPECT_EQ(stored("messages"), "C1/17.1");
  EXPECT_LT(engine.now() - before, std::chrono::seconds(1));
}

TEST_F(UnreachableTest, IsTriedAtOnceByTheNextProcess) {
  see(request());
  daemon.kill();
  Daemon next(engine, auth, "b");
  next.connect();
  engine.advance(std::chrono::minutes(1));  // the claim of the one that died ends
  see(next, request());
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(UnreachableTest, ANameThatWasCorrectedIsToldOfWhatStillWaits) {
  see(request());
  daemon.kill();
  Daemon next(engine, auth, "b");
  refuse(next);
  next.slack.recipients = {{"C2", "#right", model::Audience::kReviewer}};
  next.connect();
  engine.advance(std::chrono::minutes(1));
  see(next, request());
  EXPECT_EQ(stored("messages"), "C2/17.1");
  EXPECT_EQ(next.slack.count("deliver announce C1"), 0U);
}

TEST_F(UnreachableTest, ReviewersAreNotTriedAnyMoreOnceItIsDecided) {
  see(request());
  see(request(End::kApproved));
  EXPECT_TRUE(at_rest());
  engine.advance(std::chrono::hours(3));
  EXPECT_EQ(announced(), 1U);
}

TEST_F(UnreachableTest, ManyRequestsForOneChannelCostWhatOneDoes) {
  for (int i = 0; i < 300; ++i) see(request(std::to_string(i)));
  engine.advance(std::chrono::hours(24));
  EXPECT_LE(announced(), 300U + 40U);
  mend();
  ASSERT_TRUE(engine.run_until([this] { return all_announced(300); }));
}

TEST_F(UnreachableTest, AStartWithManyOfThemAsksOnce) {
  for (int i = 0; i < 300; ++i) see(request(std::to_string(i)));
  daemon.kill();
  engine.advance(std::chrono::minutes(1));
  Daemon next(engine, auth, "b");
  refuse(next);
  next.connect();
  for (int i = 0; i < 300; ++i) see(next, request(std::to_string(i)));
  EXPECT_EQ(next.slack.count("deliver announce C1"), 1U);
}

TEST_F(UnreachableTest, ANewRequestThatGetsThroughBringsTheOthers) {
  for (int i = 0; i < 20; ++i) see(request("old-" + std::to_string(i)));
  engine.advance(std::chrono::hours(20));
  mend();
  const TimePoint before = engine.now();
  see(request("new"));
  EXPECT_TRUE(settle());
  EXPECT_TRUE(all_announced(21));
  EXPECT_LT(engine.now() - before, std::chrono::seconds(10));
}

TEST_F(UnreachableTest, ATurnThatComesToNothingGoesToTheNext) {
  see(request("first"));
  see(request("second"));
  see(request("first", End::kDenied));  // its turn will come first
  mend();
  EXPECT_TRUE(settle());
  EXPECT_THAT(auth->entries["second"]["messages"], "C1/17.1");
}

TEST_F(UnreachableTest, AnEndThatWasRefusedIsShownOnceItIsMended) {
  mend();
  see(request());
  refuse(daemon);
  see(request(End::kApproved, 0));
  mend();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
  EXPECT_EQ(stored("resolution"), "APPROVED");
}

TEST_F(UnreachableTest, AReplyThatWasRefusedIsPostedOnceItIsMended) {
  mend();
  see(request());
  refuse(daemon);
  see(request(End::kNone, 1));
  mend();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver review:0 C1");
  EXPECT_EQ(stored("reviews_count"), "1");
}

TEST_F(UnreachableTest, WhoAskedIsToldOfTheDecisionOnceTheyAreThere) {
  slack.recipients = {{"C1", "alice@example.com", model::Audience::kRequester}};
  see(request());
  see(request(End::kDenied));
  mend();
  EXPECT_TRUE(settle());
  EXPECT_EQ(slack.calls.back(), "deliver final:DENIED C1");
}

TEST_F(UnreachableTest, WhatWasRefusedForItsContentIsNeverTriedAgain) {
  slack.on_deliver = [](const modules::Event&) {
    return FakeNotifier::failing(NOTIFY_DROP_PAYLOAD, "invalid_blocks");
  };
  see(request());
  EXPECT_TRUE(at_rest());
  daemon.kill();
  Daemon next(engine, auth, "b");
  next.connect();
  engine.advance(std::chrono::minutes(1));
  see(next, request());
  EXPECT_THAT(next.slack.calls, IsEmpty());
}

// As every release before this one wrote it.
TEST_F(UnreachableTest, WhoWasGivenUpByAnOlderVersionIsTriedAgain) {
  mend();
  auth->entries[kId] = {
      {"user", "alice@example.com"},
      {"notifyd", R"({"v":1,"to":[{"id":"C1","as":"#approvals","bad":"not_in_channel"}]})"}};
  see(request());
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(UnreachableTest, TheFallbackHearsThatItIsTriedAgainAndHearsOfALaterLossAnew) {
  slack.recipients.push_back({"C9", "#ops", model::Audience::kFallback});
  see(request());
  ASSERT_EQ(slack.calls.back(), "deliver given-up:C1 C9");
  EXPECT_TRUE(slack.events.back().lost_tried_again);
  mend();
  ASSERT_TRUE(settle());
  refuse(daemon);
  see(request(End::kApproved));
  EXPECT_EQ(slack.count("deliver given-up:C1 C9"), 2U);
}

TEST_F(UnreachableTest, TheFallbackHearsThatWhatIsMalformedIsNotTriedAgain) {
  slack.recipients.push_back({"C9", "#ops", model::Audience::kFallback});
  slack.on_deliver = [this](const modules::Event& event) {
    return event.recipient.id == "C1" ? FakeNotifier::failing(NOTIFY_DROP_PAYLOAD)
                                      : slack.delivered(event);
  };
  see(request());
  ASSERT_EQ(slack.calls.back(), "deliver given-up:C1 C9");
  EXPECT_FALSE(slack.events.back().lost_tried_again);
}

// Whoever starts next would wait for it in vain.
TEST_F(UnreachableTest, AStopWhileTheLastAnswerIsWrittenGivesTheClaimBack) {
  bool drained = false;
  slack.hold = true;
  see(request());
  auth->hold = true;
  slack.release();
  engine.run();  // the answer is being written
  daemon.dispatcher->drain([&] { drained = true; });
  auth->release();
  engine.run();
  EXPECT_TRUE(drained);
  EXPECT_THAT(stored("notifyd"), Not(HasSubstr("claim")));
}

TEST_F(DispatcherTest, ThatOnlyTheRequesterIsToldIsSaid) {
  slack.recipients = {{"U1", "alice@example.com", model::Audience::kRequester}};
  see(request());
  EXPECT_THAT(daemon.lines->starting("WARN no reviewer is notified"), SizeIs(1));
}

}  // namespace
}  // namespace notifyd::delivery
