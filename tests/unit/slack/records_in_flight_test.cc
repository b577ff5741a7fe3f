// Requests that an earlier version announced: its records name recipients as it did, and they are
// still the same ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

using testing::ElementsAre;

class RecordsInFlight : public testing::Test {
 protected:
  std::string posted_to(const std::string& recipient, std::uint32_t kind = NOTIFY_REQUEST_PENDING,
                        std::uint32_t audience = NOTIFY_TO_REVIEWER) {
    notify_event event = request.event(kind, recipient, "", audience);
    event.lost = notify::to_str("bob@example.com");
    event.lost_why = notify::to_str("gone");
    slack().answer(slack().deliver(event));
    return host.calls_of("chat.postMessage").back().args["channel"];
  }
  Instance& slack() {
    if (!slack_) slack_.emplace(host);
    return *slack_;
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;

 private:
  std::optional<Instance> slack_;
};

TEST_F(RecordsInFlight, NameTheRecipientsThatARouteNames) {
  host.role_to_recipients = {{"*", {"access-requests", "U0VERA", "ghost@example.com"}}};
  host.options["slack.fallback"] = {"Ops"};
  const Answered answer = slack().answer(slack().route(request.event(NOTIFY_REQUEST_PENDING)));
  std::vector<std::string> ids;
  for (const auto& recipient : answer.recipients) ids.push_back(recipient.id);
  EXPECT_THAT(ids, ElementsAre("#access-requests", "U0VERA", "ghost@example.com", "U0REQUESTER",
                               "fallback:#ops"));
}

TEST_F(RecordsInFlight, AreDeliveredToAsBefore) {
  EXPECT_EQ(posted_to("#access-requests"), "access-requests");
  EXPECT_EQ(posted_to("U123"), "U123");
  EXPECT_EQ(posted_to("C0OPS00001"), "C0OPS00001");
  EXPECT_EQ(posted_to("bob@example.com"), "U0BOB");
  EXPECT_EQ(posted_to("fallback:#x", NOTIFY_GIVEN_UP, NOTIFY_TO_FALLBACK), "x");
  EXPECT_EQ(posted_to("fallback:bob@example.com", NOTIFY_GIVEN_UP, NOTIFY_TO_FALLBACK), "U0BOB");
}

}  // namespace
}  // namespace slack_test
