// Pacing as an instance shows it: which calls are made when.
#include "limiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

using testing::ElementsAre;

class Pacing : public testing::Test {
 protected:
  notify_ticket announce(const std::string& channel) {
    return slack().deliver(request.event(NOTIFY_REQUEST_PENDING, channel));
  }
  notify_ticket edit(const std::string& channel) {
    request.resolution = NOTIFY_APPROVED;
    return slack().deliver(
        request.event(NOTIFY_REQUEST_RESOLVED, channel, channel + "/1700000000.000100"));
  }
  Instance& slack() {
    if (!slack_) slack_.emplace(host);
    return *slack_;
  }
  std::vector<std::uint64_t> seconds(const std::string& method) const {
    std::vector<std::uint64_t> out;
    for (const ApiCall& call : host.calls_of(method)) {
      out.push_back((call.at_ms - 1'000'000) / 1000);
    }
    return out;
  }

  FakeHost host;
  Request request;

 private:
  std::optional<Instance> slack_;
};

TEST_F(Pacing, AChannelGetsABurstOfFourThenOneASecond) {
  const Workspace workspace(host);
  for (int i = 0; i < 8; ++i) announce("C0DEV00001");
  EXPECT_EQ(host.count("chat.postMessage"), 4U);
  host.advance(10'000);
  EXPECT_THAT(seconds("chat.postMessage"), ElementsAre(0, 0, 0, 0, 1, 2, 3, 4));
}

TEST_F(Pacing, AFullChannelHoldsUpNoOther) {
  const Workspace workspace(host);
  for (int i = 0; i < 50; ++i) announce("C0DEV00001");
  const notify_ticket other = announce("C0OPS00001");
  EXPECT_TRUE(slack().answered(other));
}

TEST_F(Pacing, TheWorkspaceGetsTwoHundredFortyPostsAMinute) {
  const Workspace workspace(host);
  for (int i = 0; i < 300; ++i) announce("C0CHAN" + std::to_string(1000 + i));
  EXPECT_EQ(host.count("chat.postMessage"), 240U);
  host.advance(1000);
  EXPECT_EQ(host.count("chat.postMessage"), 244U);
  host.advance(60'000);
  EXPECT_EQ(host.count("chat.postMessage"), 300U);
}

TEST_F(Pacing, EditsKeepToFiftyAMinute) {
  const Workspace workspace(host);
  for (int i = 0; i < 60; ++i) edit("C0CHAN" + std::to_string(1000 + i));
  EXPECT_EQ(host.count("chat.update"), 50U);
  host.advance(60'000);
  EXPECT_EQ(host.count("chat.update"), 60U);
}

TEST_F(Pacing, ObeySendsAtOnce) {
  host.options["slack.pace"] = {"obey"};
  const Workspace workspace(host);
  for (int i = 0; i < 500; ++i) announce("C0DEV00001");
  EXPECT_EQ(host.count("chat.postMessage"), 500U);
  EXPECT_EQ(host.timers(), 0U);
}

TEST_F(Pacing, NoCallInsideARetryAfterWhileOtherMethodsGoOn) {
  const notify_ticket first = announce("C0DEV00001");
  host.reply(limited("5"));
  const notify_ticket second = announce("C0OPS00001");
  EXPECT_FALSE(slack().answered(first));
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  edit("C0DEV00001");
  EXPECT_EQ(host.count("chat.update"), 1U);
  host.advance(5000);
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  const Workspace workspace(host);
  host.advance(500);
  EXPECT_EQ(host.count("chat.postMessage"), 3U);
  EXPECT_TRUE(slack().answered(first));
  EXPECT_TRUE(slack().answered(second));
}

TEST_F(Pacing, AfterAGateWhatWaitedGoesOneByOneUntilItWorks) {
  host.options["slack.pace"] = {"obey"};
  announce("C0DEV00001");
  host.reply(limited("1"));
  for (int i = 0; i < 10; ++i) announce("C0DEV00001");
  host.advance(1500);
  EXPECT_EQ(host.pending.size(), 1U) << "one call shows whether the limit still holds";
  host.reply(limited("1"));
  host.advance(500);
  EXPECT_EQ(host.pending.size(), 0U);
  const Workspace workspace(host);
  host.advance(2000);
  EXPECT_EQ(host.count("chat.postMessage"), 2U + 11U);
}

TEST_F(Pacing, ALongWaitIsHandedToTheHost) {
  const notify_ticket waiting_from_before = announce("C0DEV00001");
  host.reply(limited("120"));
  EXPECT_EQ(slack().answer(waiting_from_before).rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_GE(slack().answer(waiting_from_before).retry_after_ms, 120'000U);
  host.advance(20'000);
  const notify_ticket later = announce("C0OPS00001");
  EXPECT_EQ(slack().answer(later).rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_NEAR(slack().answer(later).retry_after_ms, 100'000, 100);
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
}

TEST_F(Pacing, ThoseWhoWaitAreToldWhenTheGateGetsLong) {
  std::vector<notify_ticket> tickets;
  for (int i = 0; i < 6; ++i) tickets.push_back(announce("C0DEV00001"));
  for (int i = 0; i < 4; ++i) host.reply(limited("300"));
  for (const notify_ticket ticket : tickets) {
    EXPECT_EQ(slack().answer(ticket).rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  }
}

TEST_F(Pacing, AUsedUpPlanIsALongWait) {
  const notify_ticket ticket = announce("C0DEV00001");
  host.reply(error("message_limit_exceeded"));
  EXPECT_EQ(slack().answer(ticket).rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_GE(slack().answer(ticket).retry_after_ms, 600'000U);
}

TEST_F(Pacing, TheImportantGoFirst) {
  for (int i = 0; i < 4; ++i) announce("C0DEV00001");  // the burst
  request.review("vera@example.com", NOTIFY_APPROVED);
  slack().deliver(
      request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", "C0DEV00001/1700000000.000100"));
  slack().deliver(request.event(NOTIFY_REQUEST_PENDING, "C0DEV00001", "", NOTIFY_TO_REQUESTER));
  announce("C0DEV00001");
  const Workspace workspace(host);
  host.advance(10'000);
  std::vector<std::string> steps;
  for (const ApiCall& call : host.calls_of("chat.postMessage")) {
    steps.push_back(call.args["metadata"]["event_payload"]["step"]);
  }
  ASSERT_EQ(steps.size(), 7U);
  EXPECT_EQ(steps[4], "announce");
  EXPECT_EQ(steps[5], "reply");
  EXPECT_EQ(steps[6], "announce") << "the requester's copy comes after, first come first served";
}

TEST_F(Pacing, OneTimerServesAllWhoWait) {
  const Workspace workspace(host);
  for (int i = 0; i < 100; ++i) announce(i % 2 == 0 ? "C0DEV00001" : "C0OPS00001");
  EXPECT_EQ(host.timers(), 1U);
}

TEST_F(Pacing, DestroyAnswersAllWhoWait) {
  std::vector<notify_ticket> tickets;
  for (int i = 0; i < 10; ++i) tickets.push_back(announce("C0DEV00001"));
  tickets.push_back(slack().route(request.event(NOTIFY_REQUEST_PENDING)));
  slack().destroy();
  for (const notify_ticket ticket : tickets) {
    EXPECT_EQ(slack().answer(ticket).rc, static_cast<notify_rc>(NOTIFY_CANCELLED));
  }
  EXPECT_EQ(host.timers(), 0U);
  EXPECT_TRUE(host.pending.empty());
}

TEST(Bucket, GivesItsTokensBackOneByOne) {
  slack::Bucket bucket(1000, 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_LE(bucket.ready_at(), 5000U);
    bucket.take(5000);
  }
  EXPECT_EQ(bucket.ready_at(), 6000U);
  EXPECT_FALSE(bucket.full(7999));
  EXPECT_TRUE(bucket.full(8000));
}

}  // namespace
}  // namespace slack_test
