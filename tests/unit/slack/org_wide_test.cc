// A token of a whole organisation: channels have names only within a workspace, so Slack wants to
// know which one is meant, and posts to no name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

using testing::HasSubstr;

notify_rc rc(int code) { return static_cast<notify_rc>(code); }

class OrgWide : public testing::Test {
 protected:
  OrgWide() {
    workspace.first = [this](const ApiCall& call) { return answer(call); };
  }
  std::optional<ApiAnswer> answer(const ApiCall& call) {
    if (call.method == "auth.test") return ok({{"is_enterprise_install", true}});
    if (call.method == "auth.teams.list") return ok({{"teams", teams}});
    if (call.method == "conversations.list" && call.args.value("team_id", "") != "T0ACME") {
      return error("missing_argument", {{"arg", "team_id"}});
    }
    const bool post = call.method == "chat.postMessage";
    if (post && call.args["channel"].get<std::string>().front() != 'C') {
      return error("team_not_found");
    }
    return std::nullopt;
  }
  Instance& slack() {
    if (!slack_) slack_.emplace(host);
    return *slack_;
  }
  Answered announce(const std::string& to) {
    return slack().answer(slack().deliver(request.event(NOTIFY_REQUEST_PENDING, to)));
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;
  Json teams = Json::array({{{"id", "T0ACME"}, {"name", "Acme"}}});

 private:
  std::optional<Instance> slack_;
};

TEST_F(OrgWide, PostsToTheIdOfTheNamedChannelInTheOnlyWorkspace) {
  EXPECT_EQ(announce("#dev").rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.calls_of("chat.postMessage").back().args["channel"], "C0DEV00001");
  EXPECT_EQ(announce("#dev").rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.postMessage"), 3U) << "the name is tried once";
  EXPECT_EQ(host.count("auth.teams.list"), 1U);
}

TEST_F(OrgWide, PostsToTheWorkspaceThatIsConfigured) {
  host.options["slack.team_id"] = {" T0ACME "};
  EXPECT_EQ(announce("#dev").rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  EXPECT_EQ(host.count("auth.teams.list"), 0U);
}

TEST_F(OrgWide, SaysOnceWhatToSetWhereThereAreSeveralWorkspaces) {
  teams.push_back({{"id", "T0OTHER"}, {"name", "Other"}});
  const Answered answer = announce("#dev");
  announce("#ops");
  EXPECT_EQ(NOTIFY_CLASS(answer.rc), rc(NOTIFY_RETRY));
  EXPECT_FALSE(answer.whole_instance);
  EXPECT_THAT(answer.detail, HasSubstr("set slack.team_id"));
  EXPECT_EQ(host.logged(NOTIFY_LOG_WARN, "set slack.team_id to the workspace's id"), 1U);
  EXPECT_TRUE(host.mentions("T0ACME (Acme), T0OTHER (Other)"));
  EXPECT_EQ(announce("C0DEV00001").rc, rc(NOTIFY_OK)) << "an id needs no workspace";
}

TEST_F(OrgWide, ANameThatTheWorkspaceDoesNotHaveIsNoChannel) {
  const Answered answer = announce("#nowhere");
  EXPECT_EQ(answer.rc, rc(NOTIFY_DROP_RECIPIENT));
  EXPECT_THAT(answer.detail, HasSubstr("channel_not_found"));
}

TEST_F(OrgWide, WithoutTheScopeToListOnlyThatRecipientWaits) {
  workspace.first = [this](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method == "conversations.list") {
      return error("missing_scope", {{"needed", "channels:read"}});
    }
    return answer(call);
  };
  const Answered answer = announce("#dev");
  EXPECT_EQ(answer.rc, rc(NOTIFY_RETRY));
  EXPECT_FALSE(answer.whole_instance);
  EXPECT_THAT(answer.detail, HasSubstr("channels:read"));
}

TEST_F(OrgWide, ChecksWhichWorkspaceIsMeant) {
  teams = Json::array();
  slack().check();
  EXPECT_EQ(host.logged(NOTIFY_LOG_WARN, "set slack.team_id"), 1U);
}

TEST_F(OrgWide, ALookupThatWantsTheWorkspaceGetsIt) {
  workspace.first = [this](const ApiCall& call) -> std::optional<ApiAnswer> {
    const bool lookup = call.method == "users.lookupByEmail";
    if (lookup && !call.args.contains("team_id")) return error("missing_argument");
    return answer(call);
  };
  host.role_to_recipients = {{"*", {"vera@example.com"}}};
  const Answered routed = slack().answer(slack().route(request.event(NOTIFY_REQUEST_PENDING)));
  EXPECT_EQ(routed.recipients.at(0).id, "U0VERA");
}

TEST_F(OrgWide, AnAnswerThatIsNoListOfWorkspacesTeachesNothing) {
  for (const Json& odd : {Json("x"), Json(), Json::array({1}), Json::array({{{"id", "T0\n"}}})}) {
    teams = odd;
    FakeHost other;
    Workspace its(other);
    its.first = [this](const ApiCall& call) { return answer(call); };
    Instance slack(other);
    const Answered told = slack.answer(slack.deliver(request.event(NOTIFY_REQUEST_PENDING, "#x")));
    EXPECT_EQ(NOTIFY_CLASS(told.rc), rc(NOTIFY_RETRY)) << odd;
  }
}

}  // namespace
}  // namespace slack_test
