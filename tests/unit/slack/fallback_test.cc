// slack.fallback: who hears of it when somebody can't be reached, and what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"
#include "text.h"

namespace slack_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

notify_rc rc(int code) { return static_cast<notify_rc>(code); }

class Fallback : public testing::Test {
 protected:
  Instance& slack() {
    if (!slack_) slack_.emplace(host);
    return *slack_;
  }
  std::vector<std::string> routed() {
    const Answered answer = slack().answer(slack().route(request.event(NOTIFY_REQUEST_PENDING)));
    std::vector<std::string> ids;
    for (const auto& r : answer.recipients) ids.push_back(r.id);
    return ids;
  }
  // "bob@example.com" was given up, which `to` is to hear.
  notify_event lost(const std::string& to) {
    notify_event event = request.event(NOTIFY_GIVEN_UP, to, "", NOTIFY_TO_FALLBACK);
    event.lost = notify::to_str("bob@example.com");
    event.lost_why = notify::to_str("users_not_found; <!here> mend it in role_to_recipients");
    return event;
  }
  std::string posted_blocks() const {
    return host.calls_of("chat.postMessage").at(0).args["blocks"].dump();
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;

 private:
  std::optional<Instance> slack_;
};

TEST_F(Fallback, IsARecipientOfItsOwn) {
  host.options["slack.fallback"] = {" Ops "};
  const notify_ticket ticket = slack().route(request.event(NOTIFY_REQUEST_PENDING));
  const Answered answer = slack().answer(ticket);
  ASSERT_EQ(answer.recipients.size(), 3U);
  EXPECT_EQ(answer.recipients[2].id, "fallback:#ops");
  EXPECT_EQ(answer.recipients[2].label, "Ops");
  EXPECT_EQ(answer.recipients[2].audience, static_cast<std::uint32_t>(NOTIFY_TO_FALLBACK));
}

TEST_F(Fallback, MayBeWhoeverIsNotifiedAnyway) {
  host.options["slack.fallback"] = {"dev"};
  EXPECT_THAT(routed(), ElementsAre("#dev", "U0REQUESTER", "fallback:#dev"));
}

TEST_F(Fallback, IsNotLookedUpBeforeItIsNeeded) {
  host.options["slack.fallback"] = {"Alice@example.com"};
  EXPECT_THAT(routed(), ElementsAre("#dev", "U0REQUESTER", "fallback:alice@example.com"));
  EXPECT_EQ(host.count("users.lookupByEmail"), 1U);
}

TEST_F(Fallback, IsLeftOutWhenUnsetAndWhenThereIsNobodyToLose) {
  EXPECT_THAT(routed(), ElementsAre("#dev", "U0REQUESTER"));
  FakeHost quiet;
  const Workspace its_workspace(quiet);
  quiet.options["slack.fallback"] = {"ops"};
  quiet.options["slack.notify_requester"] = {"false"};
  quiet.role_to_recipients = {{"*", {}}};
  Instance other(quiet);
  const notify_ticket ticket = other.route(request.event(NOTIFY_REQUEST_PENDING));
  EXPECT_THAT(other.answer(ticket).recipients, IsEmpty());
}

TEST_F(Fallback, ReadsWhoWasNotReachedWhyAndForWhichRequest) {
  const notify_event event = lost("fallback:#ops");
  const Answered answer = slack().answer(slack().deliver(event));
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  const Json args = host.calls_of("chat.postMessage").at(0).args;
  EXPECT_EQ(args["channel"], "ops");
  for (const char* part : {"bob@example.com", "users_not_found", "role_to_recipients", "editor",
                           "requester@example.com", "https://example.teleport.sh/web/requests/1"}) {
    EXPECT_THAT(posted_blocks(), HasSubstr(part));
    EXPECT_THAT(args["text"].get<std::string>(), HasSubstr(part));
  }
  EXPECT_THAT(posted_blocks(), HasSubstr(request.id));
  EXPECT_EQ(posted_blocks().find("<!here>"), std::string::npos);
}

TEST_F(Fallback, ReadsWhetherItIsTriedAgain) {
  notify_event event = lost("fallback:#ops");
  event.lost_tried_again = 1;
  slack().deliver(event);
  EXPECT_THAT(posted_blocks(), HasSubstr("tried again by itself"));
  EXPECT_THAT(posted_blocks(), testing::Not(HasSubstr("nothing more")));
}

TEST_F(Fallback, ReadsThatNothingMoreComesWhereItIsNotTriedAgain) {
  notify_event event = lost("fallback:#ops");
  event.size = static_cast<std::uint32_t>(offsetof(notify_event, lost_tried_again));
  event.lost_tried_again = 1;
  slack().deliver(event);
  EXPECT_THAT(posted_blocks(), HasSubstr("They hear nothing more of this request"));
}

TEST_F(Fallback, IsMarkedForFindAndLeavesNothingThatTeleportSlackWouldEdit) {
  const notify_event event = lost("fallback:#ops");
  const Answered answer = slack().answer(slack().deliver(event));
  const Json payload = host.calls_of("chat.postMessage").at(0).args["metadata"]["event_payload"];
  EXPECT_EQ(payload["step"], "given-up");
  EXPECT_EQ(payload["recipient"], "fallback:#ops");
  EXPECT_EQ(payload["key"], std::string(notify::view(event.key)));
  EXPECT_EQ(answer.receipt, "");
  EXPECT_EQ(answer.message, "");
}

TEST_F(Fallback, IsFoundInsteadOfPostedAgain) {
  const notify_event event = lost("fallback:C0OPS00001");
  const Json metadata = {{"event_type", "teleport_access_request"},
                         {"event_payload", {{"key", std::string(notify::view(event.key))}}}};
  workspace.first = [&metadata](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "conversations.history") return std::nullopt;
    return ok({{"messages", Json::array({{{"ts", "1.2"}, {"metadata", metadata}}})}});
  };
  EXPECT_EQ(slack().answer(slack().find(event)).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.calls_of("conversations.history").at(0).args["channel"], "C0OPS00001");
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
}

TEST_F(Fallback, ThatIsNotThereWasNotPosted) {
  const notify_event event = lost("fallback:C0OPS00001");
  EXPECT_EQ(slack().answer(slack().find(event)).rc, rc(NOTIFY_OK_SKIPPED));
}

TEST_F(Fallback, MayBeAPerson) {
  const notify_event event = lost("fallback:alice@example.com");
  EXPECT_EQ(slack().answer(slack().deliver(event)).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.calls_of("chat.postMessage").at(0).args["channel"], "U0ALICE");
}

TEST_F(Fallback, ThatIsWrongItselfIsDroppedWithTheKeyToMend) {
  const notify_event event = lost("fallback:ghost@example.com");
  const Answered answer = slack().answer(slack().deliver(event));
  EXPECT_EQ(answer.rc, rc(NOTIFY_DROP_RECIPIENT));
  EXPECT_THAT(answer.detail, HasSubstr("slack.fallback \"ghost@example.com\""));
}

TEST_F(Fallback, KeepsSlacksLimitsWhateverTheReasonIs) {
  notify_event event = lost("fallback:#ops");
  const std::string why(100'000, '`');
  event.lost = event.lost_why = notify::to_str(why);
  EXPECT_EQ(slack().answer(slack().deliver(event)).rc, rc(NOTIFY_OK));
  const Json args = host.calls_of("chat.postMessage").at(0).args;
  EXPECT_LE(slack::length(args["text"].get<std::string>()), 3000U);
  for (const Json& block : args["blocks"]) {
    EXPECT_LE(slack::length(block["text"]["text"].get<std::string>()), 3000U);
  }
}

TEST_F(Fallback, OfAHostThatDoesNotSayWhoIsSkipped) {
  notify_event event = lost("fallback:#ops");
  event.size = static_cast<std::uint32_t>(offsetof(notify_event, lost));
  EXPECT_EQ(slack().answer(slack().deliver(event)).rc, rc(NOTIFY_OK_SKIPPED));
}

}  // namespace
}  // namespace slack_test
