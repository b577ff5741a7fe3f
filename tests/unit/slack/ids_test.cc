#include "ids.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fake_host.h"

namespace slack_test {
namespace {

TEST(Ids, AsSlackAnswersThemHaveOneForm) {
  for (const char* id : {"U0BOB", "W012A3CDE", "U1"})
    EXPECT_TRUE(slack::is_answered_user(id)) << id;
  for (const char* id : {"C0DEV00001", "G1", "D0BOB"}) {
    EXPECT_TRUE(slack::is_answered_channel(id)) << id;
    EXPECT_FALSE(slack::is_answered_user(id)) << id;
  }
  for (const std::string& id : {std::string("U"), std::string(), std::string("u0bob"),
                                std::string("U0\0B", 4), std::string("U0\n"), std::string("U0 B"),
                                std::string("U0\xc2\x85"), "U" + std::string(64, '0')}) {
    EXPECT_FALSE(slack::is_answered_user(id)) << id;
  }
}

// The post may be there, so it is looked for before it is made again.
TEST(Ids, PostWhoseAnswerHasNoneIsUnsureAndLeavesNoReceipt) {
  const std::string good = "1700000001.000100";
  for (const auto& [channel, ts] :
       std::vector<std::pair<std::string, std::string>>{{std::string("C0\0DEV", 6), good},
                                                        {"C0DEV00001\n", good},
                                                        {"C0DEV00001,C0OPS", good},
                                                        {"C0DEV00001/1", good},
                                                        {"#dev", good},
                                                        {"C" + std::string(64, '0'), good},
                                                        {"C0DEV00001", "1700000001.000100\r\n"},
                                                        {"C0DEV00001", "1;s=APPROVED"},
                                                        {"C0DEV00001", std::string(33, '1')}}) {
    FakeHost host;
    Workspace workspace(host);
    workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
      if (call.method != "chat.postMessage") return std::nullopt;
      return ok({{"channel", channel}, {"ts", ts}});
    };
    Request request;
    Instance slack(host);
    const Answered answer = slack.answer(slack.deliver(request.event(NOTIFY_REQUEST_PENDING)));
    EXPECT_EQ(answer.rc, notify_rc{NOTIFY_RETRY_UNSURE}) << channel << " " << ts;
    EXPECT_EQ(answer.receipt, "") << channel << " " << ts;
  }
}

}  // namespace
}  // namespace slack_test
