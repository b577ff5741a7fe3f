// Requests with more suggested reviewers than people are told: whom route() names, what it asks
// Slack for, and what the messages say of the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kChannel[] = "#dev";

class NotTold : public testing::Test {
 protected:
  void suggest(std::size_t n, const std::string& name) {
    for (std::size_t i = 0; i < n; ++i) {
      request.suggested.push_back(name + std::to_string(i) + "@example.com");
    }
  }
  Instance& instance() {
    if (!slack) slack.emplace(host);
    return *slack;
  }
  std::vector<std::string> route() {
    const notify_ticket ticket = instance().route(request.event(NOTIFY_REQUEST_PENDING));
    host.settle();
    std::vector<std::string> ids;
    for (const auto& recipient : instance().answer(ticket).recipients) ids.push_back(recipient.id);
    return ids;
  }
  // How many were not told, as the log has it.
  std::string said() const {
    for (const LogLine& line : host.logs) {
      if (const auto it = line.fields.find("not_told"); it != line.fields.end()) return it->second;
    }
    return "";
  }
  // What Slack shows in the end, and the receipt.
  std::string announce(const std::string& recipient, std::uint32_t audience = NOTIFY_TO_REVIEWER) {
    const notify_event& event = request.event(NOTIFY_REQUEST_PENDING, recipient, "", audience);
    const notify_ticket ticket = instance().deliver(event);
    host.settle();
    receipt = instance().answer(ticket).receipt;
    return host.calls.back().raw_body;
  }
  std::string edited(std::uint32_t kind) {
    const notify_ticket ticket = instance().deliver(request.event(kind, kChannel, receipt));
    host.settle();
    receipt = instance().answer(ticket).receipt;
    return host.calls_of("chat.update").back().raw_body;
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;
  std::optional<Instance> slack;
  std::string receipt;
};

TEST_F(NotTold, OfFiveThousandSuggestedReviewersThirtyGetDirectMessages) {
  suggest(5'000, "user");
  EXPECT_EQ(route().size(), 1U + 30U + 1U) << "the channel, them, and who asked";
  EXPECT_LE(host.count("users.lookupByEmail"), 31U);
}

TEST_F(NotTold, TwentyThousandUnknownOnesCostThirtyQuestions) {
  host.options["slack.notify_requester"] = {"false"};
  suggest(20'000, "ghost");
  EXPECT_EQ(route().size(), 1U + 30U);
  EXPECT_LE(host.count("users.lookupByEmail"), 30U);
}

TEST_F(NotTold, TheFirstNamedAreToldAndRepetitionsDoNotCount) {
  host.options["slack.max_direct_messages"] = {"2"};
  host.options["slack.notify_requester"] = {"false"};
  request.suggested = {"vera@example.com", "VERA@example.com", "dev", "viktor@example.com",
                       "bob@example.com"};
  EXPECT_THAT(route(), ElementsAre("#dev", "U0VERA", "U0VIKTOR"));
  EXPECT_EQ(said(), "1");
}

TEST_F(NotTold, WhomTheConfigurationNamesIsToldAndSuggestedOnesFillWhatIsLeft) {
  host.options["slack.max_direct_messages"] = {"2"};
  host.options["slack.notify_requester"] = {"false"};
  host.role_to_recipients = {{"*", {"#dev", "ada@example.com"}}};
  request.suggested = {"ada@example.com", "vera@example.com", "viktor@example.com"};
  EXPECT_THAT(route(), ElementsAre("#dev", "U0ADA", "U0VERA"));
}

TEST_F(NotTold, WhomTheConfigurationNamesIsToldBeyondTheLimitToo) {
  host.options["slack.max_direct_messages"] = {"2"};
  host.options["slack.notify_requester"] = {"false"};
  request.suggested = {"vera@example.com"};
  host.role_to_recipients = {{"*", {"ada@example.com", "bob@example.com", "eve@example.com"}}};
  EXPECT_THAT(route(), ElementsAre("U0ADA", "U0BOB", "U0EVE"));
}

TEST_F(NotTold, NoneIsALimitToo) {
  host.options["slack.max_direct_messages"] = {"0"};
  suggest(3, "user");
  EXPECT_THAT(route(), ElementsAre("#dev", "U0REQUESTER"));
}

TEST_F(NotTold, IsSaidOnceARequestInTheLog) {
  suggest(40, "user");
  route();
  route();
  EXPECT_EQ(host.logged(NOTIFY_LOG_INFO, "suggested reviewers are not told"), 1U);
}

TEST_F(NotTold, TheChannelsMessageSaysItAndEveryEditOfIt) {
  suggest(1'000, "user");
  EXPECT_THAT(announce(kChannel), HasSubstr("+970 not told"));
  request.review("vera@example.com", NOTIFY_APPROVED);
  EXPECT_THAT(edited(NOTIFY_REQUEST_REVIEWED), HasSubstr("+970 not told"));
  request.suggested.clear();  // as the record keeps a request that Teleport has no more
  EXPECT_THAT(edited(NOTIFY_REQUEST_EXPIRED), HasSubstr("+970 not told"));
}

TEST_F(NotTold, DirectMessagesSayItWhereThereIsNoChannel) {
  suggest(31, "user");
  host.role_to_recipients = {{"*", {}}};
  EXPECT_THAT(announce("U0VERA"), HasSubstr("+1 not told"));
}

TEST_F(NotTold, DirectMessagesDoNotSayItWhereAChannelDoes) {
  suggest(31, "user");
  EXPECT_THAT(announce("U0VERA"), Not(HasSubstr("not told")));
}

TEST_F(NotTold, WhereAllAreToldNothingIsSaid) {
  suggest(30, "user");
  EXPECT_THAT(announce(kChannel), Not(HasSubstr("not told")));
  EXPECT_EQ(receipt.find(";u="), std::string::npos);
}

}  // namespace
}  // namespace slack_test
