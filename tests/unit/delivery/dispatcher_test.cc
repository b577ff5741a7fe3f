// The plain way of a request through the dispatcher, and its end when the daemon stops.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(DispatcherTest, AnnouncesAPendingRequestAndRecordsTheMessage) {
  see(request());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));
  EXPECT_EQ(stored("messages"), "C1/17.1");
  EXPECT_EQ(stored("user"), "alice@example.com");
  EXPECT_TRUE(at_rest());
}

TEST_F(DispatcherTest, RecordsTheClaimBeforeAnythingIsSent) {
  slack.hold = true;
  see(request());
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1"));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("claim":{"by":"a")"));
  EXPECT_THAT(stored("notifyd"), HasSubstr(R"("try":"announce")"));
}

TEST_F(DispatcherTest, GivesTheClaimBackWhenNothingIsLeft) {
  see(request());
  EXPECT_THAT(stored("notifyd"), ::testing::Not(HasSubstr("claim")));
}

TEST_F(DispatcherTest, SendsNothingWhileTheRecordCannotBeWritten) {
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

TEST_F(DispatcherTest, AnnouncesOnceHoweverOftenItIsSeen) {
  for (int i = 0; i < 5; ++i) see(request());
  EXPECT_EQ(slack.count("deliver announce C1"), 1U);
}

TEST_F(DispatcherTest, WritesAnswersThatComeTogetherAtOnce) {
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer},
                      {"C2", "C2", model::Audience::kReviewer},
                      {"C3", "C3", model::Audience::kReviewer}};
  see(request());
  EXPECT_EQ(stored("messages"), "C1/17.1,C2/17.2,C3/17.3");
  EXPECT_EQ(std::count(auth->calls.begin(), auth->calls.end(), std::string("write ") + kId), 2);
}

TEST_F(DispatcherTest, RecordsAnswersThatComeWhileItIsWriting) {
  slack.recipients = {{"C1", "C1", model::Audience::kReviewer},
                      {"C2", "C2", model::Audience::kReviewer}};
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

TEST_F(DispatcherTest, TellsEachReviewOnceAndInOrder) {
  see(request());
  see(request(End::kNone, 1));
  see(request(End::kNone, 3));
  EXPECT_THAT(slack.calls, ElementsAre("route", "deliver announce C1", "deliver review:0 C1",
                                       "deliver review:1 C1", "deliver review:2 C1"));
  EXPECT_EQ(stored("reviews_count"), "3");
}

TEST_F(DispatcherTest, TellsTheEndOnce) {
  see(request());
  see(request(End::kApproved));
  see(request(End::kApproved));
  EXPECT_EQ(slack.count("deliver final:APPROVED C1"), 1U);
  EXPECT_EQ(stored("resolution"), "APPROVED");
}

TEST_F(DispatcherTest, ShowsADenialThatOverrulesAnApproval) {
  see(request());
  see(request(End::kApproved));
  see(request(End::kDenied));
  EXPECT_EQ(slack.count("deliver final:DENIED C1"), 1U);
  EXPECT_EQ(stored("resolution"), "DENIED");
}

TEST_F(DispatcherTest, AnOlderViewThatComesLateChangesNothing) {
  slack.hold = true;
  see(request());
  see(request(End::kApproved));
  see(request());  // a list page read before the approval
  slack.release();
  engine.run();
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
  EXPECT_TRUE(at_rest());
}

TEST_F(DispatcherTest, ShowsExpiryFromWhatTheRecordKept) {
  see(request());
  gone();
  EXPECT_EQ(slack.calls.back(), "deliver final:EXPIRED C1");
  EXPECT_EQ(slack.events.back().step, model::Step::tell(model::End::kExpired));
  EXPECT_EQ(slack.events.back().request->user, "alice@example.com");
  EXPECT_EQ(slack.events.back().request->roles.at(0), "editor");
  EXPECT_EQ(stored("resolution"), "EXPIRED");
}

TEST_F(DispatcherTest, TheEndOfApprovedAccessIsNoExpiry) {
  see(request());
  see(request(End::kApproved));
  gone();
  EXPECT_EQ(slack.calls.back(), "deliver final:APPROVED C1");
}

TEST_F(DispatcherTest, SkipsStepsOfAnOlderStatus) {
  see(request(End::kApproved));
  EXPECT_THAT(slack.calls, IsEmpty());
}

TEST_F(DispatcherTest, NobodyToNotifyIsRecordedSoThatItIsAskedOnce) {
  slack.recipients = {};
  see(request());
  see(request(End::kNone, 1));
  EXPECT_EQ(slack.count("route"), 1U);
}

TEST_F(DispatcherTest, TheFallbackAloneIsNobodyToNotify) {
  slack.recipients = {{"C9", "#lost", model::Audience::kFallback}};
  see(request());
  EXPECT_TRUE(settle());
  EXPECT_EQ(daemon.lines->starting("WARN no reviewer is notified").size(), 1U);
}

TEST_F(DispatcherTest, DrainFinishesAndRecordsWhatIsUnderWay) {
  slack.hold = true;
  see(request());
  bool drained = false;
  daemon.dispatcher->drain([&] { drained = true; });
  engine.run();
  EXPECT_FALSE(drained);
  slack.release();
  engine.run();
  EXPECT_TRUE(drained);
  EXPECT_EQ(stored("messages"), "C1/17.1");
}

TEST_F(DispatcherTest, DrainDoesNotWaitForRetries) {
  slack.on_deliver = [](const modules::Event&) { return FakeNotifier::failing(NOTIFY_RETRY); };
  see(request());
  bool drained = false;
  daemon.dispatcher->drain([&] { drained = true; });
  engine.run();
  EXPECT_TRUE(drained);
  EXPECT_THAT(stored("notifyd"), ::testing::Not(HasSubstr("claim"))) << "others may go on at once";
}

}  // namespace
}  // namespace notifyd::delivery
