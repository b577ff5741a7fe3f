#include "webhook.h"

#include <ostream>

#include "event_json.h"
#include "notify/hmac.hpp"
#include "webhook_fixture.h"

namespace webhook_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

EventData to(const std::string& recipient, std::uint32_t kind = NOTIFY_REQUEST_PENDING) {
  EventData data;
  data.recipient = recipient;
  data.kind = kind;
  return data;
}

std::vector<std::string> ids(const std::vector<notify::Recipient>& recipients) {
  std::vector<std::string> out;
  for (const auto& r : recipients) out.push_back(r.id);
  return out;
}

// ---- Whom ----

TEST_F(WebhookTest, TellsTheOnePlaceOfEverything) {
  ASSERT_EQ(start(), "");
  RequestData request;
  request.rule_recipients = {"somebody"};
  EXPECT_THAT(ids(route(request)), ElementsAre("webhook"));
}

TEST_F(WebhookTest, TellsAllPlacesUnlessRolesSayOtherwise) {
  several_places();
  ASSERT_EQ(start(), "");
  EXPECT_THAT(ids(route({})), ElementsAre("dev", "ops"));
}

TEST_F(WebhookTest, RoutesByRole) {
  several_places();
  auto& roles = fake_.config.tables["role_to_recipients"];
  roles["editor"] = {"dev"};
  roles["auditor"] = {"ops", "dev"};
  roles["guest"] = {};
  ASSERT_EQ(start(), "");
  RequestData request;
  EXPECT_THAT(ids(route(request)), ElementsAre("dev"));
  request.roles = {"editor", "auditor"};
  EXPECT_THAT(ids(route(request)), ElementsAre("dev", "ops")) << "each once";
  request.roles = {"guest"};
  EXPECT_THAT(ids(route(request)), IsEmpty());
  request.roles = {"other"};
  EXPECT_THAT(ids(route(request)), IsEmpty()) << "there is no \"*\"";
}

TEST_F(WebhookTest, SendsRolesWithoutALineOfTheirOwnWhereTheStarSays) {
  several_places();
  fake_.config.tables["role_to_recipients"] = {{"*", {"ops"}}, {"editor", {"dev"}}};
  ASSERT_EQ(start(), "");
  RequestData request;
  request.roles = {"other"};
  EXPECT_THAT(ids(route(request)), ElementsAre("ops"));
}

TEST_F(WebhookTest, LetsAnAccessMonitoringRuleDecideAndNamesWhatItDoesNotKnow) {
  several_places();
  fake_.config.tables["role_to_recipients"] = {{"*", {"ops"}}};
  ASSERT_EQ(start(), "");
  RequestData request;
  request.rule_recipients = {"dev", "nowhere", "dev"};
  EXPECT_THAT(ids(route(request)), ElementsAre("dev"));
  EXPECT_EQ(fake_.logged(NOTIFY_LOG_WARN, "Access Monitoring Rule"), 1U);
}

TEST_F(WebhookTest, TellsItsFallbackWhoWasLost) {
  several_places();
  set("webhook.fallback", "ops");
  ASSERT_EQ(start(), "");
  const auto recipients = route({});
  ASSERT_EQ(recipients.size(), 3U);
  EXPECT_EQ(recipients.back().audience, std::uint32_t{NOTIFY_TO_FALLBACK});
  EventData lost = to(recipients.back().id, NOTIFY_GIVEN_UP);
  lost.lost = "dev";
  lost.lost_why = "HTTP 404";
  EXPECT_EQ(answer_to(status(200), lost).rc, notify_rc{NOTIFY_OK});
  EXPECT_EQ(fake_.calls.back().url, "https://ops.example.com/hook");
  EXPECT_EQ(body()["lost"], "dev");
}

// ---- What is posted ----

TEST_F(WebhookTest, PostsTheEventAsJson) {
  ASSERT_EQ(start(), "");
  const notify::Answer done = answer_to(status(200, "ok"), to("webhook"));
  EXPECT_EQ(done.rc, notify_rc{NOTIFY_OK});
  EXPECT_EQ(done.detail, "");
  const HttpCall& call = fake_.calls.back();
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, kUrl);
  EXPECT_EQ(call.header("content-type"), "application/json");
  EXPECT_EQ(call.header("authorization"), "");
  EXPECT_EQ(call.header("x-notify-signature"), "");
  EXPECT_EQ(call.ends_ms - call.at_ms, 10'000U);
  EXPECT_EQ(body()["request"]["user"], "alice@example.com");
  EXPECT_EQ(call.header("idempotency-key"), '"' + body()["id"].get<std::string>() + '"');
}

TEST_F(WebhookTest, SaysTheSameInEachAttempt) {
  ASSERT_EQ(start(), "");
  EventData data = to("webhook");
  answer_to(status(500), data);
  data.attempt = 1;
  fake_.advance(60'000);
  answer_to(status(200), data);
  ASSERT_EQ(fake_.calls.size(), 2U);
  EXPECT_EQ(fake_.calls[0].body, fake_.calls[1].body);
  EXPECT_EQ(fake_.calls[0].header("idempotency-key"), fake_.calls[1].header("idempotency-key"));
}

TEST_F(WebhookTest, SendsItsHeadersAndItsMethod) {
  fake_.config.tables["webhook.headers"] = {{"X-Team", {"blue"}}};
  set("webhook.method", "PATCH");
  set("webhook.authorization", "Bearer token-0001");
  ASSERT_EQ(start(), "");
  answer_to(status(200));
  EXPECT_EQ(fake_.calls.back().method, "PATCH");
  EXPECT_EQ(fake_.calls.back().header("X-Team"), "blue");
  EXPECT_EQ(fake_.calls.back().header("Authorization"), "Bearer token-0001");
  EXPECT_FALSE(fake_.mentions("token-0001"));
}

TEST_F(WebhookTest, PostsABodyOfItsOwn) {
  set("webhook.body", R"({"summary":"{{title}}","roles":{{{request.roles}}}})");
  ASSERT_EQ(start(), "");
  RequestData request;
  request.user = "a\"b";
  EventData data = to("webhook");
  data.request = request;
  answer_to(status(200), data);
  EXPECT_EQ(body()["summary"], "a\"b asks for access as editor");
  EXPECT_EQ(body()["roles"][0], "editor");
}

TEST_F(WebhookTest, PostsEachReviewAndTheEndByItself) {
  ASSERT_EQ(start(), "");
  EventData data = to("webhook", NOTIFY_REQUEST_REVIEWED);
  data.request = RequestData::full();
  answer_to(status(200), data);
  EXPECT_EQ(body()["event"], "reviewed");
  EXPECT_EQ(body()["review"]["author"], "carol");
  data.kind = NOTIFY_REQUEST_RESOLVED;
  data.request.resolution = NOTIFY_DENIED;
  answer_to(status(200), data);
  EXPECT_EQ(body()["request"]["state"], "denied");
  data.kind = NOTIFY_REQUEST_EXPIRED;
  answer_to(status(200), data);
  EXPECT_EQ(body()["request"]["state"], "expired");
}

TEST_F(WebhookTest, PostsNoMoreThanTheAnnouncementWhereThatIsWanted) {
  set("webhook.follow_ups", "false");
  ASSERT_EQ(start(), "");
  const notify_ticket ticket = deliver(to("webhook", NOTIFY_REQUEST_RESOLVED));
  EXPECT_EQ(answer(ticket).rc, notify_rc{NOTIFY_OK_SKIPPED});
  EXPECT_THAT(fake_.calls, IsEmpty());
}

// ---- The signature ----

TEST_F(WebhookTest, SignsTheTimeAndTheVeryBytesOfTheBody) {
  set("webhook.secret", kSecret);
  ASSERT_EQ(start(), "");
  answer_to(status(200));
  const HttpCall& call = fake_.calls.back();
  const std::string time =
      std::to_string((fake_.unix_offset_ms + static_cast<std::int64_t>(call.at_ms)) / 1000);
  EXPECT_EQ(
      call.header("X-Notify-Signature"),
      "t=" + time + ",v1=" + notify::to_hex(notify::hmac_sha256(kSecret, time + "." + call.body)));
  EXPECT_FALSE(fake_.mentions(kSecret));
}

TEST_F(WebhookTest, UsesARenewedSecretAtOnce) {
  set("webhook.secret", kSecret);
  ASSERT_EQ(start(), "");
  answer_to(status(200));
  const std::string before = fake_.calls.back().header("X-Notify-Signature");
  set("webhook.secret", "another-secret-0002");
  answer_to(status(200));
  EXPECT_NE(fake_.calls.back().header("X-Notify-Signature"), before);
}

TEST_F(WebhookTest, PostsNothingUnsignedWhileASecretCannotBeRead) {
  for (const char* secret : {"webhook.secret", "webhook.authorization", "webhook.url"}) {
    set("webhook.secret", kSecret);
    ASSERT_EQ(start(), "");
    fake_.refuse_config = [secret](const std::string& option) -> std::optional<notify_rc> {
      if (option == secret) return NOTIFY_RETRY;
      return std::nullopt;
    };
    const notify_ticket ticket = deliver();
    fake_.refuse_config = nullptr;
    EXPECT_EQ(answer(ticket).rc, notify_rc{NOTIFY_RETRY}) << secret;
    EXPECT_THAT(fake_.calls, IsEmpty()) << secret;
  }
}

// ---- What became of it ----

struct Verdict {
  conformance::HttpAnswer reply;
  notify_rc one_place, several;
};
std::ostream& operator<<(std::ostream& out, const Verdict& v) {
  return out << v.reply.status << v.reply.outcome;
}
class WebhookVerdict : public WebhookTest, public ::testing::WithParamInterface<Verdict> {};

TEST_P(WebhookVerdict, OfOnePlace) {
  ASSERT_EQ(start(), "");
  EXPECT_EQ(answer_to(GetParam().reply, to("webhook")).rc, GetParam().one_place);
}

TEST_P(WebhookVerdict, OfOneOfSeveral) {
  several_places();
  ASSERT_EQ(start(), "");
  EXPECT_EQ(answer_to(GetParam().reply, to("ops")).rc, GetParam().several);
}

INSTANTIATE_TEST_SUITE_P(
    All, WebhookVerdict,
    ::testing::Values(
        Verdict{status(204), NOTIFY_OK, NOTIFY_OK},
        Verdict{status(301), NOTIFY_BROKEN_CONFIG, NOTIFY_DROP_RECIPIENT},
        Verdict{status(400, "invalid_payload"), NOTIFY_DROP_PAYLOAD, NOTIFY_DROP_PAYLOAD},
        Verdict{status(401), NOTIFY_BROKEN_AUTH, NOTIFY_DROP_RECIPIENT},
        Verdict{status(404, "no_service"), NOTIFY_BROKEN_CONFIG, NOTIFY_DROP_RECIPIENT},
        Verdict{status(410, "channel_is_archived"), NOTIFY_BROKEN_CONFIG, NOTIFY_DROP_RECIPIENT},
        Verdict{status(429), NOTIFY_RETRY_LIMITED, NOTIFY_RETRY_LIMITED},
        Verdict{status(500), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY_UNSURE},
        Verdict{not_answered(NOTIFY_HTTP_NOT_SENT), NOTIFY_RETRY_OFFLINE, NOTIFY_RETRY_OFFLINE},
        Verdict{not_answered(NOTIFY_HTTP_UNSURE), NOTIFY_RETRY_UNSURE, NOTIFY_RETRY_UNSURE}));

TEST_F(WebhookTest, RepeatsAPutWithoutDoubt) {
  set("webhook.method", "PUT");
  ASSERT_EQ(start(), "");
  EXPECT_EQ(answer_to(status(502)).rc, notify_rc{NOTIFY_RETRY});
}

TEST_F(WebhookTest, SaysWhatTheReceiverSaidAndNeverWhere) {
  ASSERT_EQ(start(), "");
  const auto refused =
      answer_to(status(400, "invalid_\x1b[2Jpayload\n" + std::string(500, 'x')), to("webhook"));
  EXPECT_THAT(refused.detail, HasSubstr("webhook: HTTP 400: invalid_␛[2Jpayload"));
  EXPECT_LT(refused.detail.size(), 200U);
  EXPECT_FALSE(fake_.mentions("very-secret-path"));
}

TEST_F(WebhookTest, WaitsForAsLongAsA429Asks) {
  several_places();
  ASSERT_EQ(start(), "");
  const auto limited = answer_to(status(429, "", {{"retry-after", "120"}}), to("ops"));
  EXPECT_EQ(limited.retry_after_ms, 120'000U);
  EXPECT_FALSE(limited.whole_instance) << "the other place is not meant";
  fake_.advance(20'000);
  const notify_ticket next = deliver(to("ops", NOTIFY_REQUEST_RESOLVED));
  EXPECT_EQ(answer(next).rc, notify_rc{NOTIFY_RETRY_LIMITED});
  EXPECT_EQ(answer(next).retry_after_ms, 100'000U);
  EXPECT_EQ(fake_.calls.size(), 1U);
  EXPECT_EQ(answer_to(status(200), to("dev")).rc, notify_rc{NOTIFY_OK});
  fake_.advance(100'000);
  EXPECT_EQ(answer_to(status(200), to("ops")).rc, notify_rc{NOTIFY_OK});
}

TEST_F(WebhookTest, KeepsItsPace) {
  set("webhook.interval", "2000");
  ASSERT_EQ(start(), "");
  fake_.respond = [](const HttpCall&) { return std::optional(status(200)); };
  for (int i = 0; i < 3; ++i) deliver(to("webhook"));
  fake_.advance(10'000);
  ASSERT_EQ(fake_.calls.size(), 3U);
  EXPECT_EQ(fake_.calls[1].at_ms - fake_.calls[0].at_ms, 2'000U);
  EXPECT_EQ(fake_.calls[2].at_ms - fake_.calls[1].at_ms, 2'000U);
}

TEST_F(WebhookTest, LetsGoOfWhatWaitsWhenTheDaemonStops) {
  set("webhook.interval", "5000");
  ASSERT_EQ(start(), "");
  const notify_ticket sent = deliver(to("webhook"));
  const notify_ticket waits = deliver(to("webhook", NOTIFY_REQUEST_RESOLVED));
  instance_->abandon(sent);
  EXPECT_EQ(NOTIFY_CLASS(answer(waits).rc), NOTIFY_CLASS(NOTIFY_RETRY));
  EXPECT_FALSE(fake_.answered(sent)) << "under way";
  fake_.reply(status(200));
  EXPECT_EQ(answer(sent).rc, notify_rc{NOTIFY_OK});
}

TEST_F(WebhookTest, SendsNothingAfterTheDeadline) {
  set("webhook.interval", "5000");
  ASSERT_EQ(start(), "");
  fake_.respond = [](const HttpCall&) { return std::optional(status(200)); };
  deliver(to("webhook"));
  EventData late = to("webhook", NOTIFY_REQUEST_RESOLVED);
  late.deadline_ns = (fake_.now_ms + 3'000) * 1'000'000;
  const notify_ticket ticket = deliver(late);
  fake_.advance(10'000);
  EXPECT_EQ(answer(ticket).rc, notify_rc{NOTIFY_RETRY_LIMITED});
  EXPECT_EQ(fake_.calls.size(), 1U);
}

// ---- Nothing is doubled ----

TEST_F(WebhookTest, KnowsByItsReceiptWhatIsDone) {
  ASSERT_EQ(start(), "");
  EventData data = to("webhook");
  data.receipt = answer_to(status(200), data).receipt;
  ASSERT_NE(data.receipt, "");
  EXPECT_EQ(answer(deliver(data)).rc, notify_rc{NOTIFY_OK_SKIPPED});
  EXPECT_EQ(fake_.calls.size(), 1U);
  data.kind = NOTIFY_REQUEST_RESOLVED;
  EXPECT_EQ(answer_to(status(200), data).rc, notify_rc{NOTIFY_OK}) << "another step";
}

TEST_F(WebhookTest, GivesNoReceiptForWhatWasNotDone) {
  ASSERT_EQ(start(), "");
  EXPECT_EQ(answer_to(status(500)).receipt, "");
}

TEST_F(WebhookTest, TakesNoForeignReceiptForItsOwn) {
  ASSERT_EQ(start(), "");
  for (const char* foreign : {"C0DEV/17.1", "done ", "done 0", "\xFF"}) {
    EventData data = to("webhook");
    data.receipt = foreign;
    EXPECT_EQ(answer_to(status(200), data).rc, notify_rc{NOTIFY_OK}) << foreign;
  }
}

// What it would have to answer is "can't know"; a host that sees no find() does not even wait.
TEST(WebhookTable, HasNoFind) { EXPECT_EQ(notify_module_v1.find, nullptr); }

TEST_F(WebhookTest, GivesUpAnEndpointThatIsNotThereAnyMore) {
  several_places();
  ASSERT_EQ(start(), "");
  const notify_ticket ticket = deliver(to("gone"));
  EXPECT_EQ(answer(ticket).rc, notify_rc{NOTIFY_DROP_RECIPIENT});
  EXPECT_THAT(answer(ticket).detail, HasSubstr("not under [endpoints]"));
}

}  // namespace
}  // namespace webhook_test
