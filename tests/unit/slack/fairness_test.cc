// One person's many requests do not hold up another's one.
#include <gtest/gtest.h>

#include <optional>

#include "fake_host.h"

namespace slack_test {
namespace {

// Alice has as many deliveries open as the host ever has for one channel.
class Fairness : public testing::Test {
 protected:
  Fairness() { bobs.user = "bob@example.com"; }

  Instance& slack() {
    if (!slack_) slack_.emplace(host);
    return *slack_;
  }
  void announce(const std::string& channel = "C0DEV00001") {
    slack().deliver(request.event(NOTIFY_REQUEST_PENDING, channel));
  }
  void flood(const std::string& channel = "C0DEV00001") {
    for (int i = 0; i < 64; ++i) announce(channel);
  }
  notify_ticket announce_bobs(const std::string& channel = "C0DEV00001") {
    return slack().deliver(bobs.event(NOTIFY_REQUEST_PENDING, channel));
  }
  // How many posts there are once Bob's is, which counts.
  std::size_t posts_until_bobs() {
    for (int i = 0; i < 1000; ++i, host.advance(100)) {
      std::size_t posts = 0;
      for (const ApiCall& call : host.calls_of("chat.postMessage")) {
        ++posts;
        if (call.raw_body.find(bobs.user) != std::string::npos) return posts;
      }
    }
    return 0;
  }

  FakeHost host;
  Request request, bobs;

 private:
  std::optional<Instance> slack_;
};

TEST_F(Fairness, ARequestIsTheNextMessageThoughAnotherPersonHasSixtyWaiting) {
  const Workspace workspace(host);
  flood();
  ASSERT_EQ(host.count("chat.postMessage"), 4U) << "60 wait, for a minute";
  const notify_ticket ticket = announce_bobs();
  host.advance(1000);
  EXPECT_TRUE(slack().answered(ticket));
  EXPECT_EQ(posts_until_bobs(), 5U);
}

TEST_F(Fairness, TheWorkspacesPaceIsSharedByTurnsToo) {
  const Workspace workspace(host);
  for (int i = 0; i < 300; ++i) announce("C0CHAN" + std::to_string(1000 + i));
  ASSERT_EQ(host.count("chat.postMessage"), 240U);
  announce_bobs("C0CHAN1299");  // where one of hers waits before it
  host.advance(250);
  EXPECT_EQ(posts_until_bobs(), 241U);
}

TEST_F(Fairness, WhatSlackPutOffForAllIsTakenUpByTurns) {
  announce("C0OTHER001");
  host.reply(limited("120"));
  for (int i = 0; i < 40; ++i) announce("C0DEV00001");
  const Answered told = slack().answer(announce_bobs());
  EXPECT_EQ(told.rc, static_cast<notify_rc>(NOTIFY_RETRY_LIMITED));
  EXPECT_LE(told.retry_after_ms, 123'000U) << "and not behind forty of Alice's";
}

TEST_F(Fairness, EditsTakeTurns) {
  const Workspace workspace(host);
  request.resolution = bobs.resolution = NOTIFY_DENIED;
  for (int i = 0; i < 90; ++i) {
    slack().deliver(
        request.event(NOTIFY_REQUEST_RESOLVED, "C0DEV00001", "C0DEV00001/1700000000.000100"));
  }
  ASSERT_EQ(host.count("chat.update"), 50U);
  const notify_ticket ticket = slack().deliver(
      bobs.event(NOTIFY_REQUEST_RESOLVED, "C0DEV00001", "C0DEV00001/1700000000.000200"));
  host.advance(1'300);
  EXPECT_EQ(host.count("chat.update"), 51U);
  host.advance(2'000);
  EXPECT_TRUE(slack().answered(ticket));
}

}  // namespace
}  // namespace slack_test
