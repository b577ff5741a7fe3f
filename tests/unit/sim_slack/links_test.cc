// What Slack makes of text that looks like a link, and that it makes nothing of it when told so.
#include "sim/slack/links.h"

#include "sim/slack/render_text.h"
#include "slack_fixture.h"

namespace notifyd::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kText =
    "evil.example, (www.evil.example/x) https://a.example a@b.example #general @here v1.2 "
    "`code.example` ```\nblock.example```";

SlackMessage of_text(const std::string& text, bool literal) {
  SlackMessage message;
  message.text = text;
  message.literal = literal;
  return message;
}

SlackMessage of_block(const std::string& text, bool verbatim) {
  SlackMessage message;
  message.blocks =
      Json::array({{{"type", "section"},
                    {"text", {{"type", "mrkdwn"}, {"text", text}, {"verbatim", verbatim}}}}});
  return message;
}

TEST(Links, AreMadeOfWhatLooksLikeOne) {
  const auto all =
      UnorderedElementsAre("http://evil.example", "http://www.evil.example/x", "https://a.example",
                           "mailto:a@b.example", "#general", "@here");
  EXPECT_THAT(links(of_text(kText, false)), all);
  EXPECT_THAT(links(of_block(kText, false)), all);
}

TEST(Links, AreNotMadeOfTextThatIsToBeTakenLiterally) {
  EXPECT_THAT(links(of_text(kText, true)), IsEmpty());
  EXPECT_THAT(links(of_block(kText, true)), IsEmpty());
}

TEST(Links, ThatAreWrittenAreThereEitherWay) {
  const std::string text = "<https://a.example/r|request> <@U0ALICE> `<https://c.example>`";
  for (const bool literal : {false, true}) {
    EXPECT_THAT(links(of_text(text, literal)), ElementsAre("@U0ALICE", "https://a.example/r"));
    EXPECT_THAT(links(of_block(text, literal)), ElementsAre("@U0ALICE", "https://a.example/r"));
  }
}

TEST(Links, OfBareNamesAreShownWithWhereTheyGo) {
  EXPECT_EQ(render_text(of_text("*User*: evil.example", false)),
            "User: evil.example (http://evil.example)");
  EXPECT_EQ(render_text(of_text("*User*: evil.example", true)), "User: evil.example");
  EXPECT_EQ(render_text(of_block("evil.example\n", true)), "evil.example");
}

class LiteralPost : public SlackTest {
 protected:
  std::set<std::string> shown(const std::string& ts) const {
    return links(*workspace.message(general, ts));
  }
};

TEST_F(LiteralPost, IsOneWhenParseIsNoneAndAnEditForgetsIt) {
  const Json args = {{"channel", general}, {"text", "evil.example"}, {"parse", "none"}};
  const std::string ts = call("chat.postMessage", args)["ts"];
  EXPECT_THAT(shown(ts), IsEmpty());
  call("chat.update", {{"channel", general}, {"ts", ts}, {"text", "evil.example"}});
  EXPECT_THAT(shown(ts), ElementsAre("http://evil.example"));
  call("chat.update",
       {{"channel", general}, {"ts", ts}, {"text", "evil.example"}, {"parse", "none"}});
  EXPECT_THAT(shown(ts), IsEmpty());
}

TEST(Links, ATimeIsNone) {
  EXPECT_THAT(links(of_block("<!date^1700000000^{date_short_pretty}|14 Nov 23>", true)), IsEmpty());
}

}  // namespace
}  // namespace notifyd::sim
