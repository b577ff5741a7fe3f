#include "directory.h"

#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

class Directory : public testing::Test {
 protected:
  Directory() { host.role_to_recipients = {{"*", {}}}; }
  notify_ticket route() { return slack().route(request.event(NOTIFY_REQUEST_PENDING)); }
  Instance& slack() {
    if (!slack_) slack_.emplace(host);
    return *slack_;
  }

  FakeHost host;
  Request request;

 private:
  std::optional<Instance> slack_;
};

TEST_F(Directory, ManyWhoAskAtOnceShareOneCall) {
  std::vector<notify_ticket> tickets;
  for (int i = 0; i < 20; ++i) tickets.push_back(route());
  EXPECT_EQ(host.count("users.lookupByEmail"), 1U);
  host.reply(ok({{"user", {{"id", "U0ONE"}}}}));
  for (const notify_ticket ticket : tickets) {
    EXPECT_EQ(slack().answer(ticket).recipients.at(0).id, "U0ONE");
  }
}

TEST_F(Directory, KeepsHitsForAnHour) {
  const Workspace workspace(host);
  route();
  host.advance(59 * 60 * 1000);
  route();
  EXPECT_EQ(host.count("users.lookupByEmail"), 1U);
  host.advance(2 * 60 * 1000);
  route();
  EXPECT_EQ(host.count("users.lookupByEmail"), 2U);
}

TEST_F(Directory, KeepsMissesForFiveMinutes) {
  request.user = "ghost@example.com";
  const Workspace workspace(host);
  route();
  host.advance(4 * 60 * 1000);
  route();
  EXPECT_EQ(host.count("users.lookupByEmail"), 1U);
  host.advance(2 * 60 * 1000);
  route();
  EXPECT_EQ(host.count("users.lookupByEmail"), 2U);
}

// Somebody may have mended it since: who is about to be given up is asked for anew.
TEST_F(Directory, NobodyIsGivenUpForAnOldMiss) {
  bool known = false;
  Workspace workspace(host);
  workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "users.lookupByEmail" || known) return std::nullopt;
    return error("users_not_found");
  };
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING, "vera@example.com");
  const notify_ticket refused = slack().deliver(event);
  EXPECT_EQ(slack().answer(refused).rc, static_cast<notify_rc>(NOTIFY_DROP_RECIPIENT));
  known = true;
  host.advance(3'000);
  const notify_ticket done = slack().deliver(event);
  EXPECT_EQ(slack().answer(done).rc, static_cast<notify_rc>(NOTIFY_OK));
}

TEST_F(Directory, DoesNotKeepFailures) {
  route();
  host.reply(status(500));
  route();
  EXPECT_EQ(host.count("users.lookupByEmail"), 2U);
}

TEST_F(Directory, AnAnswerWithoutAnIdIsAFailure) {
  const notify_ticket ticket = route();
  host.reply(ok({{"user", {{"id", 7}}}}));
  EXPECT_EQ(slack().answer(ticket).recipients.at(0).id, "requester@example.com");
  route();
  EXPECT_EQ(host.pending.size(), 1U) << "asked again";
}

TEST_F(Directory, ReadsAllPagesOfTheChannelList) {
  host.role_to_recipients = {{"*", {"zeta", "C0OPS00001"}}};
  host.options["slack.notify_requester"] = {"false"};
  const notify_ticket ticket = route();
  host.reply(ok({{"channels", Json::array({{{"id", "C0OPS00001"}, {"name", "ops"}}, {{"id", 1}}})},
                 {"response_metadata", {{"next_cursor", "more"}}}}));
  ASSERT_EQ(host.pending.size(), 1U);
  EXPECT_EQ(host.pending[0].args["cursor"], "more");
  host.reply(ok({{"channels", Json::array({{{"id", "C0ZETA0001"}, {"name", "zeta"}}})}}));
  EXPECT_EQ(slack().answer(ticket).recipients.at(0).id, "C0ZETA0001");
}

TEST_F(Directory, AsksForPublicChannelsWhenPrivateOnesAreNotAllowed) {
  host.role_to_recipients = {{"*", {"dev", "C0OPS00001"}}};
  host.options["slack.notify_requester"] = {"false"};
  const notify_ticket ticket = route();
  host.reply(error("missing_scope", {{"needed", "groups:read"}}));
  ASSERT_EQ(host.pending.size(), 1U);
  EXPECT_EQ(host.pending[0].args["types"], "public_channel");
  host.reply(ok({{"channels", Json::array({{{"id", "C0DEV00001"}, {"name", "dev"}}})}}));
  EXPECT_EQ(slack().answer(ticket).recipients.at(0).id, "C0DEV00001");
}

// The host takes no answer over a mebibyte, and channels have much to say of themselves.
TEST_F(Directory, APageThatIsCutOffIsAskedForWithFewerChannels) {
  Workspace workspace(host);
  std::vector<std::string> limits;
  workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "conversations.list") return std::nullopt;
    limits.push_back(call.args["limit"]);
    if (limits.back() != "100") return outcome(NOTIFY_HTTP_UNSURE);
    return std::nullopt;
  };
  host.role_to_recipients = {{"*", {"#dev", "C0OPS00001"}}};
  const notify_ticket ticket = route();
  EXPECT_EQ(slack().answer(ticket).recipients.at(0).id, "C0DEV00001");
  EXPECT_EQ(limits, (std::vector<std::string>{"500", "100"}));
}

TEST_F(Directory, AChannelWithAnIdThatIsNoneIsNotListed) {
  Workspace workspace(host);
  workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "conversations.list") return std::nullopt;
    return ok({{"channels", Json::array({{{"id", "C0\n1"}, {"name", "ops"}},
                                         {{"id", "C0DEV00001"}, {"name", "dev"}}})}});
  };
  host.role_to_recipients = {{"*", {"#ops", "#dev", "C0LOG00001"}}};
  const notify_ticket ticket = route();
  EXPECT_EQ(slack().answer(ticket).recipients.at(0).id, "#ops");
  EXPECT_EQ(slack().answer(ticket).recipients.at(1).id, "C0DEV00001");
}

}  // namespace
}  // namespace slack_test
