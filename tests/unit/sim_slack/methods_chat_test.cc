// chat.*: where a post may go, what it may hold, and what an edit does.
#include "slack_fixture.h"

namespace notifyd::sim {
namespace {

using ::testing::SizeIs;

const Json kDivider = {{"type", "divider"}};

class ChatTest : public SlackTest {
 protected:
  Json post_args(const std::string& channel) const { return {{"channel", channel}, {"text", "x"}}; }
  std::string post_error(const Json& args) const { return error_of("chat.postMessage", args); }
  Json update(const std::string& ts, Json fields) const {
    fields.update({{"channel", general}, {"ts", ts}});
    return call("chat.update", fields);
  }
};

TEST_F(ChatTest, APostAnswersWithWhereItIs) {
  const Json answer = call("chat.postMessage", {{"channel", "#general"}, {"text", "hello"}});
  EXPECT_EQ(answer["channel"], general);
  const auto message = workspace.message(general, answer["ts"].get<std::string>());
  ASSERT_TRUE(message);
  EXPECT_EQ(message->text, "hello");
  EXPECT_EQ(answer["message"]["blocks"][0]["type"], "rich_text");
  EXPECT_EQ(answer["message"]["bot_profile"]["user_id"], workspace.bot().user_id);
}

TEST_F(ChatTest, AUserIdMeansTheBotsDmAndAnswersWithItsId) {
  const Json first = call("chat.postMessage", post_args(alice));
  const Json second = call("chat.postMessage", post_args(alice));
  EXPECT_EQ(first["channel"].get<std::string>()[0], 'D');
  EXPECT_EQ(first["channel"], second["channel"]);
  EXPECT_THAT(workspace.dm("alice@example.com"), SizeIs(2));
}

TEST_F(ChatTest, AChannelsNameIsTakenWithAndWithoutHashUnlessToldOtherwise) {
  EXPECT_EQ(error_of("chat.postMessage", {{"channel", "#general"}, {"text", "x"}}), "");
  EXPECT_EQ(error_of("chat.postMessage", {{"channel", "general"}, {"text", "x"}}), "");
  workspace.edit_team([](SlackTeam& team) { team.bare_names_only = true; });
  EXPECT_EQ(error_of("chat.postMessage", {{"channel", "#general"}, {"text", "x"}}),
            "channel_not_found");
  EXPECT_EQ(error_of("chat.postMessage", {{"channel", "general"}, {"text", "x"}}), "");
}

TEST_F(ChatTest, AnOrganisationsTokenHasToSayWhichWorkspaceItMeans) {
  workspace.edit_token(kToken, [](SlackToken& token) { token.org_wide = true; });
  EXPECT_EQ(error_of("chat.postMessage", {{"channel", "general"}, {"text", "x"}}),
            "team_not_found");
  EXPECT_EQ(error_of("chat.postMessage", {{"channel", general}, {"text", "x"}}), "");
  EXPECT_EQ(form("conversations.list", {}).value("arg", ""), "team_id");
  const std::string team = form("auth.teams.list", {})["teams"][0]["id"];
  EXPECT_TRUE(form("conversations.list", {{"team_id", team}}).value("ok", false));
}

TEST_F(ChatTest, TimestampsGrowThoughTheClockStands) {
  const std::string first = post(general, "1");
  const std::string second = post(general, "2");
  EXPECT_LT(first, second);
  EXPECT_EQ(first.size(), 17U);
}

TEST_F(ChatTest, WhatTheBotMayNotSeeIsNotFound) {
  workspace.add_channel("secret", ChannelKind::kPrivate, false);
  workspace.edit_user("bob", [](SlackUser& user) { user.deleted = true; });
  for (const char* channel : {"C0NOWHERE", "nowhere", "secret", "alice@example.com"}) {
    EXPECT_EQ(post_error(post_args(channel)), "channel_not_found") << channel;
  }
  EXPECT_EQ(post_error(post_args(bob)), "channel_not_found");
}

TEST_F(ChatTest, APublicChannelNeedsMembershipOrTheScopeForIt) {
  workspace.add_channel("other", ChannelKind::kPublic, false);
  EXPECT_EQ(post_error(post_args("other")), "");
  workspace.add_token("xoxb-member", {"chat:write"});
  EXPECT_EQ(error_of("chat.postMessage", post_args("other"), "xoxb-member"), "not_in_channel");
}

TEST_F(ChatTest, AnArchivedChannelTakesNoPostAndNoEdit) {
  const std::string ts = post(general, "x");
  workspace.edit_channel("general", [](SlackChannel& channel) { channel.archived = true; });
  EXPECT_EQ(post_error(post_args(general)), "is_archived");
  EXPECT_EQ(update(ts, {{"text", "y"}})["error"], "is_inactive");
  EXPECT_EQ(error_of("reactions.add", {{"channel", general}, {"timestamp", ts}, {"name", "x"}}),
            "is_archived");
}

TEST_F(ChatTest, DmsNeedTheMessagesTab) {
  workspace.edit_bot([](SlackBot& bot) { bot.messages_tab = false; });
  EXPECT_EQ(post_error(post_args(alice)), "messages_tab_disabled");
  EXPECT_THAT(workspace.channels(), SizeIs(1));
}

TEST_F(ChatTest, PostingPoliciesTellTopLevelFromReplies) {
  const std::string parent = post(general, "x");
  Json reply = post_args(general);
  reply["thread_ts"] = parent;
  const auto with = [&](PostingPolicy policy, const Json& args) {
    workspace.edit_channel(general, [&](SlackChannel& channel) { channel.posting = policy; });
    return post_error(args);
  };
  const Json top = post_args(general);
  EXPECT_EQ(with(PostingPolicy::kRestricted, top), "restricted_action");
  EXPECT_EQ(with(PostingPolicy::kReadOnly, top), "restricted_action_read_only_channel");
  EXPECT_EQ(with(PostingPolicy::kThreadOnly, top), "restricted_action_thread_only_channel");
  EXPECT_EQ(with(PostingPolicy::kThreadOnly, reply), "");
  EXPECT_EQ(with(PostingPolicy::kNonThreadable, reply), "restricted_action_non_threadable_channel");
  EXPECT_EQ(with(PostingPolicy::kThreadLocked, reply), "restricted_action_thread_locked");
}

TEST_F(ChatTest, ARefusedPostChangesNothing) {
  EXPECT_EQ(post_error({{"channel", alice}}), "no_text");
  EXPECT_EQ(post_error({{"channel", alice}, {"text", "x"}, {"thread_ts", "1779393408.000001"}}),
            "cannot_reply_to_message");
  EXPECT_THAT(workspace.channels(), SizeIs(1));  // no DM was opened
  EXPECT_FALSE(workspace.journal().back().effect);
}

TEST_F(ChatTest, RepliesStandInTheThreadOfTheParent) {
  const std::string parent = post(general, "parent");
  Json args = post_args(general);
  args["thread_ts"] = parent;
  const Json reply = call("chat.postMessage", args);
  args["thread_ts"] = reply["ts"];
  call("chat.postMessage", args);  // a reply to the reply
  EXPECT_THAT(workspace.messages(general), SizeIs(1));
  EXPECT_THAT(workspace.thread(general, parent), SizeIs(2));
  EXPECT_EQ(reply["message"]["parent_user_id"], workspace.bot().user_id);
}

TEST_F(ChatTest, PayloadsAreRefusedByName) {
  Json args = post_args(general);
  const auto with = [&](const char* name, const Json& value) {
    Json changed = args;
    changed[name] = value;
    return post_error(changed);
  };
  EXPECT_EQ(with("blocks", "{"), "invalid_blocks_format");
  EXPECT_EQ(with("blocks", Json::object({{"type", "divider"}})), "invalid_blocks_format");
  EXPECT_EQ(with("attachments", Json(std::vector<Json>(101, Json::object()))),
            "too_many_attachments");
  EXPECT_EQ(with("markdown_text", "*x*"), "markdown_text_conflict");
  const Json section = {{"type", "section"},
                        {"text", {{"type", "mrkdwn"}, {"text", std::string(3000, 'a')}}}};
  EXPECT_EQ(with("blocks", Json(std::vector<Json>(5, section))), "msg_blocks_too_long");
}

TEST_F(ChatTest, MetadataHasAShapeAndASize) {
  const auto with = [&](const Json& metadata) {
    Json args = post_args(general);
    args["metadata"] = metadata;
    return post_error(args);
  };
  const auto event = [](const Json& payload) {
    return Json{{"event_type", "e"}, {"event_payload", payload}};
  };
  EXPECT_EQ(with("not json"), "invalid_metadata_format");
  EXPECT_EQ(with(Json::array({1})), "invalid_metadata_format");
  EXPECT_EQ(with({{"event_type", "e"}}), "invalid_metadata_schema");
  EXPECT_EQ(with(event({{"a", {{"b", {{"c", 1}}}}}})), "invalid_metadata_schema");
  EXPECT_EQ(with(event({{"Upper", 1}})), "invalid_metadata_schema");
  EXPECT_EQ(with(event({{"long", std::string(8000, 'a')}})), "metadata_too_large");
  EXPECT_EQ(with(event({{"id", "1"}, {"n", 2}, {"flag", true}, {"o", {{"k", "v"}}}})), "");
}

TEST_F(ChatTest, LongTextAloneBecomesSeveralMessages) {
  post(general, std::string(4040, 'a'));
  EXPECT_THAT(workspace.messages(general), SizeIs(1));
  const std::string ts = post(general, std::string(4041, 'a'));
  const auto messages = workspace.messages(general);
  ASSERT_THAT(messages, SizeIs(3));
  EXPECT_EQ(messages[1].ts, ts);
  EXPECT_EQ(messages[1].text.size(), 4000U);
}

TEST_F(ChatTest, TextBeyondTheLimitIsCutWithAWarning) {
  const Json args = {{"channel", general},
                     {"text", std::string(40'001, 'a')},
                     {"blocks", Json::array({kDivider})}};
  const Json answer = call("chat.postMessage", args);
  EXPECT_EQ(answer["warning"], "message_truncated");
  EXPECT_EQ(workspace.messages(general)[0].text.size(), 40'000U);
}

TEST_F(ChatTest, AnEditWithBlocksKeepsThePlaceAndShowsNoMark) {
  const std::string ts = post(general, "old");
  const Json answer = update(ts, {{"text", "new"}, {"blocks", Json::array({kDivider})}});
  EXPECT_EQ(answer["ts"], ts);
  const auto message = *workspace.message(general, ts);
  EXPECT_EQ(message.text, "new");
  EXPECT_EQ(message.blocks[0]["type"], "divider");
  EXPECT_FALSE(message.edited);
  ASSERT_THAT(message.earlier, SizeIs(1));
  EXPECT_EQ(message.earlier[0].text, "old");
}

TEST_F(ChatTest, AnEditWithTextAloneDropsTheBlocksAndShowsTheMark) {
  const std::string ts = post(general, "old");
  update(ts, {{"text", "a"}, {"blocks", Json::array({kDivider})}});
  update(ts, {{"text", "b"}});
  const auto message = *workspace.message(general, ts);
  EXPECT_TRUE(message.blocks.is_null());
  EXPECT_TRUE(message.edited);
}

TEST_F(ChatTest, AnEditKeepsMetadataUnlessItClearsIt) {
  const Json metadata = {{"event_type", "e"}, {"event_payload", {{"id", "1"}}}};
  Json args = post_args(general);
  args["metadata"] = metadata;
  const std::string ts = call("chat.postMessage", args)["ts"];
  update(ts, {{"text", "y"}});
  EXPECT_EQ(workspace.message(general, ts)->metadata, metadata);
  update(ts, {{"text", "y"}, {"metadata", Json::object()}});
  EXPECT_TRUE(workspace.message(general, ts)->metadata.is_null());
}

TEST_F(ChatTest, EditsAreRefusedByName) {
  const std::string ts = post(general, "x");
  const std::string foreign = workspace.say("alice", "general", "mine");
  EXPECT_EQ(update("1779393408.999999", {{"text", "y"}})["error"], "message_not_found");
  EXPECT_EQ(update(foreign, {{"text", "y"}})["error"], "cant_update_message");
  EXPECT_EQ(update(ts, Json::object())["error"], "no_text");
  EXPECT_EQ(update(ts, {{"text", std::string(4001, 'a')}})["error"], "msg_too_long");
  EXPECT_EQ(update(ts, {{"text", std::string(4000, 'a')}})["ok"], true);
  EXPECT_EQ(error_of("chat.update", {{"channel", "general"}, {"ts", ts}, {"text", "y"}}),
            "channel_not_found");
  EXPECT_EQ(error_of("chat.update", {{"channel", alice}, {"ts", ts}, {"text", "y"}}),
            "channel_not_found");
  EXPECT_EQ(update(ts, {{"text", "y"}, {"reply_broadcast", true}})["error"],
            "no_dual_broadcast_content_update");
}

TEST_F(ChatTest, RichTextIsNotReplacedByOtherBlocks) {
  const Json rich = {{"type", "rich_text"}, {"elements", Json::array()}};
  Json args = post_args(general);
  args["blocks"] = Json::array({rich});
  const std::string ts = call("chat.postMessage", args)["ts"];
  EXPECT_EQ(update(ts, {{"blocks", Json::array({kDivider})}})["error"], "block_mismatch");
}

TEST_F(ChatTest, DeletingTakesTheBotsOwnMessageAndLeavesReplies) {
  const std::string ts = post(general, "x");
  const std::string reply = workspace.say("alice", "general", "re", ts);
  const std::string foreign = workspace.say("alice", "general", "mine");
  EXPECT_EQ(error_of("chat.delete", {{"channel", general}, {"ts", foreign}}),
            "cant_delete_message");
  EXPECT_TRUE(call("chat.delete", {{"channel", general}, {"ts", ts}})["ok"]);
  EXPECT_EQ(error_of("chat.delete", {{"channel", general}, {"ts", ts}}), "message_not_found");
  EXPECT_TRUE(workspace.message(general, reply));
}

TEST_F(ChatTest, AnEphemeralMessageCanBeNeitherReadNorEdited) {
  const Json args = {{"channel", general}, {"user", alice}, {"text", "psst"}};
  EXPECT_EQ(error_of("chat.postEphemeral", args), "user_not_in_channel");
  workspace.edit_channel(general, [&](SlackChannel& channel) { channel.members.insert(alice); });
  const Json answer = call("chat.postEphemeral", args);
  EXPECT_TRUE(workspace.messages(general).empty());
  EXPECT_EQ(update(answer["message_ts"], {{"text", "y"}})["error"], "message_not_found");
}

TEST_F(ChatTest, APermalinkOfAReplyNamesItsThread) {
  const std::string ts = post(general, "x");
  const std::string reply = workspace.say("alice", "general", "re", ts);
  const auto link = [&](const std::string& of) {
    return form("chat.getPermalink", {{"channel", general}, {"message_ts", of}})["permalink"]
        .get<std::string>();
  };
  EXPECT_EQ(link(ts),
            "https://example.slack.com/archives/" + general + "/p" + std::string(ts).erase(10, 1));
  EXPECT_THAT(link(reply), ::testing::EndsWith("?thread_ts=" + ts + "&cid=" + general));
}

}  // namespace
}  // namespace notifyd::sim
