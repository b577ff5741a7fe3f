// Steps of several parts of which one is refused for good: the others are done all the same.
#include <gtest/gtest.h>

#include "fake_host.h"
#include "steps.h"

namespace slack_test {
namespace {

constexpr const char* kReceipt = "C0DEV00001/1700000000.000100";
constexpr const char* kDirect = "D0REQUESTER/1700000000.000100";

notify_rc rc(int code) { return static_cast<notify_rc>(code); }

class PartlyRefused : public testing::Test {
 protected:
  PartlyRefused() {
    workspace.first = [this](const ApiCall& call) -> std::optional<ApiAnswer> {
      const auto answer = answers.find(call.method);
      if (answer == answers.end()) return std::nullopt;
      return answer->second;
    };
  }
  Answered deliver(const notify_event& event) {
    const notify_ticket ticket = slack.deliver(event);
    return slack.answer(ticket);
  }
  Answered deny(const std::string& receipt) {
    request.resolution = NOTIFY_DENIED;
    return deliver(
        request.event(NOTIFY_REQUEST_RESOLVED, "U0REQUESTER", receipt, NOTIFY_TO_REQUESTER));
  }

  std::map<std::string, ApiAnswer> answers;  // by method; the rest as usual
  FakeHost host;
  Workspace workspace{host};
  Instance slack{host};
  Request request;
};

// Given up at once, the copy of who asked would stay on PENDING.
TEST_F(PartlyRefused, AVerdictThatIsRefusedWaitsForTheEditThatIsNot) {
  answers = {{"chat.postMessage", error("restricted_action")}, {"chat.update", status(503)}};
  const Answered waits = deny(kDirect);
  EXPECT_EQ(waits.rc, rc(NOTIFY_RETRY));
  answers.erase("chat.update");
  const Answered done = deny(waits.receipt);
  EXPECT_EQ(done.rc, rc(NOTIFY_DROP_RECIPIENT));
  EXPECT_EQ(done.receipt, std::string(kDirect) + ";s=DENIED;x=DENIED");
}

TEST_F(PartlyRefused, AReviewIsShownThoughItsReplyIsRefused) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  answers = {{"chat.postMessage", error("restricted_action")}};
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt)).rc,
            rc(NOTIFY_DROP_RECIPIENT));
  EXPECT_EQ(host.count("chat.update"), 1U);
}

TEST_F(PartlyRefused, AReviewWhoseReplyMayBeThereIsNotShownYet) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  answers = {{"chat.postMessage", status(503)}};
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt)).rc,
            rc(NOTIFY_RETRY_UNSURE));
  EXPECT_EQ(host.count("chat.update"), 0U);
}

}  // namespace
}  // namespace slack_test
