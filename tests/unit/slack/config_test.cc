#include "config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "fake_host.h"

namespace slack_test {
namespace {

std::string refusal(FakeHost& host) {
  const Instance slack(host);
  EXPECT_FALSE(slack.created());
  EXPECT_TRUE(host.calls.empty());
  return host.logs.empty() ? "" : host.logs.back().line;
}

TEST(Config, RefusesRoutesWithoutADefaultAndSaysWhatToWrite) {
  FakeHost host;
  host.role_to_recipients = {{"admin", {"#ops"}}};
  const std::string line = refusal(host);
  EXPECT_NE(line.find("\"*\" = [\"access-requests\"]"), std::string::npos) << line;
  EXPECT_NE(line.find("\"*\" = []"), std::string::npos) << line;
}

TEST(Config, AcceptsAnEmptyDefault) {
  FakeHost host;
  host.role_to_recipients = {{"*", {}}};
  EXPECT_TRUE(Instance(host).created());
}

TEST(Config, RefusesAnAppLevelTokenWithoutTellingIt) {
  FakeHost host;
  host.options["slack.token"] = {"xapp-1-very-secret"};
  EXPECT_NE(refusal(host).find("must be the bot token"), std::string::npos);
  EXPECT_FALSE(host.mentions("very-secret"));
}

struct Wrong {
  const char* token;
  const char* said;
};

TEST(Config, SaysWhichOfSlacksSecretsStandsWhereTheBotTokenBelongs) {
  for (const Wrong& wrong :
       {Wrong{"xapp-1-A0-very-secret", "an app-level token (xapp-...)"},
        Wrong{"xoxp-1-very-secret", "a user token (xoxp-...)"},
        Wrong{"xoxe.xoxp-1-very-secret", "a user token (xoxe.xoxp-...)"},
        Wrong{"xoxe-1-very-secret", "a refresh token (xoxe-...)"},
        Wrong{"xoxc-1-very-secret", "the token of a browser's session"},
        Wrong{"xoxd-very-secret", "the cookie of a browser's session"},
        Wrong{"https://hooks.slack.com/services/T0/B0/very-secret", "an incoming webhook"},
        Wrong{"https://example.com/very-secret", "is an address"},
        Wrong{"eG94Yi0xLXZlcnktc2VjcmV0", "is in base64"},
        Wrong{"0123456789abcdef0123456789abcdef", "client secret or signing secret"},
        Wrong{"1234567890.1234567890", "the app's client ID"},
        Wrong{"xoxb-11xx", "placeholder of a sample"},
        Wrong{"xoxb-0000", "placeholder of a sample"},
        Wrong{"xoxb-your-token", "placeholder of a sample"},
        Wrong{"xoxb-", "placeholder of a sample"}, Wrong{"xoxb-very secret", "more than one word"},
        Wrong{"XOXB-1-VERY-SECRET", "case counts"}}) {
    FakeHost host;
    host.options["slack.token"] = {wrong.token};
    const std::string line = refusal(host);
    EXPECT_EQ(line.rfind("slack.token ", 0), 0U) << line;
    EXPECT_NE(line.find(wrong.said), std::string::npos) << wrong.token << ": " << line;
    EXPECT_NE(line.find("it must be the bot token (xoxb-...)"), std::string::npos) << line;
    EXPECT_FALSE(host.mentions("very-secret")) << wrong.token;
  }
}

TEST(Config, TakesBotTokensAndWhatIsNotSlacks) {
  for (const char* token : {"xoxb-123-456-AbC", "xoxe.xoxb-1-AbC", "mock-token", "t", "xoxb-test",
                            "xoxb-1", "0123456789", "xoxb-0-1"}) {
    FakeHost host;
    host.options["slack.token"] = {token};
    EXPECT_TRUE(Instance(host).created()) << token;
  }
}

TEST(Config, WarnsOfATokenThatSlackRotates) {
  FakeHost host;
  host.options["slack.token"] = {"xoxe.xoxb-1-very-secret"};
  EXPECT_TRUE(Instance(host).created());
  EXPECT_EQ(host.logged(NOTIFY_LOG_WARN, "slack.token is one that Slack rotates"), 1U);
  EXPECT_FALSE(host.mentions("very-secret"));
}

TEST(Config, SaysAllThatIsWrongAtOnce) {
  FakeHost host;
  host.options["slack.token"] = {"xapp-1"};
  host.options["slack.pace"] = {"fast"};
  host.options["slack.api_url"] = {"slack.com"};
  host.options["slack.max_direct_messages"] = {"many"};
  host.role_to_recipients = {{"admin", {"#ops"}}};
  EXPECT_NE(refusal(host).find("role_to_recipients has no entry"), std::string::npos);
  for (const char* option : {"slack.token is", "slack.pace must", "slack.api_url must",
                             "slack.max_direct_messages must"}) {
    EXPECT_EQ(host.logged(NOTIFY_LOG_ERROR, option), 1U) << option;
  }
}

TEST(Config, RefusesAnAddressOfSlackAtWhichNothingAnswers) {
  for (const char* url : {"https://slack.com", "https://slack.com/", "https://slack.com/api/chat",
                          "https://api.slack.com/", "https://slack-gov.com/"}) {
    FakeHost host;
    host.options["slack.api_url"] = {url};
    EXPECT_NE(refusal(host).find("slack.api_url is not where Slack answers"), std::string::npos)
        << url;
  }
  for (const char* url : {"https://slack.com/api", "https://slack-gov.com/api/",
                          "https://slack.company.example/", "https://slack.com.example/x/"}) {
    FakeHost host;
    host.options["slack.api_url"] = {url};
    EXPECT_TRUE(Instance(host).created()) << url;
  }
}

TEST(Config, RefusesAMissingToken) {
  FakeHost host;
  host.options.erase("slack.token");
  EXPECT_NE(refusal(host).find("slack.token is empty or its file can't be read"),
            std::string::npos);
}

TEST(Config, RefusesAnAddressThatIsNotHttp) {
  for (const char* url :
       {"ftp://slack.com/api/", "slack.com/api", "https://a b/", "https://a/?x"}) {
    FakeHost host;
    host.options["slack.apiurl"] = {url};
    EXPECT_NE(refusal(host).find("slack.apiurl must be"), std::string::npos) << url;
  }
}

TEST(Config, RefusesANumberOfDirectMessagesThatIsNoneOrTooManyAndSaysWhatToDo) {
  for (const char* number : {"-1", "301", "many", "", "30x"}) {
    FakeHost host;
    host.options["slack.max_direct_messages"] = {number};
    const std::string line = refusal(host);
    EXPECT_NE(line.find("from 0 to 300"), std::string::npos) << number << ": " << line;
    EXPECT_NE(line.find("name a channel"), std::string::npos) << line;
  }
}

TEST(Config, RefusesAWorkspaceThatIsNoId) {
  for (const char* id : {"acme", "C0123ABCD", "t0123abcd", "T", "https://acme.slack.com"}) {
    FakeHost host;
    host.options["slack.team_id"] = {id};
    EXPECT_THAT(refusal(host), testing::HasSubstr("slack.team_id must be the id")) << id;
  }
}

TEST(Config, RefusesAnUnknownPace) {
  FakeHost host;
  host.options["slack.pace"] = {"fast"};
  EXPECT_NE(refusal(host).find("\"published\" or \"obey\""), std::string::npos);
}

TEST(Config, AddsTheSlashThatTheBaseLacksUnderBothNames) {
  for (const char* key : {"slack.apiurl", "slack.api_url"}) {
    FakeHost host;
    host.options[key] = {"http://127.0.0.1:9/api"};
    Instance slack(host);
    slack.check();
    EXPECT_EQ(host.calls.at(0).url, "http://127.0.0.1:9/api/auth.test") << key;
  }
}

TEST(Config, SaysOfEachRecipientThatIsNoneWhereItIsAndWhatToWrite) {
  FakeHost host;
  host.options["slack.fallback"] = {"@here"};
  host.role_to_recipients = {{"*", {"#dev", "@vera"}}, {"ops", {"a b", "<!subteam^S0123ABCD>"}}};
  EXPECT_THAT(refusal(host), testing::StartsWith("slack.fallback: \"@here\" is a mention"));
  EXPECT_EQ(host.logged(NOTIFY_LOG_ERROR, "role_to_recipients.\"*\": \"@vera\" looks like"), 1U);
  EXPECT_EQ(host.logged(NOTIFY_LOG_ERROR, "role_to_recipients.\"ops\": \"a b\" is no name"), 1U);
  EXPECT_EQ(host.logged(NOTIFY_LOG_ERROR, "role_to_recipients.\"ops\": \"<!subteam^S0123ABCD>\""),
            1U);
  EXPECT_EQ(host.logs.size(), 4U);
}

TEST(Config, TellsNoSecretThatStandsAmongRecipients) {
  FakeHost host;
  host.role_to_recipients = {{"*", {"https://hooks.slack.com/services/T0/B0/very-secret"}},
                             {"ops", {"xoxb-1-very-secret"}}};
  EXPECT_THAT(refusal(host), testing::HasSubstr("not shown"));
  EXPECT_EQ(host.logs.size(), 2U);
  EXPECT_FALSE(host.mentions("very-secret"));
}

TEST(Options, AreUniqueAndIgnoreWhatOlderReleasesKnew) {
  std::set<std::string> names;
  std::set<std::string> ignored;
  for (const notify_option* const* o = notify_module_v1.options; *o != nullptr; ++o) {
    EXPECT_TRUE(names.insert((*o)->name).second) << (*o)->name;
    EXPECT_NE((*o)->help, nullptr);
    if (((*o)->flags & NOTIFY_IGNORED) != 0) ignored.insert((*o)->name);
  }
  EXPECT_TRUE(ignored.count("slack.recipients") && ignored.count("slack.secret"));
  EXPECT_TRUE(ignored.count("http") && ignored.count("review"));
  EXPECT_TRUE(ignored.count("slack.channel") && ignored.count("slack.notify_only"));
  EXPECT_TRUE(ignored.count("slack.readonly"));
  EXPECT_TRUE(names.count("role_to_recipients"));
}

}  // namespace
}  // namespace slack_test
