// The mark of an end, when it takes the place of another and when it can't be made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"
#include "steps.h"

namespace slack_test {
namespace {

constexpr const char* kApproved = "C0DEV00001/1700000000.000100;s=APPROVED;x=APPROVED";

class Reactions : public testing::Test {
 protected:
  Answered resolve(std::uint32_t resolution, const std::string& receipt) {
    request.resolution = resolution;
    const notify_ticket ticket =
        slack.deliver(request.event(NOTIFY_REQUEST_RESOLVED, "C0DEV00001", receipt));
    return slack.answer(ticket);
  }

  FakeHost host;
  Workspace workspace{host};
  Instance slack{host};
  Request request;
};

TEST_F(Reactions, OfADecisionThatWasOverruledIsTakenBack) {
  const Answered answer = resolve(NOTIFY_DENIED, kApproved);
  EXPECT_EQ(answer.receipt, "C0DEV00001/1700000000.000100;s=DENIED;x=DENIED");
  ASSERT_EQ(host.count("reactions.remove"), 1U);
  EXPECT_EQ(host.calls_of("reactions.remove").at(0).args["name"], "white_check_mark");
  EXPECT_EQ(host.calls_of("reactions.add").at(0).args["name"], "x");
}

TEST_F(Reactions, WhatMeansTheSameIsNotTakenBack) {
  resolve(NOTIFY_PROMOTED, kApproved);
  EXPECT_EQ(host.count("reactions.remove"), 0U);
}

TEST_F(Reactions, ThatCannotBeTakenBackYetWaits) {
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    return call.method == "reactions.remove" ? std::optional(status(503)) : std::nullopt;
  };
  const Answered waits = resolve(NOTIFY_DENIED, kApproved);
  EXPECT_EQ(waits.rc, static_cast<notify_rc>(NOTIFY_RETRY));
  EXPECT_EQ(host.count("reactions.add"), 0U);
  workspace.first = nullptr;
  EXPECT_EQ(resolve(NOTIFY_DENIED, waits.receipt).rc, static_cast<notify_rc>(NOTIFY_OK));
  EXPECT_EQ(host.count("reactions.add"), 1U);
}

TEST_F(Reactions, ThatAnotherServerRefusesWait) {
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    return call.method == "reactions.add" ? std::optional(error("unknown_method")) : std::nullopt;
  };
  EXPECT_EQ(resolve(NOTIFY_APPROVED, "C0DEV00001/1700000000.000100").rc,
            static_cast<notify_rc>(NOTIFY_RETRY));
}

TEST_F(Reactions, ThatCannotBeMadeAreNotSaidToBe) {
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    return call.method == "reactions.add" ? std::optional(error("too_many_reactions"))
                                          : std::nullopt;
  };
  const Answered answer = resolve(NOTIFY_APPROVED, "C0DEV00001/1700000000.000100");
  EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_OK));
  EXPECT_EQ(host.logged(NOTIFY_LOG_INFO, "reacted"), 0U);
}

}  // namespace
}  // namespace slack_test
