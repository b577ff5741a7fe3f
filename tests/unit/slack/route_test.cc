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

// What Slack says of one person is that person's trouble alone.
TEST_F(Route, AnIdThatIsNoneCostsItsOwnerTheMergingAndNobodyElse) {
  host.role_to_recipients = {{"*", {"#dev", "bad@example.com", "bob@example.com"}}};
  const std::string too_long = "U" + std::string(64, '0');
  for (const std::string& id :
       {std::string("U0\0BAD", 6), std::string("U0\nBAD"), std::string("U0\x1b[2J"),
        std::string("U0BAD\x7f"), std::string("U0BAD\u0085"), std::string("U0\u202eBAD"),
        std::string("#general"), std::string("C0GENERAL1"), std::string("u0bad"), std::string("U"),
        std::string("U0,U0BOB"), std::string("<!channel>"), too_long}) {
    workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
      if (call.args.value("email", "") != "bad@example.com") return std::nullopt;
      return ok({{"user", {{"id", id}}}});
    };
    slack.reset();
    host.answers.clear();
    EXPECT_THAT(ids(route()), ElementsAre("#dev", "bad@example.com", "U0BOB", "U0REQUESTER")) << id;
  }
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

// As teleport-slack does where a rule's recipients come to nothing.
TEST_F(Route, WhereARuleNamesNobodyRolesCountAndTheLogSaysWhatToWriteOnce) {
  request.rule_recipients = {"@vera", "access requests"};
  EXPECT_THAT(ids(route()), ElementsAre("#dev", "U0REQUESTER"));
  route();
  EXPECT_EQ(host.logged(NOTIFY_LOG_WARN, "recipient of an Access Monitoring Rule is left out"), 2U);
  EXPECT_TRUE(host.mentions("e-mail address, or the member ID"));
}

TEST_F(Route, ARulesRecipientThatIsNoneCostsTheOthersNothing) {
  request.rule_recipients = {"@here", "<#C0RULE0001|rules>"};
  EXPECT_THAT(ids(route()), ElementsAre("C0RULE0001", "U0REQUESTER"));
}

TEST_F(Route, EverySpellingOfOneChannelAndOfOnePersonIsOneRecipient) {
  host.role_to_recipients = {
      {"*",
       {"<#C0DEV00001|dev>", "dev", "#Dev", " #dev\u200B", "C0DEV00001", "#C0DEV00001",
        "https://acme.slack.com/archives/C0DEV00001/p1700000000000100", "@U0VERA", "<@U0VERA|vera>",
        "Vera <vera@example.com>", "mailto:VERA@example.com"}}};
  EXPECT_THAT(ids(route()), ElementsAre("C0DEV00001", "U0VERA", "U0REQUESTER"));
}

TEST_F(Route, ASuggestedReviewerIsAUserNameAndNoOtherSpelling) {
  host.role_to_recipients = {{"*", {}}};
  request.suggested = {
      "<@U0VERA>",      "U0VERA", "#dev", "Vera <vera@example.com>", "mailto:vera@example.com",
      "bob@example.com"};
  EXPECT_THAT(ids(route()), ElementsAre("U0BOB", "U0REQUESTER"));
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

struct Failure {
  const char* name;
  ApiAnswer answer;
};
class FailedLookup : public Route, public testing::WithParamInterface<Failure> {};

TEST_P(FailedLookup, LeavesOnlyThatRecipientToBeResolvedLater) {
  host.role_to_recipients = {{"*", {"vera@example.com", "Viktor@example.com", "#dev"}}};
  bool broken = true;
  workspace.first = [&broken](const ApiCall& call) -> std::optional<ApiAnswer> {
    const bool viktor = call.args.value("email", "") == "viktor@example.com";
    return viktor && broken ? std::optional<ApiAnswer>(GetParam().answer) : std::nullopt;
  };
  const Answered answer = route();
  EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_OK));
  EXPECT_THAT(ids(answer), ElementsAre("U0VERA", "viktor@example.com", "#dev", "U0REQUESTER"));
  EXPECT_EQ(answer.recipients[1].label, "Viktor@example.com");
  EXPECT_EQ(host.timers(), 0U);
  broken = false;
  host.advance(200'000);
  slack->deliver(request.event(NOTIFY_REQUEST_PENDING, "viktor@example.com"));
  EXPECT_EQ(host.calls_of("chat.postMessage").at(0).args["channel"], "U0VIKTOR");
}

INSTANTIATE_TEST_SUITE_P(All, FailedLookup,
                         testing::Values(Failure{"Http503", status(503)},
                                         Failure{"UnknownCode", error("brand_new")},
                                         Failure{"Limited", limited("120")},
                                         Failure{"NoAnswer", outcome(NOTIFY_HTTP_UNSURE)},
                                         Failure{"NotReached", outcome(NOTIFY_HTTP_NOT_SENT)}),
                         [](const auto& tested) { return tested.param.name; });

TEST_F(Route, WhileSlackIsAwayNobodyIsLeftUnresolved) {
  host.role_to_recipients = {{"*", {"vera@example.com"}}};
  workspace.first = [](const ApiCall&) { return outcome(NOTIFY_HTTP_NOT_SENT); };
  EXPECT_EQ(route().rc, static_cast<notify_rc>(NOTIFY_RETRY_OFFLINE));
}

TEST_F(Route, ALookupThatHangsIsWaitedForBrieflyAndItsAnswerKept) {
  host.respond = nullptr;
  slack.emplace(host);
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING);
  const notify_ticket first = slack->route(event);
  host.advance(4'999);
  EXPECT_FALSE(slack->answered(first));
  host.advance(1);
  EXPECT_THAT(ids(slack->answer(first)), ElementsAre("#dev", "requester@example.com"));
  host.reply(ok({{"user", {{"id", "U0REQUESTER"}}}}));
  const notify_ticket second = slack->route(event);
  EXPECT_THAT(ids(slack->answer(second)), ElementsAre("#dev", "U0REQUESTER"));
  EXPECT_EQ(host.calls.size(), 1U);
}

TEST_F(Route, DoesNotWaitForItsTurnToLookUp) {
  slack.emplace(host);
  std::size_t resolved = 0;
  for (int i = 0; i < 3000; ++i) {
    request.user = "user" + std::to_string(i) + "@example.com";
    const Answered answer = route();
    ASSERT_EQ(answer.recipients.at(0).id, "#dev");
    resolved += answer.recipients.at(1).id.rfind("U0", 0) == 0 ? 1 : 0;
  }
  EXPECT_EQ(resolved, 50U) << "what Slack allows a minute";
  EXPECT_EQ(host.timers(), 0U);
}

TEST_F(Route, AReviewerIsLookedUpBeforeTheRequestersWhoWait) {
  slack.emplace(host);
  for (int i = 0; i < 55; ++i) {
    request.user = "user" + std::to_string(i) + "@example.com";
    const std::string id = route().recipients.at(1).id;
    slack->deliver(request.event(NOTIFY_REQUEST_PENDING, id, "", NOTIFY_TO_REQUESTER));
  }
  slack->deliver(request.event(NOTIFY_REQUEST_PENDING, "vera@example.com"));
  host.advance(1200);
  const auto lookups = host.calls_of("users.lookupByEmail");
  ASSERT_EQ(lookups.size(), 51U);
  EXPECT_EQ(lookups.back().args["email"], "vera@example.com");
}

TEST_F(Route, AChannelListThatDoesNotComeIsDoneWithout) {
  host.role_to_recipients = {{"*", {"dev", "C0OPS00001"}}};
  host.options["slack.notify_requester"] = {"false"};
  host.respond = nullptr;
  slack.emplace(host);
  const notify_ticket ticket = slack->route(request.event(NOTIFY_REQUEST_PENDING));
  ASSERT_EQ(host.count("conversations.list"), 1U);
  host.advance(5'000);
  EXPECT_THAT(ids(slack->answer(ticket)), ElementsAre("#dev", "C0OPS00001"));
}

TEST_F(Route, AChannelListThatIsRefusedIsDoneWithout) {
  host.role_to_recipients = {{"*", {"dev", "C0OPS00001"}}};
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "conversations.list") return std::nullopt;
    return error("brand_new");
  };
  EXPECT_THAT(ids(route()), ElementsAre("#dev", "C0OPS00001", "U0REQUESTER"));
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

TEST_F(Route, ALookupThatTheWorkspaceForbidsDoesNotKeepChannelsFromTheirMessage) {
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "users.lookupByEmail") return std::nullopt;
    return error("enterprise_is_restricted");
  };
  EXPECT_THAT(ids(route()), ElementsAre("#dev", "requester@example.com"));
}

TEST_F(Route, ABrokenTokenStopsTheInstance) {
  workspace.first = [](const ApiCall&) { return error("invalid_auth"); };
  const Answered answer = route();
  EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_BROKEN_AUTH));
  EXPECT_TRUE(answer.whole_instance);
}

TEST_F(Route, KeepsIdsAndLabelsWithinTheAbisLimits) {
  request.user = std::string(240, 'x') + "@example.com";
  host.role_to_recipients = {{"*", {"\"" + std::string(1000, 'x') + "\" <vera@example.com>"}}};
  const Answered answer = route();
  ASSERT_EQ(answer.recipients.size(), 2U);
  EXPECT_LE(answer.recipients.at(1).id.size(), 255U);
  EXPECT_LE(answer.recipients.at(0).id.size(), 255U);
  EXPECT_LE(answer.recipients.at(0).label.size(), 255U);
}

}  // namespace
}  // namespace slack_test
