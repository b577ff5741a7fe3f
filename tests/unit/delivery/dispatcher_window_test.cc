// Many requests, few places: what waits for its turn costs nothing and holds up nobody.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class DispatcherWindowTest : public DispatcherTest {
 protected:
  DispatcherWindowTest() {
    narrow.connect();
    narrow.slack.hold = true;
  }

  static DeliveryOptions one_place() {
    DeliveryOptions options = Daemon::options("narrow");
    options.window_per_recipient = 1;
    return options;
  }
  void see_in_turn(const AccessRequest& r) { see(narrow, r); }

  Daemon narrow{engine, auth, one_place()};
};

TEST_F(DispatcherWindowTest, WhatWaitsForItsTurnIsNeitherClaimedNorWritten) {
  see_in_turn(request("1"));
  see_in_turn(request("2"));
  EXPECT_THAT(narrow.slack.calls, ElementsAre("route", "deliver announce C1", "route"));
  EXPECT_THAT(auth->calls, Not(Contains("write 2")));
  engine.advance(std::chrono::minutes(5));
  EXPECT_THAT(auth->calls, Not(Contains("write 2")));
}

TEST_F(DispatcherWindowTest, TheNextGoesWhenOneIsDone) {
  for (const char* id : {"1", "2", "3"}) see_in_turn(request(id));
  for (std::size_t done = 1; done <= 3; ++done) {
    EXPECT_EQ(narrow.slack.count("deliver announce C1"), done);
    narrow.slack.release_one();
    engine.run();
  }
  EXPECT_EQ(narrow.dispatcher->awake(), 0U);
}

TEST_F(DispatcherWindowTest, ASlowRecipientHoldsUpNoOtherOfTheSameRequest) {
  see_in_turn(request("1"));
  narrow.slack.recipients.push_back({"C2", "#other", model::Audience::kReviewer});
  see_in_turn(request("2"));
  EXPECT_EQ(narrow.slack.count("deliver announce C2"), 1U);
  EXPECT_EQ(narrow.slack.count("deliver announce C1"), 1U);
}

TEST_F(DispatcherWindowTest, WhoCannotBeRecordedGivesUpItsPlace) {
  auth->before = [](const std::string& what) -> std::optional<Error> {
    if (what != "write 1") return std::nullopt;
    return Error{Errc::kInvalid, "too large"};
  };
  see_in_turn(request("1"));
  see_in_turn(request("2"));
  EXPECT_EQ(narrow.slack.count("deliver announce C1"), 1U);
}

TEST_F(DispatcherWindowTest, AnAnnouncementGoesBeforeAReplyThatWaitsLonger) {
  see_in_turn(request("1"));
  narrow.slack.release_one();
  engine.run();
  see_in_turn(request("2"));
  see_in_turn(request("1", End::kNone, 1));
  see_in_turn(request("3"));
  narrow.slack.calls.clear();
  while (narrow.slack.held() > 0) {
    narrow.slack.release_one();
    engine.run();
  }
  EXPECT_THAT(narrow.slack.calls, ElementsAre("deliver announce C1", "deliver review:0 C1"));
}

TEST_F(DispatcherWindowTest, ARequestThatEndsWhileItWaitsLeavesTheLine) {
  see_in_turn(request("1"));
  see_in_turn(request("2"));
  see_in_turn(request("2", End::kApproved));
  narrow.slack.release();
  engine.run();
  EXPECT_EQ(narrow.slack.count("deliver announce C1"), 1U);
  EXPECT_EQ(narrow.dispatcher->awake(), 0U);
}

TEST_F(DispatcherWindowTest, WhatWaitsForItsTurnDoesNotHoldUpAStop) {
  for (const char* id : {"1", "2", "3"}) see_in_turn(request(id));
  bool drained = false;
  narrow.dispatcher->drain([&] { drained = true; });
  narrow.slack.release();
  engine.run();
  EXPECT_TRUE(drained);
  EXPECT_EQ(narrow.slack.count("deliver announce C1"), 1U);
}

TEST_F(DispatcherWindowTest, WhatAnotherReplicaTookFreesItsPlace) {
  slack.hold = true;
  see(request("1"));  // by the other one, whose claim runs now
  see_in_turn(request("1"));
  see_in_turn(request("2"));
  EXPECT_THAT(narrow.slack.calls, ElementsAre("route", "deliver announce C1"))
      << "the first is not even routed: somebody has it";
  EXPECT_EQ(narrow.slack.events.back().key, "slack/2/C1/announce");
}

AccessRequest of_bob(AccessRequest request) {
  request.user = "bob@example.com";
  return request;
}

TEST_F(DispatcherWindowTest, ARequestIsNextThoughAnotherPersonHasTenThousandWaiting) {
  for (int i = 0; i < 10'000; ++i) see_in_turn(request(std::to_string(i)));
  see_in_turn(of_bob(request("bobs")));
  ASSERT_EQ(narrow.slack.count("deliver announce C1"), 1U);
  narrow.slack.release_one();
  engine.run();
  EXPECT_EQ(narrow.slack.count("deliver announce C1"), 2U);
  EXPECT_EQ(narrow.slack.events.back().key, "slack/bobs/C1/announce");
}

TEST_F(DispatcherWindowTest, WhomItConcernsIsAskedByTurnsToo) {
  narrow.slack.hold_routes = true;
  for (int i = 0; i < 100; ++i) see_in_turn(request(std::to_string(i)));
  see_in_turn(of_bob(request("bobs")));
  ASSERT_EQ(narrow.slack.calls.size(), 1U);
  narrow.slack.release_one();
  engine.run();
  EXPECT_EQ(narrow.slack.events.back().request->id, "bobs");
}

TEST_F(DispatcherTest, WaitingForItsTurnIsNoFailure) {
  slack.on_deliver = [&](const modules::Event& event) {
    EXPECT_EQ(event.attempt, 0U);
    auto answer = FakeNotifier::failing(NOTIFY_RETRY_LIMITED);
    answer.retry_after_ms = 1000;
    return answer;
  };
  see(request());
  engine.advance(std::chrono::seconds(60));
  EXPECT_GE(slack.count("deliver announce C1"), 20U) << "the waits don't grow";
}

TEST_F(DispatcherTest, WhatIsSentIsToBeSentWhileTheClaimLasts) {
  see(request());
  const auto& announced = slack.events.back();
  const Millis claim = DeliveryOptions().claim_time;
  EXPECT_GE(announced.deadline, engine.now() + claim / 2);
  EXPECT_LT(announced.deadline, engine.now() + claim);
}

}  // namespace
}  // namespace notifyd::delivery
