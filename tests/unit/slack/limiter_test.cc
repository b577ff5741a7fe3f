// Pacing as an instance shows it: which calls are made when.
#include "limiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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
  EXPECT_NEAR(slack().answer(later).retry_after_ms, 100'000, 1000);
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
  EXPECT_EQ(slack().answer(ticket).rc, static_cast<notify_rc>(NOTIFY_RETRY));
  EXPECT_GE(slack().answer(ticket).retry_after_ms, 600'000U);
  EXPECT_FALSE(slack().answer(ticket).whole_instance) << "edits are taken";
}

TEST_F(Pacing, PostingThatIsClosedForLongConcernsTheWholeInstance) {
  const notify_ticket ticket = announce("C0DEV00001");
  host.reply(limited("16"));
  EXPECT_TRUE(slack().answer(ticket).whole_instance);
}

TEST_F(Pacing, OtherMethodsThatAreClosedForLongDoNot) {
  const notify_ticket ticket = edit("C0DEV00001");
  host.reply(limited("120"));
  host.reply(ok());  // the reaction
  EXPECT_EQ(slack().answer(ticket).rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_GE(slack().answer(ticket).retry_after_ms, 120'000U);
  EXPECT_FALSE(slack().answer(ticket).whole_instance);
}

TEST_F(Pacing, WhatWaitsUnderANameKeepsThePaceOfTheIdThatItTurnsOutToBe) {
  for (int i = 0; i < 8; ++i) announce("#dev");
  const Workspace workspace(host);
  host.advance(10'000);
  EXPECT_THAT(seconds("chat.postMessage"), ElementsAre(0, 0, 0, 0, 1, 2, 3, 4));
}

TEST_F(Pacing, WhatWaitsUnderANameGoesOnceTheNameIsThatOfAChannelThatIsFree) {
  for (int i = 0; i < 5; ++i) announce("#dev");
  ASSERT_EQ(host.count("chat.postMessage"), 4U);
  host.reply(ok({{"channel", "C0DEV00001"}, {"ts", "1700000001.000100"}}));
  EXPECT_EQ(host.count("chat.postMessage"), 4U);
  for (int i = 0; i < 2; ++i) {
    host.reply(ok({{"channel", "C0OPS00001"}, {"ts", "1700000001.000100"}}));
  }
  EXPECT_EQ(host.count("chat.postMessage"), 5U);
}

// ---- Nobody waits for long ----

TEST_F(Pacing, WhoIsNotServedInFifteenSecondsIsToldWhenToComeAgain) {
  const Workspace workspace(host);
  std::vector<notify_ticket> tickets;
  for (int i = 0; i < 30; ++i) tickets.push_back(announce("C0DEV00001"));
  host.advance(14'999);
  EXPECT_FALSE(slack().answered(tickets.back()));
  host.advance(1);
  EXPECT_EQ(host.count("chat.postMessage"), 4U + 15U);
  std::vector<std::uint32_t> times;
  for (std::size_t i = 19; i < tickets.size(); ++i) {
    const Answered answer = slack().answer(tickets[i]);
    EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
    EXPECT_FALSE(answer.whole_instance);
    times.push_back(answer.retry_after_ms / 1000);
  }
  EXPECT_THAT(times, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) << "one a second";
  EXPECT_EQ(host.timers(), 0U);
}

TEST_F(Pacing, ABacklogThatComesAgainAsToldGoesOutAtTheChannelsPace) {
  const Workspace workspace(host);
  std::multimap<std::uint64_t, int> due;
  for (int i = 0; i < 120; ++i) due.emplace(host.now_ms, i);
  std::vector<notify_ticket> open;
  std::size_t asked = 0;
  while (host.count("chat.postMessage") < 120 && host.now_ms < 1'150'000) {
    for (; !due.empty() && due.begin()->first <= host.now_ms; due.erase(due.begin()), ++asked) {
      open.push_back(announce("C0DEV00001"));
    }
    host.advance(100);
    std::erase_if(open, [&](notify_ticket ticket) {
      if (!slack().answered(ticket)) return false;
      const Answered answer = slack().answer(ticket);
      if (answer.rc != NOTIFY_OK) due.emplace(host.now_ms + answer.retry_after_ms, 0);
      return true;
    });
  }
  EXPECT_EQ(host.count("chat.postMessage"), 120U);
  EXPECT_LT(asked, 2 * 120U) << "hardly anybody is sent away twice";
}

TEST_F(Pacing, ARetryAfterAndTheWaitBeforeItCountTogether) {
  const notify_ticket ticket = announce("C0DEV00001");
  host.reply(limited("9"));
  host.advance(9'500);
  EXPECT_EQ(host.pending.size(), 1U) << "waited out, and tried again";
  host.reply(limited("9"));
  EXPECT_EQ(slack().answer(ticket).rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_NEAR(slack().answer(ticket).retry_after_ms, 9000, 500);
  EXPECT_FALSE(slack().answer(ticket).whole_instance) << "it opens soon enough for the others";
}

TEST_F(Pacing, ACallThatHangsKeepsNobodyWaitingForLong) {
  announce("C0DEV00001");
  host.reply(limited("1"));
  host.advance(1500);  // tried again, alone, and never answered
  ASSERT_EQ(host.pending.size(), 1U);
  const notify_ticket other = announce("C0OPS00001");
  host.advance(15'000);
  EXPECT_EQ(slack().answer(other).rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_GE(slack().answer(other).retry_after_ms, 1000U);
}

TEST_F(Pacing, AReplyIsSentAwayAfterFiveSeconds) {
  for (int i = 0; i < 30; ++i) announce("C0DEV00001");
  request.review("vera@example.com", NOTIFY_APPROVED);
  const notify_ticket ticket = slack().deliver(
      request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", "C0DEV00001/1700000000.000100"));
  const Workspace workspace(host);
  host.advance(5'000);
  const Answered answer = slack().answer(ticket);
  EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_EQ(answer.receipt, "C0DEV00001/1700000000.000100");
}

TEST_F(Pacing, AReplyWhoseEditIsSentAwayStaysInTheReceipt) {
  Workspace workspace(host);
  for (int i = 0; i < 60; ++i) edit("C0CHAN" + std::to_string(1000 + i));
  request.resolution = NOTIFY_UNRESOLVED;
  request.review("vera@example.com", NOTIFY_APPROVED);
  const auto review = [&](const std::string& receipt) {
    return slack().deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", receipt));
  };
  const notify_ticket first = review("C0DEV00001/1700000000.000100");
  host.advance(5'000);
  const Answered answer = slack().answer(first);
  EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_EQ(answer.receipt, "C0DEV00001/1700000000.000100;r=1");
  host.advance(60'000);
  const notify_ticket second = review(answer.receipt);
  EXPECT_EQ(slack().answer(second).rc, static_cast<notify_rc>(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
}

// ---- What is under way ----

TEST_F(Pacing, SoFewAreUnderWayThatNoneMeetsAnotherOnesRetryAfter) {
  host.options["slack.pace"] = {"obey"};
  for (int i = 0; i < 100; ++i) announce("C0CHAN" + std::to_string(1000 + i));
  EXPECT_EQ(host.pending.size(), 16U);
  host.reply(limited("2"));
  while (!host.pending.empty()) host.reply(error("channel_not_found"));
  EXPECT_EQ(host.count("chat.postMessage"), 16U) << "the others wait";
}

TEST_F(Pacing, AsManyAreUnderWayAsComeBackWell) {
  host.options["slack.pace"] = {"obey"};
  for (int i = 0; i < 300; ++i) announce("C0CHAN" + std::to_string(1000 + i));
  std::size_t most = 0;
  while (!host.pending.empty()) {
    most = std::max(most, host.pending.size());
    host.reply(
        ok({{"channel", host.pending.front().args["channel"]}, {"ts", "1700000001.000100"}}));
  }
  EXPECT_EQ(most, 64U);
}

TEST_F(Pacing, AsManyAreUnderWayForOneChannelAsComeBackWellAndLeavePlacesForOthers) {
  host.options["slack.pace"] = {"obey"};
  for (int i = 0; i < 300; ++i) announce("C0DEV00001");
  std::size_t most = 0;
  while (!host.pending.empty()) {
    most = std::max(most, host.pending.size());
    host.reply(ok({{"channel", "C0DEV00001"}, {"ts", "1700000001.000100"}}));
  }
  EXPECT_EQ(most, 48U);
}

TEST_F(Pacing, WhatIsAnsweredSlowlyGetsNoMoreAtOnce) {
  host.options["slack.pace"] = {"obey"};
  for (int i = 0; i < 30; ++i) announce("C0DEV00001");
  for (int i = 0; i < 10; ++i) {
    host.advance(1'001);
    while (!host.pending.empty() && host.pending.front().at_ms < host.now_ms) {
      host.reply(ok({{"channel", "C0DEV00001"}, {"ts", "1700000001.000100"}}));
    }
    EXPECT_LE(host.pending.size(), 4U);
  }
}

TEST_F(Pacing, AChannelThatIsSlowHoldsUpNoOther) {
  host.options["slack.pace"] = {"obey"};
  for (int i = 0; i < 50; ++i) announce("C0SLOW0001");
  EXPECT_EQ(host.pending.size(), 4U);
  announce("C0OPS00001");
  EXPECT_EQ(host.pending.back().args["channel"], "C0OPS00001");
  host.reply(error("channel_not_found"));
  EXPECT_EQ(host.pending.back().args["channel"], "C0SLOW0001") << "one ended, the next one goes";
}

TEST_F(Pacing, ACallThatHangsKeepsNobodyWaitingAfterALimit) {
  host.options["slack.pace"] = {"obey"};
  for (int i = 0; i < 4; ++i) announce("C0SLOW0001");
  announce("C0FULL0001");
  announce("C0OPS00001");
  std::rotate(host.pending.begin(), host.pending.begin() + 4, host.pending.end());
  host.reply(limited("1"));
  host.reply(error("channel_not_found"));
  announce("C0OPS00001");
  host.advance(1500);
  EXPECT_EQ(host.pending.back().args["channel"], "C0OPS00001");
}

TEST_F(Pacing, AChannelThatMetALimitGoesBehindTheOthersThoughManyAreUnderWay) {
  host.options["slack.pace"] = {"obey"};
  announce("C0FULL0001");
  for (int i = 0; i < 15; ++i) announce("C0CHAN" + std::to_string(1000 + i));
  announce("C0FULL0001");
  announce("C0OPS00001");
  host.reply(limited("1"));
  while (!host.pending.empty()) host.reply(error("channel_not_found"));
  host.advance(1500);
  ASSERT_EQ(host.pending.size(), 1U);
  EXPECT_EQ(host.pending.back().args["channel"], "C0OPS00001");
}

TEST_F(Pacing, AChannelThatMetALimitGoesBehindTheOthers) {
  host.options["slack.pace"] = {"obey"};
  announce("C0FULL0001");
  host.reply(limited("1"));
  for (int i = 0; i < 3; ++i) announce("C0FULL0001");
  announce("C0OPS00001");
  host.advance(1500);
  ASSERT_EQ(host.pending.size(), 1U);
  EXPECT_EQ(host.pending.back().args["channel"], "C0OPS00001");
}

// ---- Deadlines: when the claim ends, another replica may send it ----

TEST_F(Pacing, NothingIsPostedOnceItsTimeIsOver) {
  request.deadline_ns = (host.now_ms + 2'500) * 1'000'000;
  std::vector<notify_ticket> tickets;
  for (int i = 0; i < 8; ++i) tickets.push_back(announce("C0DEV00001"));
  host.advance(2'500);
  EXPECT_EQ(slack().answer(tickets.back()).rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  const std::size_t posted = host.count("chat.postMessage");
  host.advance(60'000);
  EXPECT_EQ(host.count("chat.postMessage"), posted);
}

// As when the machine slept: what became due and what is over are seen at once.
TEST_F(Pacing, NothingIsPostedAfterAPauseThatOutlastedItsTime) {
  request.deadline_ns = (host.now_ms + 25'000) * 1'000'000;
  for (int i = 0; i < 20; ++i) announce("C0DEV00001");
  const Workspace workspace(host);
  host.now_ms += 60'000;
  host.advance(60'000);
  EXPECT_EQ(host.count("chat.postMessage"), 4U) << "those that had left before";
}

TEST_F(Pacing, AReplyThatTookLongIsNotFollowedByAnEditOnceItsTimeIsOver) {
  Workspace workspace(host);
  request.review("vera@example.com", NOTIFY_APPROVED);
  request.deadline_ns = (host.now_ms + 2'000) * 1'000'000;
  workspace.first = [this](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method == "chat.postMessage") host.now_ms += 3'000;
    return std::nullopt;
  };
  const notify_ticket ticket = slack().deliver(
      request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", "C0DEV00001/1700000000.000100"));
  const Answered answer = slack().answer(ticket);
  EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_EQ(answer.receipt, "C0DEV00001/1700000000.000100;r=1");
  EXPECT_EQ(host.count("chat.update"), 0U);
}

// ---- The end ----

TEST_F(Pacing, AbandonSendsAwayAllWhoWaitAndLetsEndWhatIsOnTheWire) {
  std::vector<notify_ticket> tickets;
  for (int i = 0; i < 8; ++i) tickets.push_back(announce("C0DEV00001"));
  slack().abandon(tickets[0]);
  for (std::size_t i = 4; i < tickets.size(); ++i) {
    EXPECT_EQ(slack().answer(tickets[i]).rc, static_cast<notify_rc>(NOTIFY_RETRY));
  }
  EXPECT_FALSE(slack().answered(tickets[0]));
  const Workspace workspace(host);
  host.settle();
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(slack().answer(tickets[i]).rc, static_cast<notify_rc>(NOTIFY_OK));
  }
  for (const notify_ticket ticket : tickets) slack().abandon(ticket);  // as the host says it
}

TEST_F(Pacing, AbandonKeepsWhatWasDoneInTheReceiptAndBeginsNothingNew) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  const notify_ticket ticket = slack().deliver(
      request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", "C0DEV00001/1700000000.000100"));
  slack().abandon(ticket);
  host.reply(ok({{"channel", "C0DEV00001"}, {"ts", "1700000001.000100"}}));
  EXPECT_EQ(slack().answer(ticket).rc, static_cast<notify_rc>(NOTIFY_RETRY));
  EXPECT_EQ(slack().answer(ticket).receipt, "C0DEV00001/1700000000.000100;r=1");
  const notify_ticket later = announce("C0OPS00001");
  EXPECT_EQ(slack().answer(later).rc, static_cast<notify_rc>(NOTIFY_RETRY));
  EXPECT_EQ(host.calls.size(), 1U);
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

TEST_F(Pacing, WhatIsLookedForIsAsImportantAsWhatWasPosted) {
  const Workspace workspace(host);
  for (int i = 0; i < 50; ++i) {
    slack().find(request.event(NOTIFY_REQUEST_PENDING, "C0CHAN" + std::to_string(1000 + i)));
  }
  ASSERT_EQ(host.count("conversations.history"), 50U);
  request.resolution = NOTIFY_APPROVED;
  slack().find(request.event(NOTIFY_REQUEST_RESOLVED, "U0VERA", "D0VERA/1700000000.000100",
                             NOTIFY_TO_REQUESTER));
  slack().find(request.event(NOTIFY_REQUEST_PENDING, "C0OPS00001"));
  host.advance(1300);
  EXPECT_EQ(host.calls_of("conversations.history").at(50).args["channel"], "C0OPS00001");
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

}  // namespace
}  // namespace slack_test
