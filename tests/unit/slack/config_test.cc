#include "config.h"

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
  EXPECT_TRUE(names.count("role_to_recipients"));
}

}  // namespace
}  // namespace slack_test
