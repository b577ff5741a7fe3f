// Many requests of one person in one message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "blocks_of.h"
#include "digest_message.h"
#include "fake_host.h"
#include "text.h"

namespace slack_test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kChannel = "C0DEV00001";

class Digest : public testing::Test {
 protected:
  Instance& slack() {
    if (!slack_) slack_.emplace(host);
    return *slack_;
  }
  // A digest of `pending` requests that wait and of twelve that do not.
  const notify_digest& digest(std::uint32_t pending) {
    view = {};
    view.size = sizeof view;
    view.user = notify::to_str(user);
    view.cluster = notify::to_str("example.teleport.sh");
    view.url = notify::to_str(url);
    view.pending = pending;
    view.approved = 7;
    view.denied = 3;
    view.expired = 2;
    view.total = pending + 12;
    newest.clear();
    for (std::uint32_t i = 0; i < std::min(pending, 10U); ++i) {
      Request& one = requests.emplace_back();
      one.id = "id-" + std::to_string(i);
      one.roles = roles;
      newest.push_back(&one.view());
    }
    view.newest = newest.data();
    view.n_newest = newest.size();
    return view;
  }
  const notify_event& event(std::uint32_t pending, const std::string& receipt = "") {
    Request& about = requests.emplace_back();
    auto& event = const_cast<notify_event&>(about.event(NOTIFY_REQUESTS_DIGEST, kChannel, receipt));
    event.request = nullptr;
    event.key = notify::to_str("slack/first@1700000000/C0DEV00001/digest");
    event.digest = &digest(pending);
    return event;
  }
  std::string blocks() { return slack::digest_message(digest(57)).blocks; }

  FakeHost host;
  std::string user = "alice@example.com", url = "https://example.teleport.sh/web/requests";
  std::vector<std::string> roles{"editor"};
  std::deque<Request> requests;
  std::vector<const notify_request*> newest;
  notify_digest view{};

 private:
  std::optional<Instance> slack_;
};

TEST_F(Digest, SaysWhoHowManyWhatBecameOfThemAndTheNewest) {
  const std::string text = blocks();
  EXPECT_THAT(text, HasSubstr("alice@example.com has 57 open Access Requests"));
  EXPECT_THAT(text, HasSubstr("instead of one message each"));
  EXPECT_THAT(text, HasSubstr("APPROVED: 7"));
  EXPECT_THAT(text, HasSubstr("DENIED: 3"));
  EXPECT_THAT(text, HasSubstr("EXPIRED: 2"));
  EXPECT_THAT(text, HasSubstr("`editor`, ID id-9"));
  EXPECT_THAT(text, HasSubstr("and 47 more"));
  EXPECT_THAT(text, HasSubstr(url));
}

TEST_F(Digest, ShowsTheCommandWhereThereIsNoLink) {
  url = "javascript:alert(1)";
  EXPECT_THAT(blocks(), HasSubstr("tsh request ls"));
  EXPECT_THAT(blocks(), Not(HasSubstr("javascript")));
}

TEST_F(Digest, KeepsSlacksLimitsAndPingsNobodyWhateverIsInIt) {
  user = "<!channel> `" + std::string(5000, '&');
  roles.assign(100, "<!here>" + std::string(5000, '<'));
  const slack::Message message = slack::digest_message(digest(5000));
  EXPECT_LE(slack::length(message.text), 3000U);
  for (const Json& block : blocks_of(message)) {
    EXPECT_LE(slack::length(block["text"]["text"].get<std::string>()), 3000U);
  }
  EXPECT_THAT(message.blocks, Not(HasSubstr("<!")));
  EXPECT_THAT(message.text, Not(HasSubstr("<!")));
}

TEST_F(Digest, WhoeverCallsHimselfSomethingIsQuotedInBothForms) {
  url = "";
  user = ":tada: *b* _i_ ~s~ `c` evil.example @here";
  const slack::Message message = slack::digest_message(digest(3));
  EXPECT_THAT(message.text,
              HasSubstr("⏳ `“:tada: *b* _i_ ~s~ ˋcˋ evil.example @here”` has 3 open"));
  EXPECT_THAT(blocks_of(message)[0]["text"]["text"].get<std::string>(),
              HasSubstr("`:tada: *b* _i_ ~s~ ˋcˋ evil.example @here` has 3 open"));
}

TEST_F(Digest, MakesNoLinkOfAName) {
  for (const Json& block : blocks_of(slack::digest_message(digest(3)))) {
    EXPECT_EQ(block["text"]["verbatim"], true);
  }
  EXPECT_THAT(blocks(), HasSubstr("*All of them*: <" + url + ">"));
}

TEST_F(Digest, IsPostedOnceAndEditedByItsReceipt) {
  const Workspace workspace(host);
  const Answered posted = slack().answer(slack().deliver(event(1)));
  EXPECT_EQ(posted.rc, static_cast<notify_rc>(NOTIFY_OK));
  ASSERT_FALSE(posted.receipt.empty());
  const Answered edited = slack().answer(slack().deliver(event(57, posted.receipt)));
  EXPECT_EQ(edited.receipt, posted.receipt);
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
  ASSERT_EQ(host.count("chat.update"), 1U);
  EXPECT_THAT(host.calls_of("chat.update")[0].raw_body, HasSubstr("57 open Access Requests"));
  EXPECT_EQ(host.count("reactions.add"), 0U);
}

TEST_F(Digest, IsPostedAnewWhereItsMessageIsGone) {
  Workspace workspace(host);
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method == "chat.update") return error("message_not_found");
    return std::nullopt;
  };
  const std::string old = "C0DEV00001/1700000000.000100";
  const Answered answer = slack().answer(slack().deliver(event(57, old)));
  EXPECT_EQ(answer.rc, static_cast<notify_rc>(NOTIFY_OK));
  EXPECT_NE(answer.receipt, old);
  EXPECT_EQ(host.count("chat.postMessage"), 1U);
}

TEST_F(Digest, IsFoundByItsKey) {
  Workspace workspace(host);
  const auto key = std::string("slack/first@1700000000/C0DEV00001/digest");
  workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "conversations.history") return std::nullopt;
    const Json mark = {{"event_type", "teleport_access_request"},
                       {"event_payload", {{"key", key}}}};
    return ok({{"messages", {{{"ts", "1700000000.000100"}, {"metadata", mark}}}}});
  };
  const Answered found = slack().answer(slack().find(event(57)));
  EXPECT_EQ(found.rc, static_cast<notify_rc>(NOTIFY_OK));
  EXPECT_EQ(found.receipt, "C0DEV00001/1700000000.000100");
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
}

TEST_F(Digest, OfAChannelThatIsGoneIsGivenUp) {
  Workspace workspace(host);
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method == "chat.postMessage") return error("channel_not_found");
    return std::nullopt;
  };
  const Answered answer = slack().answer(slack().deliver(event(57)));
  EXPECT_EQ(NOTIFY_CLASS(answer.rc), static_cast<notify_rc>(NOTIFY_DROP));
  EXPECT_THAT(answer.detail, HasSubstr("channel"));
}

TEST_F(Digest, IsNotBehindThoseOfItsPersonThatWaitForAMessageEach) {
  const Workspace workspace(host);
  Request& one = requests.emplace_back();
  one.user = user;
  for (int i = 0; i < 64; ++i) slack().deliver(one.event(NOTIFY_REQUEST_PENDING, kChannel));
  const notify_ticket ticket = slack().deliver(event(57));
  host.advance(1000);
  EXPECT_TRUE(slack().answered(ticket));
}

}  // namespace
}  // namespace slack_test
