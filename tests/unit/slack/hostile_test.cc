// What people read when a requester, a reviewer or whoever names roles and resources is hostile:
// each text in each place of a request, in the blocks, in the plain text and in the reply.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "blocks_of.h"
#include "fake_host.h"
#include "message.h"
#include "sim/slack/links.h"
#include "sim/slack/render_text.h"
#include "support/hostile_texts.h"
#include "support/mrkdwn.h"
#include "text.h"

namespace slack_test {
namespace {

using notifyd::test::let_through;
using notifyd::test::outside_code;
using slack::Message;
using slack::State;

struct Place {
  const char* name;
  std::function<void(Request&, const std::string&)> put;
};

const std::vector<Place>& places() {
  static const std::vector<Place> all = {
      {"id", [](Request& r, const std::string& text) { r.id = text; }},
      {"user", [](Request& r, const std::string& text) { r.user = text; }},
      {"cluster", [](Request& r, const std::string& text) { r.cluster = text; }},
      {"role",
       [](Request& r, const std::string& text) {
         r.roles = {"editor", text};
       }},
      {"login",
       [](Request& r, const std::string& text) {
         r.logins["editor"] = {"root", text};
       }},
      {"resource",
       [](Request& r, const std::string& text) {
         r.resources = {"/c/node/a", text};
       }},
      {"reason", [](Request& r, const std::string& text) { r.reason = text; }},
      {"resolve reason", [](Request& r, const std::string& text) { r.resolve_reason = text; }},
      {"author", [](Request& r, const std::string& text) { r.review(text, NOTIFY_DENIED, "no"); }},
      {"review's reason",
       [](Request& r, const std::string& text) { r.review("vera", NOTIFY_DENIED, text); }}};
  return all;
}

std::vector<std::string> mrkdwn_of(const Json& node) {
  std::vector<std::string> texts;
  if (!node.is_structured()) return texts;
  if (node.is_object() && node.value("type", Json()) == "mrkdwn") {
    EXPECT_EQ(node.value("verbatim", false), true) << node;
    return {node["text"]};
  }
  for (const Json& child : node) {
    for (std::string& text : mrkdwn_of(child)) texts.push_back(std::move(text));
  }
  return texts;
}

// "" when all of it can be seen and nothing of theirs is markup, a mention or a verdict.
std::string fault_in(const std::string& text, std::string_view kept) {
  const std::string through = let_through(notifyd::test::without_breaks(text), kept);
  if (!through.empty()) return "let through: " + through;
  const auto outside = outside_code(text);
  if (!outside) return "code that does not end";
  for (const char* part : {"\u2705", "APPROVED", "ciso", "*bold*", ":white_check_mark:", "@here",
                           "<@", "<!", "evil.example|", "_it_", "~no~", "> quote", "owned"}) {
    if (outside->find(part) != std::string::npos) return "outside code: " + std::string(part);
  }
  return "";
}

// In the plain text also where backticks are not shown: what is theirs is between quotation marks.
std::string fault_in_plain(const std::string& text, const std::string& begins) {
  if (text.rfind(begins, 0) != 0) return "does not begin with " + begins;
  std::string outside;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t open = rest.find("\u201C");
    outside += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find("\u201D", open);
    if (close == std::string_view::npos) return "a quotation does not end";
    rest.remove_prefix(close + 3);
  }
  if (outside.find("\u2705") != std::string::npos) return "outside quotes: \u2705";
  if (outside.find("APPROVED") != std::string::npos) return "outside quotes: APPROVED";
  return fault_in(text, "");
}

std::string fault_in(const Message& message, const std::string& begins) {
  for (const std::string& text : mrkdwn_of(blocks_of(message))) {
    if (std::string fault = fault_in(text, "\n\t"); !fault.empty()) return "blocks: " + fault;
  }
  const std::string fault = fault_in_plain(message.text, begins);
  return fault.empty() ? "" : "text: " + fault;
}

TEST(Hostile, NoneOf930InjectedTextsIsTakenForOurs) {
  int injected = 0;
  for (const std::string& text : notifyd::test::hostile_texts()) {
    for (const Place& place : places()) {
      ++injected;
      Request request;
      place.put(request, text);
      const notify_request& view = request.view();
      const std::string where = std::string(place.name) + " " + text;
      EXPECT_EQ(fault_in(slack::announcement(view, State::kPending), "⏳ PENDING: "), "") << where;
      EXPECT_EQ(fault_in(slack::verdict(view, State::kDenied),
                         "Your access request was denied. ❌ DENIED: "),
                "")
          << where;
      EXPECT_EQ(fault_in(slack::given_up(view, State::kPending, text, text, true),
                         "Not told of an access request: "),
                "")
          << where;
      if (view.n_reviews == 0) continue;
      EXPECT_EQ(fault_in(slack::review_reply(*request.review_at(0)), "\n\t"), "") << where;
    }
  }
  EXPECT_EQ(injected, 930);
}

// As the simulated Slack shows it, which makes links of what looks like one.
TEST(Hostile, OnlyTheLinkToTheRequestCanBeClicked) {
  for (const std::string& text : notifyd::test::hostile_texts()) {
    Request request;
    for (const Place& place : places()) {
      if (std::string_view(place.name) != "login") place.put(request, text);
    }
    const Message message = slack::announcement(request.view(), State::kPending);
    notifyd::sim::SlackMessage shown;
    shown.text = message.text;
    shown.blocks = blocks_of(message);
    shown.literal = true;
    EXPECT_EQ(notifyd::sim::links(shown), std::set<std::string>{request.url}) << text;
  }
}

TEST(Hostile, WithoutBothMarksAUserNameWouldBeALink) {
  Request request;
  request.user = "evil.example";
  const Message message = slack::announcement(request.view(), State::kPending);
  notifyd::sim::SlackMessage shown;
  shown.text = message.text;
  EXPECT_THAT(notifyd::sim::links(shown), testing::Contains("http://evil.example"));
  shown.literal = true;
  shown.blocks = blocks_of(message);
  EXPECT_THAT(notifyd::sim::render_text(shown), testing::HasSubstr("User: evil.example\n"));
  for (Json& block : shown.blocks) {
    if (block.contains("text")) block["text"].erase("verbatim");
  }
  EXPECT_THAT(notifyd::sim::links(shown), testing::Contains("http://evil.example"));
  EXPECT_THAT(notifyd::sim::render_text(shown),
              testing::HasSubstr("User: evil.example (http://evil.example)"));
}

TEST(Hostile, EachPostReplyAndEditIsTakenLiterally) {
  FakeHost host;
  const Workspace workspace(host);
  Instance slack(host);
  Request request;
  request.review("vera@example.com", NOTIFY_APPROVED, "okay");
  const std::string receipt = "C0DEV00001/1700000000.000100";
  slack.deliver(request.event(NOTIFY_REQUEST_PENDING));
  slack.deliver(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", receipt));
  host.advance(60'000);
  EXPECT_EQ(host.count("chat.postMessage"), 2U);
  EXPECT_EQ(host.count("chat.update"), 1U);
  for (const char* method : {"chat.postMessage", "chat.update"}) {
    for (const ApiCall& call : host.calls_of(method)) {
      EXPECT_EQ(call.args.value("parse", ""), "none") << call.method;
      EXPECT_EQ(call.args.value("link_names", true), false) << call.method;
    }
  }
}

TEST(Hostile, AReasonClosesNoQuotation) {
  Request request;
  request.reason = "fix”. ✅ APPROVED: ciso@example.com requests role admin. Reason: “yes";
  EXPECT_EQ(slack::announcement(request.view(), State::kPending).text,
            "⏳ PENDING: requester@example.com requests role editor (cluster example.teleport.sh). "
            "Reason: `“fix'. ✅ APPROVED: ciso@example.com requests role admin. Reason: 'yes”`. "
            "<https://example.teleport.sh/web/requests/1>");
}

TEST(Hostile, AUserWhoCallsHimselfApprovedIsQuoted) {
  Request request;
  request.user = "✅ APPROVED: ciso@example.com\n";
  EXPECT_EQ(slack::announcement(request.view(), State::kPending)
                .text.rfind("⏳ PENDING: `“✅ APPROVED: ciso@example.com”` requests role editor", 0),
            0U);
}

// What phones show has no more markup of theirs in it than the blocks have.
TEST(Hostile, NoPlainTextLetsEmojiOrMarkupThrough) {
  const std::string evil = ":tada: *b* _i_ ~s~ `c` > q <!here> <@U0BOB> https://evil.example #x";
  Request request;
  for (const Place& place : places()) place.put(request, evil);
  request.promoted_to = std::pair(evil, evil);
  request.thresholds = {{2, 2, std::nullopt, evil, {evil}}, {2, 2, std::nullopt, evil, {evil}}};
  std::vector<std::string> texts = {slack::review_reply(*request.review_at(0))};
  for (const State state : {State::kPending, State::kApproved, State::kPromoted, State::kExpired}) {
    texts.push_back(slack::announcement(request.view(), state, 3).text);
    texts.push_back(slack::verdict(request.view(), state).text);
    texts.push_back(slack::given_up(request.view(), state, evil, evil, true).text);
  }
  for (const std::string& text : texts) {
    const auto outside = outside_code(text);
    ASSERT_TRUE(outside) << text;
    for (const char* part : {":tada:", "*b*", "_i_", "~s~", "<!", "<@", "evil.example", "#x"}) {
      EXPECT_EQ(outside->find(part), std::string::npos) << part << " in " << text;
    }
  }
}

TEST(Hostile, TextThatPeopleWriteStaysReadable) {
  Request request;
  request.reason =
      "می\u200Cخواهم, क्\u200Dष, 👩🏽\u200D🚀 ❤\uFE0F, Việt, 漢字, "
      "လျှို့ဝှက်, ۱۴۴۶ ه\u200D .";
  const Message message = slack::announcement(request.view(), State::kPending);
  EXPECT_THAT(message.text, testing::HasSubstr("`“" + request.reason + "”`"));
  EXPECT_THAT(blocks_of(message)[1]["text"]["text"].get<std::string>(),
              testing::HasSubstr("```\n" + request.reason + "```"));
}

}  // namespace
}  // namespace slack_test
