// route(): whom a request concerns, through slack.cc, routing.cc and directory.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"
#include "routing.h"

namespace slack_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> ids(const Answered& answer) {
  std::vector<std::string> out;
  for (const auto& r : answer.recipients) out.push_back(r.id);
  return out;
}

class Route : public testing::Test {
 protected:
  Answered route() {
    if (!slack) slack.emplace(host);
    const notify_ticket ticket = slack->route(request.event(NOTIFY_REQUEST_PENDING));
    host.settle();
    return slack->answer(ticket);
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;
  std::optional<Instance> slack;
};

TEST_F(Route, SendsToTheDefaultAndTheRequester) {
  const Answered answer = route();
  EXPECT_THAT(ids(answer), ElementsAre("#dev", "U0REQUESTER"));
  EXPECT_EQ(answer.recipients[0].audience, static_cast<std::uint32_t>(NOTIFY_TO_REVIEWER));
  EXPECT_EQ(answer.recipients[1].audience, static_cast<std::uint32_t>(NOTIFY_TO_REQUESTER));
  EXPECT_EQ(answer.recipients[1].label, "requester@example.com");
}

TEST_F(Route, PrefersARolesOwnEntryToTheDefault) {
  host.role_to_recipients = {{"*", {"#dev"}}, {"admin", {"#ops", "bob@example.com"}}};
  request.roles = {"admin"};
  EXPECT_THAT(ids(route()), ElementsAre("#ops", "U0BOB", "U0REQUESTER"));
}

TEST_F(Route, UnitesWhatTheRolesSay) {
  host.role_to_recipients = {{"*", {"#dev"}}, {"admin", {"#ops", "#dev"}}};
  request.roles = {"admin", "editor"};
  EXPECT_THAT(ids(route()), ElementsAre("#ops", "#dev", "U0REQUESTER"));
}

TEST_F(Route, AnEmptyEntryMeansNobody) {
  host.role_to_recipients = {{"*", {"#dev"}}, {"quiet", {}}};
  request.roles = {"quiet"};
  EXPECT_THAT(ids(route()), ElementsAre("U0REQUESTER"));
}

TEST_F(Route, RoleNamesAreNoPatterns) {
  host.role_to_recipients = {{"*", {"#dev"}}, {"adm*", {"#ops"}}};
  request.roles = {"admin"};
  EXPECT_THAT(ids(route()), ElementsAre("#dev", "U0REQUESTER"));
}

TEST_F(Route, AddsSuggestedReviewersThatAreEmailAddresses) {
  host.role_to_recipients = {{"*", {}}};
  request.suggested = {"vera@example.com", "dev", "viktor@example.com"};
  EXPECT_THAT(ids(route()), ElementsAre("U0VERA", "U0VIKTOR", "U0REQUESTER"));
}

TEST_F(Route, RuleRecipientsReplaceRolesAndSuggestedReviewers) {
  request.suggested = {"vera@example.com"};
  request.rule_recipients = {"#rules"};
  EXPECT_THAT(ids(route()), ElementsAre("#rules", "U0REQUESTER"));
}

TEST_F(Route, ARequesterWithoutAnEmailAddressIsNeverTakenForAChannel) {
  request.user = "dev";
  host.role_to_recipients = {{"*", {}}};
  EXPECT_THAT(ids(route()), IsEmpty());
}

TEST_F(Route, LeavesTheRequesterOutWhenSwitchedOff) {
  host.options["slack.notify_requester"] = {"false"};
  EXPECT_THAT(ids(route()), ElementsAre("#dev"));
}

TEST_F(Route, ARequesterWhoIsAlsoAReviewerIsOneRecipient) {
  host.role_to_recipients = {{"*", {"requester@example.com", "#dev"}}};
  const Answered answer = route();
  EXPECT_THAT(ids(answer), ElementsAre("U0REQUESTER", "#dev"));
  EXPECT_EQ(answer.recipients[0].audience, static_cast<std::uint32_t>(NOTIFY_TO_REQUESTER));
}

TEST_F(Route, OnePersonIsOneRecipientHoweverNamed) {
  host.role_to_recipients = {{"*", {"vera@example.com", "U0VERA", "VERA@example.com"}}};
  request.suggested = {"vera@example.com"};
  const Answered answer = route();
  EXPECT_THAT(ids(answer), ElementsAre("U0VERA", "U0REQUESTER"));
  EXPECT_EQ(answer.recipients[0].label, "vera@example.com");
}

TEST_F(Route, OneChannelIsOneRecipientHoweverNamed) {
  host.role_to_recipients = {{"*", {"dev", "#dev", "C0DEV00001"}}};
  EXPECT_THAT(ids(route()), ElementsAre("C0DEV00001", "U0REQUESTER"));
  EXPECT_EQ(host.count("conversations.list"), 1U);
}

TEST_F(Route, DoesNotListChannelsWithoutNeed) {
  host.role_to_recipients = {{"*", {"dev", "#ops", "U0VERA"}}};
  EXPECT_THAT(ids(route()), ElementsAre("#dev", "#ops", "U0VERA", "U0REQUESTER"));
  EXPECT_EQ(host.count("conversations.list"), 0U);
}

TEST_F(Route, GoesOnWithoutTheScopeToListChannelsAndSaysItOnce) {
  host.role_to_recipients = {{"*", {"dev", "C0OPS00001"}}};
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "conversations.list") return std::nullopt;
    return error("missing_scope", {{"needed", "channels:read"}});
  };
  EXPECT_THAT(ids(route()), ElementsAre("#dev", "C0OPS00001", "U0REQUESTER"));
  EXPECT_EQ(route().rc, static_cast<notify_rc>(NOTIFY_OK));
  EXPECT_EQ(host.logged(NOTIFY_LOG_DEBUG, "channels:read"), 1U);
}

TEST_F(Route, AnUnknownEmailAddressStaysARecipientByItself) {
  host.role_to_recipients = {{"*", {"Ghost@example.com"}}};
  const Answered answer = route();
  EXPECT_THAT(ids(answer), ElementsAre("ghost@example.com", "U0REQUESTER"));
  EXPECT_EQ(answer.recipients[0].label, "Ghost@example.com");
}

TEST_F(Route, ATransientLookupFailureIsRetriedAndFindsWhatIsCached) {
  host.role_to_recipients = {{"*", {"vera@example.com", "viktor@example.com"}}};
  bool broken = true;
  workspace.first = [&broken](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (broken && call.args.value("email", "") == "viktor@example.com") return status(503);
    return std::nullopt;
  };
  EXPECT_EQ(route().rc, static_cast<notify_rc>(NOTIFY_RETRY));
  broken = false;
  EXPECT_THAT(ids(route()), ElementsAre("U0VERA", "U0VIKTOR", "U0REQUESTER"));
  EXPECT_EQ(host.count("users.lookupByEmail"), 4U) << "only the failed one was asked again";
}

TEST_F(Route, AMissingLookupScopeDoesNotKeepChannelsFromTheirMessage) {
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "users.lookupByEmail") return std::nullopt;
    return error("missing_scope", {{"needed", "users:read.email"}});
  };
  EXPECT_THAT(ids(route()), ElementsAre("#dev", "requester@example.com"));
  const notify_ticket ticket = slack->deliver(
      request.event(NOTIFY_REQUEST_PENDING, "requester@example.com", "", NOTIFY_TO_REQUESTER));
  EXPECT_EQ(slack->answer(ticket).rc, static_cast<notify_rc>(NOTIFY_RETRY));
  EXPECT_FALSE(slack->answer(ticket).whole_instance);
  EXPECT_NE(slack->answer(ticket).detail.find("users:read.email"), std::string::npos);
}

TEST_F(Route, ABrokenTokenStopsTheInstance) {
  workspace.first = [](const ApiCall&) { return error("invalid_auth"); };
  const Answered answer = route();
  EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_BROKEN_AUTH));
  EXPECT_TRUE(answer.whole_instance);
}

TEST_F(Route, KeepsIdsAndLabelsWithinTheAbisLimits) {
  host.role_to_recipients = {{"*", {std::string(1000, 'x')}}};
  const Answered answer = route();
  EXPECT_LE(answer.recipients.at(0).id.size(), 255U);
  EXPECT_LE(answer.recipients.at(0).label.size(), 255U);
}

TEST(ChannelOf, LeavesIdsAndNamesTheRest) {
  EXPECT_EQ(slack::channel_of("C0DEV00001"), "C0DEV00001");
  EXPECT_EQ(slack::channel_of("U0VERA"), "U0VERA");
  EXPECT_EQ(slack::channel_of("dev"), "#dev");
  EXPECT_EQ(slack::channel_of("#Dev"), "#dev");
  EXPECT_EQ(slack::channel_of("DEV"), "#dev") << "a name in capitals is no id";
}

}  // namespace
}  // namespace slack_test
