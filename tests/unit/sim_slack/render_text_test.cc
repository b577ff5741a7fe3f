#include "sim/slack/render_text.h"

#include <gtest/gtest.h>

namespace notifyd::sim {
namespace {

SlackMessage of_blocks(const Json& blocks) {
  SlackMessage message;
  message.text = "fallback";
  message.blocks = blocks;
  return message;
}

std::string rendered(const std::string& mrkdwn) {
  SlackMessage message;
  message.text = mrkdwn;
  return render_text(message);
}

Json mrkdwn(const char* text) { return {{"type", "mrkdwn"}, {"text", text}}; }

TEST(RenderText, ReadsMarksAway) {
  EXPECT_EQ(rendered("*bold* and _it_ and ~no~"), "bold and it and no");
  EXPECT_EQ(rendered("2 * 3 * 4, snake_case_name"), "2 * 3 * 4, snake_case_name");
  EXPECT_EQ(rendered("*Status*: ok"), "Status: ok");
}

TEST(RenderText, LeavesCodeAsItIs) {
  EXPECT_EQ(rendered("run `tsh *x*` now"), "run tsh *x* now");
  EXPECT_EQ(rendered("```\na *b*\n```"), "a *b*");
}

TEST(RenderText, DecodesEntitiesOnce) {
  EXPECT_EQ(rendered("a &lt;b&gt; &amp;amp;"), "a <b> &amp;");
}

TEST(RenderText, ShowsWhereLinksGo) {
  EXPECT_EQ(rendered("<https://example.com/r|request>"), "request (https://example.com/r)");
  EXPECT_EQ(rendered("<https://example.com>"), "https://example.com");
  EXPECT_EQ(rendered("<!channel> <@U1>"), "@channel @U1");
}

TEST(RenderText, ShowsATimeAsItsFallback) {
  EXPECT_EQ(rendered("at <!date^1700000000^{date_short_pretty} at {time}|14 Nov 23 22:13 UTC>."),
            "at 14 Nov 23 22:13 UTC.");
}

TEST(RenderText, ShowsEmojiByName) { EXPECT_EQ(rendered("a:b :x: done"), "a:b \xE2\x9D\x8C done"); }

TEST(RenderText, GoesThroughTheBlocks) {
  const Json blocks = {
      {{"type", "header"}, {"text", {{"type", "plain_text"}, {"text", "Title"}}}},
      {{"type", "section"}, {"text", mrkdwn("*A*: 1")}, {"fields", {mrkdwn("*B*: 2")}}},
      {{"type", "divider"}},
      {{"type", "context"}, {"elements", {mrkdwn("small")}}},
      {{"type", "actions"},
       {"elements",
        {{{"type", "button"}, {"text", {{"type", "plain_text"}, {"text", "Approve"}}}}}}}};
  EXPECT_EQ(render_text(of_blocks(blocks)), "Title\nA: 1\nB: 2\n----\nsmall\n[Approve]");
}

TEST(RenderText, EndsWithTheReactions) {
  SlackMessage message;
  message.text = "x";
  message.edited = true;
  message.reactions = {{"white_check_mark", {"U1", "U2"}}};
  EXPECT_EQ(render_text(message), "x (edited)\n\xE2\x9C\x85 2");
}

TEST(RenderText, IndentsRepliesBelowTheirParent) {
  Workspace workspace;
  workspace.add_user("alice", "alice@example.com", "Alice");
  workspace.add_channel("general");
  const std::string ts = workspace.say("alice", "general", "parent");
  workspace.say("alice", "general", "reply", ts);
  EXPECT_EQ(render_text(workspace, "#general"), "Alice:\n  parent\n    Alice:\n      reply\n");
}

}  // namespace
}  // namespace notifyd::sim
