// How requests are read: content types, charsets, tokens, arguments.
#include "slack_fixture.h"

namespace notifyd::sim {
namespace {

using ::testing::ElementsAre;

class ApiRequestTest : public SlackTest {
 protected:
  Json send(const std::string& body, const std::string& type,
            const std::string& method = "chat.postMessage") const {
    const auto result = client().Post("/api/" + method, bearer(), body, type);
    return result ? Json::parse(result->body) : Json();
  }
};

TEST_F(ApiRequestTest, AnUnknownMethodIsSaidToBeUnknown) {
  EXPECT_EQ(error_of("chat.shout", {{"channel", general}}), "unknown_method");
}

TEST_F(ApiRequestTest, JsonAndFormAndMultipartBodiesSayTheSame) {
  EXPECT_TRUE(call("chat.postMessage", {{"channel", general}, {"text", "one"}})["ok"]);
  EXPECT_TRUE(form("chat.postMessage", {{"channel", general}, {"text", "two & 2"}})["ok"]);
  const httplib::MultipartFormDataItems parts = {{"channel", general, "", ""},
                                                 {"text", "three", "", ""}};
  ASSERT_TRUE(client().Post("/api/chat.postMessage", bearer(), parts));
  std::vector<std::string> texts;
  for (const auto& message : workspace.messages(general)) texts.push_back(message.text);
  EXPECT_THAT(texts, ElementsAre("one", "two & 2", "three"));
}

TEST_F(ApiRequestTest, FormsMayBeLongerThanAFewKilobytes) {
  const std::string text(30'000, 'a');
  EXPECT_TRUE(form("chat.postMessage", {{"channel", general}, {"text", text}})["ok"]);
}

TEST_F(ApiRequestTest, BlocksMayBeAStringThatHoldsJson) {
  const Json blocks = {{{"type", "divider"}}};
  const Json answer =
      form("chat.postMessage", {{"channel", general}, {"text", "t"}, {"blocks", blocks.dump()}});
  EXPECT_EQ(answer["message"]["blocks"][0]["type"], "divider");
}

TEST_F(ApiRequestTest, WarnsOfAMissingCharsetOnSuccessAndOnFailure) {
  const Json good = send(R"({"channel":"general","text":"x"})", "application/json");
  EXPECT_EQ(good["warning"], "missing_charset");
  EXPECT_EQ(good["response_metadata"]["warnings"][0], "missing_charset");
  const Json bad = send(R"({"channel":"nowhere","text":"x"})", "application/json");
  EXPECT_EQ(bad["error"], "channel_not_found");
  EXPECT_EQ(bad["warning"], "missing_charset");
}

TEST_F(ApiRequestTest, WarnsOfASuperfluousCharset) {
  const Json answer =
      send("channel=general&text=x", "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_EQ(answer["warning"], "superfluous_charset");
}

struct Unreadable {
  const char* body;
  const char* type;
  const char* error;
};

class UnreadableTest : public ApiRequestTest, public ::testing::WithParamInterface<Unreadable> {};

TEST_P(UnreadableTest, IsRefusedByName) {
  const Unreadable& each = GetParam();
  EXPECT_EQ(send(each.body, each.type)["error"], each.error);
  EXPECT_TRUE(workspace.messages(general).empty());
}

INSTANTIATE_TEST_SUITE_P(
    , UnreadableTest,
    ::testing::Values(
        Unreadable{"{\"channel\":", "application/json; charset=utf-8", "invalid_json"},
        Unreadable{"[1]", "application/json; charset=utf-8", "json_not_object"},
        Unreadable{"{}", "application/json; charset=utf-16", "invalid_charset"},
        Unreadable{"channel=%zz", "application/x-www-form-urlencoded", "invalid_form_data"},
        Unreadable{"channel=general", "text/plain", "invalid_post_type"},
        Unreadable{"{\"a b\":1}", "application/json; charset=utf-8", "invalid_arg_name"}));

TEST_F(ApiRequestTest, ABodyWithoutContentTypeIsRefused) {
  httplib::Headers headers = bearer();
  headers.emplace("Content-Type", "");  // else cpp-httplib makes up one
  const auto result = client().Post("/api/chat.postMessage", headers, "channel=general", "");
  ASSERT_TRUE(result);
  EXPECT_EQ(Json::parse(result->body)["error"], "missing_post_type");
}

TEST_F(ApiRequestTest, FormOnlyMethodsTakeNothingFromJson) {
  const Json answer = call("users.lookupByEmail", {{"email", "alice@example.com"}});
  EXPECT_EQ(answer["error"], "invalid_arguments");
}

TEST_F(ApiRequestTest, ReadMethodsMayBeCalledWithGet) {
  const auto result = client().Get("/api/users.lookupByEmail?email=alice%40example.com", bearer());
  ASSERT_TRUE(result);
  EXPECT_EQ(Json::parse(result->body)["user"]["id"], alice);
}

TEST_F(ApiRequestTest, ATokenCountsInHeaderAndFormOnly) {
  const auto with_query = client().Get(std::string("/api/auth.test?token=") + kToken);
  EXPECT_EQ(Json::parse(with_query->body)["error"], "not_authed");
  const Json in_json = {{"token", kToken}};
  const auto with_json =
      client().Post("/api/auth.test", in_json.dump(), "application/json; charset=utf-8");
  EXPECT_EQ(Json::parse(with_json->body)["error"], "not_authed");
  const auto with_form = client().Post("/api/auth.test", httplib::Params{{"token", kToken}});
  EXPECT_TRUE(Json::parse(with_form->body)["ok"]);
}

TEST_F(ApiRequestTest, NoTokenGetsIntoTheJournal) {
  client().Get(std::string("/api/auth.test?token=") + kToken);
  client().Post("/api/auth.test", httplib::Params{{"token", kToken}});
  call("auth.test", {{"token", kToken}});
  for (const Call& each : workspace.journal()) {
    EXPECT_EQ(each.args.dump().find(kToken), std::string::npos);
  }
  EXPECT_EQ(workspace.journal().size(), 3U);
}

TEST_F(ApiRequestTest, TheJournalSaysWhoseHistoryWasRead) {
  call("conversations.history", {{"channel", general}});
  EXPECT_EQ(workspace.journal().back().channel, general);
}

TEST_F(ApiRequestTest, AnUnknownOrRefusedTokenIsSaidToBeSo) {
  EXPECT_EQ(error_of("auth.test", Json::object(), "xoxb-other"), "invalid_auth");
  workspace.edit_token(kToken, [](SlackToken& token) { token.refusal = "token_revoked"; });
  EXPECT_EQ(error_of("auth.test", Json::object()), "token_revoked");
}

TEST_F(ApiRequestTest, AMissingScopeIsNamedAndNothingHappens) {
  workspace.add_token("xoxb-reader", {"users:read"});
  const Json answer =
      call("chat.postMessage", {{"channel", general}, {"text", "x"}}, "xoxb-reader");
  EXPECT_EQ(answer["error"], "missing_scope");
  EXPECT_EQ(answer["needed"], "chat:write");
  EXPECT_EQ(answer["provided"], "users:read");
  EXPECT_TRUE(workspace.messages(general).empty());
}

TEST_F(ApiRequestTest, EveryAnswerCarriesTheScopesAndARequestId) {
  workspace.add_token("xoxb-two", {"chat:write", "reactions:write"});
  const auto result = raw("chat.postMessage", {{"channel", general}, {"text", "x"}}, "xoxb-two");
  EXPECT_EQ(result->get_header_value("x-oauth-scopes"), "chat:write,reactions:write");
  EXPECT_EQ(result->get_header_value("x-accepted-oauth-scopes"), "chat:write");
  EXPECT_EQ(result->get_header_value("x-slack-req-id").size(), 32U);
  EXPECT_EQ(result->get_header_value("content-type"), "application/json; charset=utf-8");
}

}  // namespace
}  // namespace notifyd::sim
