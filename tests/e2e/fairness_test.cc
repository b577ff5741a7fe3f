// One person's flood, with the real daemon at Slack's published pace.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/world.h"

namespace notifyd::test {
namespace {

constexpr char kChannel[] = "#access-requests";

TEST(Fairness, AFloodIsAFewMessagesAndOneDigestAndHoldsUpNobody) {
  WorldOptions options;
  options.slack_options = "notify_requester = false\n";
  options.digests = true;
  options.host_options = "[delivery]\ndigest_after = 5\n";
  World world(options);
  world.start();
  std::vector<std::string> flood;
  for (int i = 0; i < 60; ++i) flood.push_back(world.request());
  const std::string bobs =
      world.request([](sim::NewRequest& what) { what.user = "bob@example.com"; });
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, bobs).has_value(); },
                               std::chrono::seconds(10)));
  const auto digest = [&](const std::string& text) {
    const auto messages = world.messages(kChannel);
    return std::ranges::count_if(messages, [&](const sim::SlackMessage& message) {
      return message.text.find("gathered in one message") != std::string::npos &&
             message.text.find(text) != std::string::npos;
    });
  };
  // How many had gone before the others came is a matter of milliseconds.
  const auto in_digest = [&] { return flood.size() + 2 - world.messages(kChannel).size(); };
  const auto says = [&](const std::string& what) {
    return digest(std::to_string(in_digest()) + what) == 1;
  };
  EXPECT_TRUE(world.eventually([&] { return says(" open Access Requests"); }));
  EXPECT_GE(in_digest(), 30U);
  for (const std::string& id : flood) world.resolve(id, true);
  EXPECT_TRUE(world.eventually([&] { return says(" approved"); }));
  EXPECT_EQ(digest(""), 1);
}

}  // namespace
}  // namespace notifyd::test
