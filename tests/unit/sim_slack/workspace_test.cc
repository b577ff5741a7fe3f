#include "sim/slack/workspace.h"

#include <future>

#include "slack_fixture.h"

namespace notifyd::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> rules(const Workspace& workspace) {
  std::vector<std::string> result;
  for (const Violation& each : workspace.invariants()) result.push_back(each.rule);
  return result;
}

class WorkspaceTest : public SlackTest {};

TEST_F(WorkspaceTest, PeopleAndChannelsGoByIdNameOrEmail) {
  EXPECT_EQ(workspace.user("alice")->id, alice);
  EXPECT_EQ(workspace.user("alice@example.com")->id, alice);
  EXPECT_EQ(workspace.channel("#general")->id, general);
  EXPECT_EQ(workspace.channel(general)->name, "general");
  EXPECT_FALSE(workspace.user("nobody"));
  EXPECT_THROW(workspace.say("nobody", "general", "x"), std::out_of_range);
}

TEST_F(WorkspaceTest, WaitingEndsWhenTheConditionHolds) {
  auto waiting = std::async(std::launch::async, [&] {
    return workspace.wait_for([&] { return !workspace.messages("general").empty(); });
  });
  workspace.say("alice", "general", "hello");
  EXPECT_TRUE(waiting.get());
  EXPECT_FALSE(workspace.wait_for([] { return false; }, std::chrono::milliseconds(1)));
}

TEST_F(WorkspaceTest, ASubscriberHearsOfChangesUntilItLeaves) {
  int heard = 0;
  auto subscription = workspace.on_change([&] { ++heard; });
  workspace.say("alice", "general", "1");
  subscription.reset();
  workspace.say("alice", "general", "2");
  EXPECT_EQ(heard, 1);
}

TEST_F(WorkspaceTest, TheSameOperationShownTwiceIsAViolation) {
  const auto post_step = [&](const std::string& step) {
    const Json metadata = {{"event_type", "e"}, {"event_payload", {{"step", step}}}};
    call("chat.postMessage", {{"channel", general}, {"text", "x"}, {"metadata", metadata}});
  };
  post_step("1");
  post_step("2");
  EXPECT_THAT(rules(workspace), IsEmpty());
  post_step("1");
  EXPECT_THAT(rules(workspace), ElementsAre("doubled"));
}

TEST_F(WorkspaceTest, MoreThanOnePostASecondSustainedIsAViolation) {
  for (int i = 0; i < 5; ++i) post(general, "burst");
  clock.advance(std::chrono::seconds(1));
  post(general, "in time");
  EXPECT_THAT(rules(workspace), IsEmpty());
  post(general, "too soon");
  EXPECT_THAT(rules(workspace), ElementsAre("rate"));
}

TEST_F(WorkspaceTest, BadCallsAreViolationsUnlessAFaultMadeThem) {
  const std::string foreign = workspace.say("alice", "general", "mine");
  const Json edit = {{"channel", general}, {"ts", foreign}, {"text", "x"}};
  call("chat.update", edit);
  call("chat.postMessage", {{"channel", general}, {"blocks", {{{"type", "nothing"}}}}});
  EXPECT_THAT(rules(workspace), ElementsAre("foreign_edit", "invalid_blocks"));
  workspace.clear_journal();
  server.faults().add(Fault::code("invalid_blocks").nth(1));
  post(general, "x");
  EXPECT_THAT(rules(workspace), IsEmpty());
}

TEST_F(WorkspaceTest, BlocksWithoutTextAndTokensInTextAreViolations) {
  call("chat.postMessage", {{"channel", general}, {"blocks", {{{"type", "divider"}}}}});
  post(general, std::string("my token is ") + kToken);
  // The post shows it, and so does its entry in the journal.
  EXPECT_THAT(rules(workspace), ElementsAre("no_text", "secret", "secret"));
}

}  // namespace
}  // namespace notifyd::sim
