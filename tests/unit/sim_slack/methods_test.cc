// reactions.*, conversations.*, users.* and auth.test.
#include "slack_fixture.h"

namespace notifyd::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class MethodsTest : public SlackTest {
 protected:
  std::string react(const std::string& ts, const std::string& name,
                    const std::string& method = "reactions.add") const {
    return error_of(method, {{"channel", general}, {"timestamp", ts}, {"name", name}});
  }
};

std::vector<std::string> texts(const Json& answer) {
  std::vector<std::string> result;
  for (const Json& message : answer["messages"]) result.push_back(message["text"]);
  return result;
}

TEST_F(MethodsTest, AReactionIsAddedOnceAndRemovedOnce) {
  const std::string ts = post(general, "x");
  EXPECT_EQ(call("reactions.add", {{"channel", general}, {"timestamp", ts}, {"name", "x"}}),
            Json({{"ok", true}}));
  EXPECT_EQ(react(ts, "x"), "already_reacted");
  EXPECT_TRUE(workspace.message(general, ts)->reacted("x"));
  const Json got = form("reactions.get", {{"channel", general}, {"timestamp", ts}});
  EXPECT_EQ(got["message"]["reactions"][0]["count"], 1);
  EXPECT_EQ(react(ts, "x", "reactions.remove"), "");
  EXPECT_EQ(react(ts, "x", "reactions.remove"), "no_reaction");
  EXPECT_FALSE(workspace.message(general, ts)->reacted("x"));
}

TEST_F(MethodsTest, ReactionsAreRefusedByName) {
  const std::string ts = post(general, "x");
  EXPECT_EQ(react(ts, "stop_sign"), "invalid_name");
  EXPECT_EQ(react(ts, ":x:"), "invalid_name");
  EXPECT_EQ(react("1779393408.5", "x"), "bad_timestamp");
  EXPECT_EQ(react("1779393408.999999", "x"), "message_not_found");
  EXPECT_EQ(react("", "x"), "no_item_specified");
}

TEST_F(MethodsTest, OpeningADmTwiceGivesTheSameOne) {
  const Json first = call("conversations.open", {{"users", alice}});
  const Json second = call("conversations.open", {{"users", alice}});
  EXPECT_EQ(first, Json({{"ok", true}, {"channel", {{"id", first["channel"]["id"]}}}}));
  EXPECT_EQ(second["channel"]["id"], first["channel"]["id"]);
  EXPECT_EQ(second["already_open"], true);
  const Json whole = call("conversations.open", {{"users", alice}, {"return_im", true}});
  EXPECT_EQ(whole["channel"]["user"], alice);
}

TEST_F(MethodsTest, OpeningIsRefusedByName) {
  workspace.edit_user("bob", [](SlackUser& user) { user.deleted = true; });
  const auto error = [&](const std::string& users) {
    return error_of("conversations.open", {{"users", users}});
  };
  EXPECT_EQ(error(""), "users_list_not_supplied");
  EXPECT_EQ(error("U0NOBODY"), "user_not_found");
  EXPECT_EQ(error(bob), "user_disabled");
  EXPECT_EQ(error(workspace.bot().user_id), "cannot_dm_bot");
  EXPECT_EQ(error("1,2,3,4,5,6,7,8,9"), "too_many_users");
}

TEST_F(MethodsTest, APersonIsFoundByEmailWhateverTheCase) {
  const Json answer = form("users.lookupByEmail", {{"email", "ALICE@example.com"}});
  EXPECT_EQ(answer["user"]["id"], alice);
  EXPECT_EQ(answer["user"]["profile"]["email"], "alice@example.com");
  EXPECT_EQ(form("users.lookupByEmail", {{"email", "nobody@example.com"}})["error"],
            "users_not_found");
}

TEST_F(MethodsTest, AnEmailIsShownOnlyToWhoMayReadIt) {
  workspace.add_token("xoxb-plain", {"users:read"});
  const auto answer =
      client().Post("/api/users.info", bearer("xoxb-plain"), httplib::Params{{"user", alice}});
  const Json user = Json::parse(answer->body)["user"];
  EXPECT_EQ(user["name"], "alice");
  EXPECT_FALSE(user["profile"].contains("email"));
}

TEST_F(MethodsTest, AuthTestSaysWhoTheBotIs) {
  const Json answer = call("auth.test", Json::object());
  EXPECT_EQ(answer["user_id"], workspace.bot().user_id);
  EXPECT_EQ(answer["url"], "https://example.slack.com/");
  EXPECT_EQ(answer["is_enterprise_install"], false);
}

TEST_F(MethodsTest, HistoryIsNewestFirstInPagesWithoutReplies) {
  const std::string first = post(general, "1");
  post(general, "2");
  post(general, "3");
  workspace.say("alice", "general", "reply", first);
  const Json page = call("conversations.history", {{"channel", general}, {"limit", 2}});
  EXPECT_THAT(texts(page), ElementsAre("3", "2"));
  EXPECT_EQ(page["has_more"], true);
  const Json next = call(
      "conversations.history",
      {{"channel", general}, {"limit", 2}, {"cursor", page["response_metadata"]["next_cursor"]}});
  EXPECT_THAT(texts(next), ElementsAre("1"));
  EXPECT_EQ(next["has_more"], false);
}

TEST_F(MethodsTest, OldestIsLeftOutUnlessInclusive) {
  const std::string first = post(general, "1");
  post(general, "2");
  Json args = {{"channel", general}, {"oldest", first}};
  EXPECT_THAT(texts(call("conversations.history", args)), ElementsAre("2"));
  args["inclusive"] = true;
  EXPECT_THAT(texts(call("conversations.history", args)), ElementsAre("2", "1"));
  EXPECT_THAT(texts(call("conversations.history", {{"channel", general}, {"latest", first}})),
              SizeIs(0));
}

TEST_F(MethodsTest, MetadataIsWholeOnlyWhenAskedFor) {
  const Json metadata = {{"event_type", "e"}, {"event_payload", {{"id", "1"}}}};
  call("chat.postMessage", {{"channel", general}, {"text", "x"}, {"metadata", metadata}});
  Json args = {{"channel", general}};
  EXPECT_EQ(call("conversations.history", args)["messages"][0]["metadata"],
            Json({{"event_type", "e"}}));
  args["include_all_metadata"] = true;
  EXPECT_EQ(call("conversations.history", args)["messages"][0]["metadata"], metadata);
}

TEST_F(MethodsTest, RepliesComeParentFirst) {
  const std::string ts = post(general, "parent");
  workspace.say("alice", "general", "a", ts);
  workspace.say("bob", "general", "b", ts);
  EXPECT_THAT(texts(form("conversations.replies", {{"channel", general}, {"ts", ts}})),
              ElementsAre("parent", "a", "b"));
  EXPECT_EQ(form("conversations.replies", {{"channel", general}, {"ts", "1.1"}})["error"],
            "thread_not_found");
}

TEST_F(MethodsTest, ReadingHistoryNeedsMembershipAndTheScopeOfTheKind) {
  const std::string other = workspace.add_channel("other", ChannelKind::kPublic, false);
  const std::string secret = workspace.add_channel("secret", ChannelKind::kPrivate, false);
  EXPECT_EQ(error_of("conversations.history", {{"channel", other}}), "not_in_channel");
  EXPECT_EQ(error_of("conversations.history", {{"channel", secret}}), "channel_not_found");
  workspace.add_token("xoxb-channels", {"channels:history"});
  const std::string dm = call("conversations.open", {{"users", alice}})["channel"]["id"];
  const Json answer = call("conversations.history", {{"channel", dm}}, "xoxb-channels");
  EXPECT_EQ(answer["needed"], "im:history");
}

TEST_F(MethodsTest, ChannelsAreListedByKindAndPage) {
  workspace.add_channel("other", ChannelKind::kPublic, false);
  workspace.add_channel("secret", ChannelKind::kPrivate, false);
  const Json page = form("conversations.list", {{"limit", "1"}});
  EXPECT_EQ(page["channels"][0]["name"], "general");
  const std::string cursor = page["response_metadata"]["next_cursor"];
  const Json next = form("conversations.list", {{"cursor", cursor}});
  ASSERT_THAT(next["channels"], SizeIs(1));
  EXPECT_EQ(next["channels"][0]["is_member"], false);
  EXPECT_THAT(form("conversations.list", {{"types", "private_channel"}})["channels"], SizeIs(0));
  EXPECT_EQ(form("conversations.info", {{"channel", general}})["channel"]["name"], "general");
}

}  // namespace
}  // namespace notifyd::sim
