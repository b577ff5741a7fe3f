// deliver() and check(): what an instance does in Slack for each event, and what it answers.
#include "steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

using testing::HasSubstr;

constexpr const char* kReceipt = "C0DEV00001/1700000000.000100";
constexpr const char* kDirect = "D0REQUESTER/1700000000.000100";

notify_rc rc(int code) { return static_cast<notify_rc>(code); }

class Deliver : public testing::Test {
 protected:
  Instance& slack() {
    if (!slack_) slack_.emplace(host);
    return *slack_;
  }
  Answered deliver(const notify_event& event) {
    const notify_ticket ticket = slack().deliver(event);
    return slack().answer(ticket);
  }
  // The first call of each of these methods is answered like this, the rest as usual.
  void once(const std::string& method, const ApiAnswer& answer) {
    workspace.first = [method, answer, done = false](const ApiCall& call) mutable {
      if (done || call.method != method) return std::optional<ApiAnswer>();
      done = true;
      return std::optional<ApiAnswer>(answer);
    };
  }
  void always(const std::string& method, const ApiAnswer& answer) {
    workspace.first = [method, answer](const ApiCall& call) {
      return call.method == method ? std::optional<ApiAnswer>(answer) : std::nullopt;
    };
  }
  Answered resolve(std::uint32_t resolution, const std::string& receipt,
                   std::uint32_t audience = NOTIFY_TO_REVIEWER) {
    request.resolution = resolution;
    const bool requester = audience == NOTIFY_TO_REQUESTER;
    return deliver(request.event(NOTIFY_REQUEST_RESOLVED, requester ? "U0REQUESTER" : "C0DEV00001",
                                 receipt, audience));
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;

 private:
  std::optional<Instance> slack_;
};

// ---- Announcing ----

TEST_F(Deliver, SaysAtOnceAndOnceWhatAPersonMustMend) {
  always("chat.postMessage", error("messages_tab_disabled"));
  for (int i = 0; i < 3; ++i) deliver(request.event(NOTIFY_REQUEST_PENDING, "U0VERA"));
  EXPECT_EQ(host.logged(NOTIFY_LOG_WARN, "kept back until this is mended"), 1U);
}

TEST_F(Deliver, AnnouncesAndAnswersWhereItIs) {
  const Answered answer = deliver(request.event(NOTIFY_REQUEST_PENDING, "#dev"));
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.message, "C0DEV00001/1700000001.000100");
  EXPECT_EQ(answer.receipt, "C0DEV00001/1700000001.000100;s=PENDING");
  const Json args = host.calls_of("chat.postMessage").at(0).args;
  EXPECT_EQ(args["channel"], "dev") << "as teleport-slack sends it";
  EXPECT_EQ(args["unfurl_links"], false);
  EXPECT_EQ(args["unfurl_media"], false);
  EXPECT_FALSE(args["text"].get<std::string>().empty());
  EXPECT_EQ(args["blocks"].size(), 3U);
}

TEST_F(Deliver, MarksEachPostForFind) {
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING);
  deliver(event);
  const Json metadata = host.calls_of("chat.postMessage").at(0).args["metadata"];
  EXPECT_EQ(metadata["event_type"], "teleport_access_request");
  EXPECT_EQ(metadata["event_payload"], Json({{"request_id", request.id},
                                             {"recipient", "C0DEV00001"},
                                             {"step", "announce"},
                                             {"key", std::string(notify::view(event.key))}}));
}

TEST_F(Deliver, ADirectMessageIsPostedToTheUserAndKeptByItsChannel) {
  const Answered answer =
      deliver(request.event(NOTIFY_REQUEST_PENDING, "U0REQUESTER", "", NOTIFY_TO_REQUESTER));
  EXPECT_EQ(host.calls_of("chat.postMessage").at(0).args["channel"], "U0REQUESTER");
  EXPECT_EQ(answer.message, "D0REQUESTER/1700000001.000100");
}

TEST_F(Deliver, AnnouncesAResolvedRequestAsResolved) {
  request.resolution = NOTIFY_DENIED;
  const Answered answer = deliver(request.event(NOTIFY_REQUEST_PENDING));
  EXPECT_THAT(answer.receipt, HasSubstr(";s=DENIED"));
  EXPECT_EQ(host.calls_of("chat.postMessage").at(0).args["blocks"][2]["elements"][0]["text"],
            "*Status*: ❌ DENIED");
}

TEST_F(Deliver, DoesNotAnnounceTwice) {
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_PENDING, "C0DEV00001", kReceipt)).rc,
            rc(NOTIFY_OK));
  EXPECT_TRUE(host.calls.empty());
}

TEST_F(Deliver, AnUnknownEmailAddressIsDroppedWithWhatToMend) {
  const Answered answer = deliver(request.event(NOTIFY_REQUEST_PENDING, "ghost@example.com"));
  EXPECT_EQ(answer.rc, rc(NOTIFY_DROP_RECIPIENT));
  EXPECT_THAT(answer.detail, HasSubstr("\"ghost@example.com\": "));
  EXPECT_THAT(answer.detail, HasSubstr("give the person's Slack account this address"));
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
}

TEST_F(Deliver, ADroppedReviewerWhoWasSuggestedIsNamedAsThat) {
  always("users.lookupByEmail", error("users_not_found"));
  request.suggested = {"ghost@example.com"};
  notify_event event = request.event(NOTIFY_REQUEST_PENDING, "ghost@example.com");
  event.label = notify::to_str("ghost@example.com");
  EXPECT_THAT(deliver(event).detail, HasSubstr("suggested reviewer \"ghost@example.com\": "));
}

TEST_F(Deliver, ADroppedRecipientOfARuleIsNamedAsThat) {
  always("chat.postMessage", error("not_in_channel"));
  request.rule_recipients = {"#dev"};
  EXPECT_THAT(deliver(request.event(NOTIFY_REQUEST_PENDING, "#dev")).detail,
              HasSubstr("Access Monitoring Rule \"#dev\": "));
}

TEST_F(Deliver, ADroppedChannelIsNamedAsTheConfigNamedIt) {
  always("chat.postMessage", error("not_in_channel"));
  notify_event event = request.event(NOTIFY_REQUEST_PENDING, "#dev");
  event.label = notify::to_str("Dev");
  host.role_to_recipients = {{"*", {"other"}}, {"editor", {"Dev"}}};
  const Answered answer = deliver(event);
  EXPECT_EQ(answer.rc, rc(NOTIFY_DROP_RECIPIENT));
  EXPECT_THAT(answer.detail, HasSubstr("role_to_recipients.\"editor\" \"Dev\": chat.postMessage: "
                                       "not_in_channel"));
  EXPECT_THAT(answer.detail, HasSubstr("invite the app"));
}

TEST_F(Deliver, AnAnswerToAPostWithoutTsIsUnsure) {
  always("chat.postMessage", ok());
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_PENDING)).rc, rc(NOTIFY_RETRY_UNSURE));
}

TEST_F(Deliver, RefusedBlocksAreSentOnceMoreAsPlainText) {
  once("chat.postMessage", error("invalid_blocks"));
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_PENDING)).rc, rc(NOTIFY_OK));
  const auto posts = host.calls_of("chat.postMessage");
  ASSERT_EQ(posts.size(), 2U);
  EXPECT_FALSE(posts[1].args.contains("blocks"));
  EXPECT_TRUE(posts[1].args.contains("metadata"));
  EXPECT_EQ(posts[1].args["text"], posts[0].args["text"]);
}

TEST_F(Deliver, RefusedMetadataIsLeftOut) {
  once("chat.postMessage", error("metadata_too_large"));
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_PENDING)).rc, rc(NOTIFY_OK));
  const auto posts = host.calls_of("chat.postMessage");
  EXPECT_FALSE(posts.at(1).args.contains("metadata"));
  EXPECT_TRUE(posts.at(1).args.contains("blocks"));
}

TEST_F(Deliver, ContentThatIsRefusedTwiceIsDropped) {
  always("chat.postMessage", error("msg_too_long"));
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_PENDING)).rc, rc(NOTIFY_DROP_PAYLOAD));
  EXPECT_EQ(host.count("chat.postMessage"), 2U);
}

TEST_F(Deliver, InvalidUtf8DoesNotBreakAPost) {
  request.reason = request.user = "\xff\xfe\xc3";
  request.id = "\xf0\x9f";
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_PENDING)).rc, rc(NOTIFY_OK));
}

// ---- Reviews ----

TEST_F(Deliver, AReviewIsAReplyAndAnEdit) {
  request.review("vera@example.com", NOTIFY_APPROVED, "okay");
  const notify_event& event = request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt);
  const Answered answer = deliver(event);
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.receipt, std::string(kReceipt) + ";r=1");
  EXPECT_EQ(answer.message, kReceipt);
  const Json reply = host.calls_of("chat.postMessage").at(0).args;
  EXPECT_EQ(reply["thread_ts"], "1700000000.000100");
  EXPECT_EQ(reply["channel"], "C0DEV00001");
  EXPECT_THAT(reply["text"].get<std::string>(), HasSubstr("vera@example.com reviewed the request"));
  EXPECT_EQ(reply["metadata"]["event_payload"]["key"], std::string(notify::view(event.key)));
  const Json edit = host.calls_of("chat.update").at(0).args;
  EXPECT_EQ(edit["ts"], "1700000000.000100");
  EXPECT_EQ(edit["blocks"][2]["elements"][0]["text"], "*Status*: ⏳ PENDING");
  EXPECT_EQ(edit["blocks"][2]["elements"][1]["text"], "1 review: ✅ vera@example.com");
}

TEST_F(Deliver, WhenOnlyTheEditFailsTheReplyIsNotRepeated) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  always("chat.update", status(503));
  const Answered failed = deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt));
  EXPECT_EQ(failed.rc, rc(NOTIFY_RETRY));
  EXPECT_EQ(failed.receipt, std::string(kReceipt) + ";r=1");
  workspace.first = nullptr;
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", failed.receipt)).rc,
            rc(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  EXPECT_EQ(host.count("chat.update"), 2U);
}

TEST_F(Deliver, AnUnsureReplyIsUnsureAndLeavesTheReceipt) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  always("chat.postMessage", outcome(NOTIFY_HTTP_UNSURE));
  const Answered answer = deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt));
  EXPECT_EQ(answer.rc, rc(NOTIFY_RETRY_UNSURE));
  EXPECT_EQ(answer.receipt, kReceipt);
  EXPECT_EQ(host.count("chat.update"), 0U);
}

TEST_F(Deliver, OnlyTheNewestReviewIsAnEdit) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  notify_event first = request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt);
  request.review("viktor@example.com", NOTIFY_DENIED);
  first.request = &request.view();
  EXPECT_EQ(deliver(first).receipt, std::string(kReceipt) + ";r=1");
  EXPECT_EQ(host.count("chat.update"), 0U);
}

TEST_F(Deliver, AReviewOfAResolvedRequestIsNoEdit) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  request.resolution = NOTIFY_APPROVED;
  deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt));
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  EXPECT_EQ(host.count("chat.update"), 0U);
}

TEST_F(Deliver, AnEditOfADeletedMessageIsNoFailureWhileUnresolved) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  always("chat.update", error("message_not_found"));
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt)).rc,
            rc(NOTIFY_OK));
}

TEST_F(Deliver, AReviewToldAfterTheRequestExpiredIsNoEdit) {
  request.review("bob@example.com", NOTIFY_APPROVED);
  const Answered answer = deliver(
      request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", std::string(kReceipt) + ";s=EXPIRED"));
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  EXPECT_EQ(host.count("chat.update"), 0U);
}

TEST_F(Deliver, AMessageThatTakesNoRepliesStillShowsTheReview) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  always("chat.postMessage", error("restricted_action_thread_locked"));
  const Answered answer = deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt));
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.receipt, std::string(kReceipt) + ";r=1");
  EXPECT_EQ(host.count("chat.update"), 1U);
}

TEST_F(Deliver, AReviewOfWhatWasNeverAnnouncedIsSkipped) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_REVIEWED)).rc, rc(NOTIFY_OK_SKIPPED));
  EXPECT_TRUE(host.calls.empty());
}

// ---- The end ----

TEST_F(Deliver, AResolutionIsAnEditInPlaceAndAReaction) {
  request.resolve_reason = "okay";
  const Answered answer = resolve(NOTIFY_APPROVED, kReceipt);
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.receipt, std::string(kReceipt) + ";s=APPROVED;x=APPROVED");
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
  const Json edit = host.calls_of("chat.update").at(0).args;
  EXPECT_EQ(edit["blocks"][2]["elements"][0]["text"],
            "*Status*: ✅ APPROVED\n*Resolution reason*: ```\nokay```");
  const Json reaction = host.calls_of("reactions.add").at(0).args;
  EXPECT_EQ(reaction["name"], "white_check_mark");
  EXPECT_EQ(reaction["timestamp"], "1700000000.000100");
}

TEST_F(Deliver, TheRequesterIsToldInANewMessageFirst) {
  const Answered answer = resolve(NOTIFY_DENIED, kDirect, NOTIFY_TO_REQUESTER);
  EXPECT_EQ(answer.receipt, std::string(kDirect) + ";s=DENIED;x=DENIED;t=DENIED");
  ASSERT_EQ(host.calls.size(), 3U);
  EXPECT_EQ(host.calls[0].method, "chat.postMessage");
  EXPECT_EQ(host.calls[0].args["channel"], "U0REQUESTER");
  EXPECT_FALSE(host.calls[0].args.contains("thread_ts"));
  EXPECT_EQ(host.calls[0].args["blocks"][0]["text"]["text"],
            "Request with ID \"" + request.id + "\" has been updated: *DENIED*");
  EXPECT_EQ(host.calls[1].method, "chat.update");
  EXPECT_EQ(host.calls[2].args["name"], "x");
}

TEST_F(Deliver, ExpiryTellsTheRequesterToo) {
  const Answered answer =
      deliver(request.event(NOTIFY_REQUEST_EXPIRED, "U0REQUESTER", kDirect, NOTIFY_TO_REQUESTER));
  EXPECT_THAT(answer.receipt, HasSubstr(";s=EXPIRED;x=EXPIRED;t=EXPIRED"));
  EXPECT_THAT(
      host.calls_of("chat.postMessage").at(0).args["blocks"][0]["text"]["text"].get<std::string>(),
      HasSubstr("*EXPIRED*"));
  EXPECT_EQ(host.calls_of("reactions.add").at(0).args["name"], "hourglass");
}

TEST_F(Deliver, AnApprovedRequestThatExpiresStaysApproved) {
  request.resolution = NOTIFY_APPROVED;
  const std::string receipt = std::string(kReceipt) + ";s=APPROVED;x=APPROVED";
  EXPECT_EQ(deliver(request.event(NOTIFY_REQUEST_EXPIRED, "C0DEV00001", receipt)).rc,
            rc(NOTIFY_OK));
  EXPECT_TRUE(host.calls.empty());
}

TEST_F(Deliver, AReviewerWhoNeverGotAnAnnouncementGetsNothing) {
  EXPECT_EQ(resolve(NOTIFY_APPROVED, "").rc, rc(NOTIFY_OK_SKIPPED));
  EXPECT_TRUE(host.calls.empty());
}

TEST_F(Deliver, ARequesterWhoNeverGotAnAnnouncementIsToldOnce) {
  const Answered answer = resolve(NOTIFY_APPROVED, "", NOTIFY_TO_REQUESTER);
  EXPECT_EQ(answer.receipt, ";t=APPROVED");
  EXPECT_EQ(answer.message, "");
  EXPECT_EQ(resolve(NOTIFY_APPROVED, answer.receipt, NOTIFY_TO_REQUESTER).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.calls.size(), 1U);
}

TEST_F(Deliver, AnOverwrittenDecisionIsShownAgain) {
  const std::string receipt = std::string(kDirect) + ";s=APPROVED;x=APPROVED;t=APPROVED";
  const Answered answer = resolve(NOTIFY_DENIED, receipt, NOTIFY_TO_REQUESTER);
  EXPECT_EQ(answer.receipt, std::string(kDirect) + ";s=DENIED;x=DENIED;t=DENIED");
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  EXPECT_EQ(host.count("chat.update"), 1U);
}

TEST_F(Deliver, AnUnsureVerdictDoesNotKeepTheEditWaiting) {
  once("chat.postMessage", outcome(NOTIFY_HTTP_UNSURE));
  const Answered answer = resolve(NOTIFY_APPROVED, kDirect, NOTIFY_TO_REQUESTER);
  EXPECT_EQ(answer.rc, rc(NOTIFY_RETRY_UNSURE));
  EXPECT_EQ(answer.receipt, std::string(kDirect) + ";s=APPROVED;x=APPROVED");
}

TEST_F(Deliver, ARetryAfterAFailedEditTellsNobodyAgain) {
  once("chat.update", status(500));
  const Answered failed = resolve(NOTIFY_APPROVED, kDirect, NOTIFY_TO_REQUESTER);
  EXPECT_EQ(failed.rc, rc(NOTIFY_RETRY));
  EXPECT_EQ(failed.receipt, std::string(kDirect) + ";x=APPROVED;t=APPROVED");
  EXPECT_EQ(resolve(NOTIFY_APPROVED, failed.receipt, NOTIFY_TO_REQUESTER).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  EXPECT_EQ(host.count("chat.update"), 2U);
  EXPECT_EQ(host.count("reactions.add"), 1U);
}

TEST_F(Deliver, OfflineEndsTheStepAtOnce) {
  always("chat.postMessage", outcome(NOTIFY_HTTP_NOT_SENT));
  EXPECT_EQ(resolve(NOTIFY_APPROVED, kDirect, NOTIFY_TO_REQUESTER).rc, rc(NOTIFY_RETRY_OFFLINE));
  EXPECT_EQ(host.calls.size(), 1U);
}

TEST_F(Deliver, AReactionThatIsThereIsSuccess) {
  always("reactions.add", error("already_reacted"));
  const Answered answer = resolve(NOTIFY_APPROVED, kReceipt);
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_THAT(answer.receipt, HasSubstr(";x=APPROVED"));
}

TEST_F(Deliver, AMissingReactionScopeIsSaidOnceAndLeftOut) {
  always("reactions.add", error("missing_scope", {{"needed", "reactions:write"}}));
  EXPECT_EQ(resolve(NOTIFY_APPROVED, kReceipt).rc, rc(NOTIFY_OK));
  EXPECT_EQ(resolve(NOTIFY_APPROVED, kReceipt).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.count("reactions.add"), 1U);
  EXPECT_EQ(host.logged(NOTIFY_LOG_WARN, "reactions:write"), 1U);
}

TEST_F(Deliver, AReactionThatTheWorkspaceForbidsIsLeftOut) {
  always("reactions.add", error("no_permission"));
  EXPECT_EQ(resolve(NOTIFY_APPROVED, kReceipt).rc, rc(NOTIFY_OK));
}

TEST_F(Deliver, WhileEditsWaitForAPersonTheReactionWaitsToo) {
  always("chat.update", error("unknown_method"));
  const Answered answer = resolve(NOTIFY_APPROVED, kReceipt);
  EXPECT_EQ(answer.rc, rc(NOTIFY_RETRY));
  EXPECT_FALSE(answer.whole_instance);
  EXPECT_EQ(host.count("reactions.add"), 0U);
}

TEST_F(Deliver, AReactionScopeThatWasAddedLaterIsNoticed) {
  ApiAnswer refused = error("missing_scope", {{"needed", "reactions:write"}});
  refused.headers = {{"x-oauth-scopes", "chat:write"}};
  once("reactions.add", refused);
  resolve(NOTIFY_APPROVED, kReceipt);
  ApiAnswer edited = ok();
  edited.headers = {{"x-oauth-scopes", "chat:write, reactions:write"}};
  always("chat.update", edited);
  resolve(NOTIFY_APPROVED, kReceipt);
  EXPECT_EQ(host.count("reactions.add"), 2U);
}

TEST_F(Deliver, AFailedReactionIsRetriedAlone) {
  once("reactions.add", status(503));
  const Answered failed = resolve(NOTIFY_APPROVED, kReceipt);
  EXPECT_EQ(failed.rc, rc(NOTIFY_RETRY));
  EXPECT_EQ(resolve(NOTIFY_APPROVED, failed.receipt).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.update"), 1U);
  EXPECT_EQ(host.count("reactions.add"), 2U);
}

class GoneCode : public Deliver, public testing::WithParamInterface<const char*> {};

TEST_P(GoneCode, IsAnsweredWithTheResultAsANewMessage) {
  once("chat.update", error(GetParam()));
  const Answered answer = resolve(NOTIFY_APPROVED, kReceipt);
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.message, "C0DEV00001/1700000001.000100");
  EXPECT_EQ(answer.receipt, "C0DEV00001/1700000001.000100;s=APPROVED;x=APPROVED");
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  EXPECT_EQ(host.calls_of("reactions.add").at(0).args["timestamp"], "1700000001.000100");
}

INSTANTIATE_TEST_SUITE_P(All, GoneCode,
                         testing::Values("message_not_found", "cant_update_message",
                                         "edit_window_closed", "is_inactive"));

TEST_F(Deliver, ARequesterWhoseAnnouncementIsGoneIsToldOnlyOnce) {
  once("chat.update", error("message_not_found"));
  EXPECT_EQ(resolve(NOTIFY_APPROVED, kDirect, NOTIFY_TO_REQUESTER).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
}

TEST_F(Deliver, ARefusedEditIsPlainTextThatClearsTheBlocks) {
  once("chat.update", error("msg_blocks_too_long"));
  EXPECT_EQ(resolve(NOTIFY_APPROVED, kReceipt).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.calls_of("chat.update").at(1).args["blocks"], Json::array());
}

TEST_F(Deliver, TakesOverAMessageOfTeleportSlack) {
  const Answered answer = resolve(NOTIFY_APPROVED, "CHANNEL1/0000001");
  EXPECT_EQ(host.calls_of("chat.update").at(0).args["channel"], "CHANNEL1");
  EXPECT_EQ(answer.message, "CHANNEL1/0000001");
}

// ---- The log ----

TEST_F(Deliver, OneLineForEachThingThatHappened) {
  deliver(request.event(NOTIFY_REQUEST_PENDING));
  resolve(NOTIFY_APPROVED, kDirect, NOTIFY_TO_REQUESTER);
  for (const char* what : {"announced", "told", "edited", "reacted"}) {
    EXPECT_EQ(host.logged(NOTIFY_LOG_INFO, what), 1U) << what;
  }
  for (const LogLine& entry : host.logs) {
    if (entry.level != NOTIFY_LOG_INFO) continue;
    EXPECT_EQ(entry.fields.at("request"), request.id);
    EXPECT_FALSE(entry.fields.at("recipient").empty());
    EXPECT_FALSE(entry.fields.at("channel").empty());
    EXPECT_FALSE(entry.fields.at("ts").empty());
  }
}

// ---- check ----

TEST_F(Deliver, CheckNamesTheWorkspaceAndWhatTheAppLacks) {
  ApiAnswer answer = ok({{"team", "Example"}, {"url", "https://example.slack.com/"}});
  answer.headers = {{"x-oauth-scopes", "chat:write,users:read"}};
  always("auth.test", answer);
  const notify_ticket ticket = slack().check();
  EXPECT_EQ(slack().answer(ticket).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.logged(NOTIFY_LOG_INFO, "accepts the token"), 1U);
  ASSERT_EQ(host.logged(NOTIFY_LOG_WARN, "lacks scopes"), 1U);
  for (const LogLine& entry : host.logs) {
    if (entry.fields.count("missing") == 0 || entry.level != NOTIFY_LOG_WARN) continue;
    EXPECT_THAT(entry.fields.at("missing"), HasSubstr("users:read.email (e-mail addresses"));
  }
  EXPECT_EQ(host.logged(NOTIFY_LOG_WARN, "reactions:write"), 1U);
}

TEST_F(Deliver, CheckIsQuietWhenNothingIsMissing) {
  ApiAnswer answer = ok();
  answer.headers = {
      {"x-oauth-scopes",
       "chat:write,chat:write.public,users:read,users:read.email,reactions:write,"
       "channels:history,groups:history,im:history,im:write,channels:read, groups:read"}};
  always("auth.test", answer);
  slack().check();
  EXPECT_EQ(host.logged(NOTIFY_LOG_WARN, ""), 0U);
  EXPECT_EQ(host.logged(NOTIFY_LOG_INFO, "scopes"), 0U);
}

TEST_F(Deliver, CheckOfABrokenTokenSaysSo) {
  always("auth.test", error("invalid_auth"));
  const notify_ticket ticket = slack().check();
  EXPECT_EQ(slack().answer(ticket).rc, rc(NOTIFY_BROKEN_AUTH));
  EXPECT_THAT(slack().answer(ticket).detail, HasSubstr("slack.token"));
}

}  // namespace
}  // namespace slack_test
