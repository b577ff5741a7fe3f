#include "message.h"

#include <gtest/gtest.h>

#include "blocks_of.h"
#include "fake_host.h"
#include "text.h"

namespace slack_test {
namespace {

using slack::announcement;
using slack::Message;
using slack::State;

std::string title(const Message& m) { return blocks_of(m)[0]["text"]["text"]; }
std::string fields(const Message& m) { return blocks_of(m)[1]["text"]["text"]; }
std::string status(const Message& m) { return blocks_of(m)[2]["elements"][0]["text"]; }

std::size_t code_points(const std::string& text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return n;
}

// What reference limits say, checked for every text object.
void expect_within_limits(const Message& m) {
  const auto check = [](const Json& object) {
    const auto text = object["text"].get<std::string>();
    EXPECT_GE(text.size(), 1U);
    EXPECT_LE(slack::length(text), 3000U);
    EXPECT_LE(code_points(text), 3000U);
  };
  ASSERT_LE(blocks_of(m).size(), 50U);
  for (const Json& block : blocks_of(m)) {
    if (block.contains("text")) check(block["text"]);
    if (!block.contains("elements")) continue;
    EXPECT_LE(block["elements"].size(), 10U);
    for (const Json& element : block["elements"]) check(element);
  }
  EXPECT_LT(m.blocks.size(), 13'000U);
  EXPECT_LE(slack::length(m.text), 3000U);
  EXPECT_FALSE(m.text.empty());
}

std::string repeated(const std::string& text, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

TEST(Announcement, HasUpstreamsFieldsInUpstreamsOrder) {
  Request request;
  request.roles = {"foo", "bar"};
  request.resources = {"/example.teleport.sh/node/one"};
  request.reason = "because";
  request.url = "https://example.teleport.sh/web/requests/" + request.id;
  EXPECT_EQ(fields(announcement(request.view(), State::kPending)),
            "*ID*: " + request.id +
                "\n*Cluster*: example.teleport.sh\n*User*: requester@example.com\n"
                "*Role(s)*: `bar,foo`\n*Resource(s)*: `/example.teleport.sh/node/one`\n"
                "*Reason*: ```\nbecause```\n*Link*: <https://example.teleport.sh/web/requests/" +
                request.id + ">\n");
}

TEST(Announcement, HasUpstreamsShape) {
  Request request;
  const Message m = announcement(request.view(), State::kPending);
  ASSERT_EQ(blocks_of(m).size(), 3U);
  EXPECT_EQ(blocks_of(m)[0]["type"], "section");
  EXPECT_EQ(blocks_of(m)[1]["type"], "section");
  EXPECT_EQ(blocks_of(m)[2]["type"], "context");
  ASSERT_EQ(blocks_of(m)[2]["elements"].size(), 1U);
  EXPECT_EQ(status(m), "*Status*: ⏳ PENDING");
}

TEST(Announcement, ListsLoginsByRoleWhenTheyAreKnown) {
  Request request;
  request.roles = {"foo", "dev", "admin", "bar"};
  request.logins = {{"admin", {"root", "foo", "bar"}}, {"bar", {"x"}}, {"foo", {"y"}}};
  const std::string text = fields(announcement(request.view(), State::kPending));
  EXPECT_NE(text.find("*Role*: `admin` *Login(s)*: `bar, foo, root`\n"
                      "*Role*: `bar` *Login(s)*: `x`\n*Role*: `dev` *Login(s)*: `-`\n"
                      "*Role*: `foo` *Login(s)*: `y`\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("Role(s)"), std::string::npos);
}

TEST(Announcement, IsTitledByWhatIsRequested) {
  Request request;
  EXPECT_EQ(title(announcement(request.view(), State::kPending)), "You have a new Role Request:");
  request.resources = {"/c/node/one"};
  request.kind = NOTIFY_KIND_SHORT_TERM;
  EXPECT_EQ(title(announcement(request.view(), State::kPending)),
            "You have a new Resource Request:");
  request.kind = NOTIFY_KIND_LONG_TERM;
  EXPECT_EQ(title(announcement(request.view(), State::kPending)),
            "You have a new Resource Request (long-term access):");
}

TEST(Announcement, CutsALongReasonInsideItsCode) {
  Request request;
  request.reason = "because of " + std::string(4000, 'A');
  EXPECT_NE(fields(announcement(request.view(), State::kPending))
                .find("*Reason*: ```\nbecause of " + std::string(389, 'A') + "``` (truncated)\n"),
            std::string::npos);
}

TEST(Announcement, ShowsTheTshCommandsWithoutALinkWhileUnresolved) {
  Request request;
  request.url = "";
  const std::string pending = fields(announcement(request.view(), State::kPending));
  EXPECT_NE(pending.find("*Approve*: `tsh request review --approve " + request.id + "`\n"),
            std::string::npos);
  EXPECT_NE(pending.find("*Deny*: `tsh request review --deny " + request.id + "`\n"),
            std::string::npos);
  EXPECT_EQ(fields(announcement(request.view(), State::kApproved)).find("tsh"), std::string::npos);
}

struct StateCase {
  State state;
  const char* status;
  const char* reaction;
};
class States : public testing::TestWithParam<StateCase> {};

TEST_P(States, AreShownAndMarked) {
  Request request;
  EXPECT_EQ(status(announcement(request.view(), GetParam().state)), GetParam().status);
  EXPECT_EQ(slack::reaction_name(GetParam().state), GetParam().reaction);
}

INSTANTIATE_TEST_SUITE_P(
    All, States,
    testing::Values(StateCase{State::kPending, "*Status*: ⏳ PENDING", ""},
                    StateCase{State::kApproved, "*Status*: ✅ APPROVED", "white_check_mark"},
                    StateCase{State::kDenied, "*Status*: ❌ DENIED", "x"},
                    StateCase{State::kPromoted, "*Status*: 📋 PROMOTED", "white_check_mark"},
                    StateCase{State::kExpired, "*Status*: ⌛ EXPIRED", "hourglass"}));

TEST(Announcement, CutsALongResolutionReason) {
  Request request;
  request.resolve_reason = "not okay " + std::string(4000, 'A');
  EXPECT_EQ(status(announcement(request.view(), State::kDenied)),
            "*Status*: ❌ DENIED\n*Resolution reason*: ```\nnot okay " + std::string(391, 'A') +
                "``` (truncated)");
}

TEST(Announcement, ShowsWhoReviewedInASecondElement) {
  Request request;
  request.review("alice@example.com", NOTIFY_APPROVED);
  request.review("bob@example.com", NOTIFY_DENIED);
  const Message m = announcement(request.view(), State::kPending);
  EXPECT_EQ(status(m), "*Status*: ⏳ PENDING");
  EXPECT_EQ(blocks_of(m)[2]["elements"][1]["text"],
            "2 reviews: ✅ alice@example.com, ❌ bob@example.com");
}

TEST(Announcement, CountsReviewersThatDoNotFit) {
  Request request;
  for (int i = 0; i < 200; ++i) request.review("someone@example.com", NOTIFY_APPROVED);
  const Message m = announcement(request.view(), State::kPending);
  EXPECT_NE(blocks_of(m)[2]["elements"][1]["text"].get<std::string>().find(" more"),
            std::string::npos);
  expect_within_limits(m);
}

TEST(Announcement, CountsRolesThatDoNotFit) {
  Request request;
  request.roles.clear();
  for (int i = 0; i < 1000; ++i) request.roles.push_back("role-" + std::to_string(1000 + i));
  const Message m = announcement(request.view(), State::kPending);
  EXPECT_NE(fields(m).find("` +960 more\n"), std::string::npos) << fields(m);
  expect_within_limits(m);
}

TEST(Announcement, NobodyCanPingOrForgeALink) {
  const std::string evil = "<!channel> <https://evil.example|ok> @here `*_~ \n*Status*: ✅ APPROVED";
  Request request;
  request.id = request.cluster = request.user = request.reason = request.resolve_reason = evil;
  request.roles = {evil};
  request.resources = {evil};
  request.url = "";
  request.review(evil, NOTIFY_APPROVED, evil);
  for (const Message& m : {announcement(request.view(), State::kPending),
                           slack::verdict(request.view(), State::kApproved)}) {
    const std::string all = m.blocks + m.text;
    EXPECT_EQ(all.find('<'), std::string::npos) << all;
    EXPECT_EQ(m.text.find('\n'), std::string::npos) << "no line of its own in the plain text";
    expect_within_limits(m);
  }
  EXPECT_EQ(slack::review_reply(*request.review_at(0)).find('<'), std::string::npos);
}

TEST(Announcement, AUrlThatIsNoLinkIsNotShownAsOne) {
  for (const std::string& url :
       {std::string("javascript:alert(1)"), std::string("https://a.example/<!here>"),
        std::string("https://a.example/|x"), "https://a.example/" + std::string(5000, 'a')}) {
    Request request;
    request.url = url;
    const std::string text = fields(announcement(request.view(), State::kPending));
    EXPECT_EQ(text.find("*Link*"), std::string::npos) << url.substr(0, 40);
    EXPECT_NE(text.find("*Approve*"), std::string::npos);
  }
}

class Bulky : public testing::TestWithParam<const char*> {};

TEST_P(Bulky, RequestsKeepEveryLimitAndTheLink) {
  const std::string bulk = repeated(GetParam(), 5000);
  Request request;
  request.id = request.cluster = request.user = request.reason = request.resolve_reason = bulk;
  request.roles.assign(60, bulk);
  for (std::size_t i = 0; i < request.roles.size(); ++i) request.roles[i] += std::to_string(i);
  request.resources.assign(40, bulk);
  for (int i = 0; i < 12; ++i) request.review(bulk, NOTIFY_DENIED, bulk);
  request.kind = NOTIFY_KIND_LONG_TERM;
  request.created_ms = 1'700'000'000'000;
  request.access_starts_ms = request.expires_ms = request.created_ms + 86'400'000;
  request.access_expires_ms = request.created_ms + 30 * 86'400'000LL;
  request.session_ttl_ms = 3'600'000;
  request.thresholds.assign(50, {4'000'000'000, 4'000'000'000, std::pair(1U, 1U), bulk, {bulk}});
  request.promoted_to = std::pair(bulk, bulk);
  for (const bool with_logins : {false, true}) {
    if (with_logins) {
      for (const std::string& role : request.roles) request.logins[role] = {bulk, bulk};
    }
    for (const State state : {State::kPending, State::kDenied, State::kPromoted}) {
      const Message m = announcement(request.view(), state, 1'000'000);
      expect_within_limits(m);
      EXPECT_NE(fields(m).find("*Link*: <" + request.url + ">\n"), std::string::npos);
      EXPECT_NE(m.text.find(request.url), std::string::npos);
      expect_within_limits(slack::verdict(request.view(), state));
    }
  }
  EXPECT_LE(slack::length(slack::review_reply(*request.review_at(0))), 3000U);
}

INSTANTIATE_TEST_SUITE_P(OfAnything, Bulky,
                         testing::Values("a", "&", "<", "`", "\"", "\\", "ä", "漢", "🎉", "\xff",
                                         "\n", "👩\u200D🚀", "e\u0301", " a "));

TEST(Text, CarriesTheWholeEssentialContent) {
  Request request;
  request.reason = "deploy & fix";
  EXPECT_EQ(announcement(request.view(), State::kPending).text,
            "⏳ PENDING: requester@example.com requests role editor (cluster example.teleport.sh). "
            "Reason: `“deploy &amp; fix”`. <https://example.teleport.sh/web/requests/1>");
}

TEST(Text, SurvivesARequestOfWhichLittleIsLeft) {
  Request request;
  request.user = request.cluster = request.url = "";
  request.roles.clear();
  const Message m = announcement(request.view(), State::kExpired);
  expect_within_limits(m);
  EXPECT_EQ(m.text, "⌛ EXPIRED: Somebody requests access. Request " + request.id);
}

TEST(Verdict, BeginsAsUpstreamAndGoesOnWithWhatTheRequesterNeeds) {
  Request request;
  request.resolve_reason = "okay";
  request.review("vera@example.com", NOTIFY_APPROVED);
  const Message m = slack::verdict(request.view(), State::kApproved);
  EXPECT_EQ(title(m), "Request with ID \"" + request.id + "\" has been updated: *APPROVED*");
  EXPECT_EQ(fields(m),
            "*Decision*: ✅ APPROVED\n*Role(s)*: `editor`\n*Resolution reason*: ```\nokay```\n"
            "*Reviewed by*: 1 review: ✅ vera@example.com\n*Cluster*: example.teleport.sh\n"
            "*Link*: <https://example.teleport.sh/web/requests/1>\n");
  EXPECT_EQ(m.text.rfind("Your access request was approved. ", 0), 0U);
}

TEST(ReviewReply, ReadsAsUpstreams) {
  Request request;
  request.review("vera@example.com", NOTIFY_APPROVED, "okay");
  EXPECT_EQ(slack::review_reply(*request.review_at(0)),
            "vera@example.com reviewed the request at 14 Nov 23 22:15 UTC.\n"
            "Resolution: ✅ APPROVED.\nReason: ```\nokay```");
}

TEST(ReviewReply, LeavesOutWhatIsNotKnown) {
  Request request;
  request.review("vera@example.com", NOTIFY_DENIED);
  notify_review review = *request.review_at(0);
  review.created_ms = 0;
  EXPECT_EQ(slack::review_reply(review),
            "vera@example.com reviewed the request.\nResolution: ❌ DENIED.");
}

}  // namespace
}  // namespace slack_test
