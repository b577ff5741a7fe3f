#include "chaos/judge.h"

#include <gmock/gmock.h>

#include "sim/slack/workspace.h"

namespace notifyd::chaos {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kChannel[] = "C1";
constexpr char kRequester[] = "alice@example.com";
constexpr char kReviewers[] = "#prod";

sim::SlackMessage post(const std::string& ts, const std::string& step, const std::string& text) {
  sim::SlackMessage message;
  message.channel = kChannel;
  message.ts = ts;
  message.text = text;
  message.metadata = {{"event_payload",
                       {{"request_id", "r1"},
                        {"recipient", kChannel},
                        {"step", step},
                        {"key", "slack/r1/" + step}}}};
  return message;
}

sim::SlackMessage announcement(const std::string& status, const std::string& reaction = "") {
  sim::SlackMessage message = post("1", "announce", status);
  const auto section = [](const std::string& text) {
    return sim::Json{{"type", "section"}, {"text", {{"text", text}}}};
  };
  message.blocks = {section("title"), section("fields"), section(status)};
  if (!reaction.empty()) message.reactions.push_back({reaction, {"U1"}});
  return message;
}

sim::SlackMessage reply(const std::string& author) {
  return post("2." + author, "reply:" + author, author + " reviewed the request");
}

Truth pending() {
  Truth truth;
  truth.id = "r1";
  truth.requester = kRequester;
  truth.reviewers = {kReviewers};
  truth.on_record = true;
  return truth;
}

Truth ended(const std::string& state) {
  Truth truth = pending();
  truth.ends = {state};
  return truth;
}

std::vector<Finding> of_reviewers(const Truth& truth, const Shown& shown) {
  std::vector<Finding> findings;
  judge(truth, kReviewers, false, shown, findings);
  return findings;
}

std::vector<Finding> of_requester(const Truth& truth, const Shown& shown) {
  std::vector<Finding> findings;
  judge(truth, kRequester, true, shown, findings);
  return findings;
}

MATCHER_P(Is, kind, "") { return arg.kind == kind; }
auto lost() { return ::testing::ElementsAre(Is(Finding::Kind::kLost)); }
auto wrong() { return ::testing::ElementsAre(Is(Finding::Kind::kWrong)); }

// ---- Gone ----

TEST(Judge, ADecisionThatADaemonKnewOfIsNotShownAsExpired) {
  Truth truth = ended("DENIED");
  truth.gone = truth.gaps = true;
  const Shown shown{.announcements = {announcement("EXPIRED", "hourglass")}};
  EXPECT_THAT(of_reviewers(truth, shown), IsEmpty()) << "it may have gone unseen";
  truth.decision_on_record = true;
  EXPECT_THAT(of_reviewers(truth, shown), wrong());
}

// ---- Announcements ----

TEST(Judge, AnAnnouncedRequestThatIsPendingIsRight) {
  EXPECT_THAT(of_reviewers(pending(), {.announcements = {announcement("⏳ PENDING")}}), IsEmpty());
}

TEST(Judge, APendingRequestThatIsNotAnnouncedIsLost) {
  EXPECT_THAT(of_reviewers(pending(), {}), lost());
}

TEST(Judge, WhoAskedIsToldOfItToo) { EXPECT_THAT(of_requester(pending(), {}), lost()); }

TEST(Judge, OneThatEndedFirstNeedNotBeAnnouncedToReviewers) {
  EXPECT_THAT(of_reviewers(ended("DENIED"), {}), IsEmpty());
}

TEST(Judge, OfADoubledAnnouncementOneCopyMustBeTrue) {
  const auto orphan = announcement("⏳ PENDING");
  const auto kept = announcement("❌ DENIED", "x");
  EXPECT_THAT(of_reviewers(ended("DENIED"), {.announcements = {orphan, kept}}), IsEmpty());
  EXPECT_THAT(of_reviewers(ended("DENIED"), {.announcements = {orphan, orphan}}), wrong());
}

TEST(Judge, WhatNobodyCanKnowOfMayStayAsItIs) {
  Truth truth = ended("DENIED");
  truth.known = {"C9/9"};
  EXPECT_THAT(of_reviewers(truth, {.announcements = {announcement("⏳ PENDING")}}), IsEmpty());
  truth.known = {std::string(kChannel) + "/1"};
  EXPECT_THAT(of_reviewers(truth, {.announcements = {announcement("⏳ PENDING")}}), wrong());
}

TEST(Judge, AMessageThatStaysPendingIsWrong) {
  EXPECT_THAT(of_reviewers(ended("DENIED"), {.announcements = {announcement("⏳ PENDING")}}),
              wrong());
}

TEST(Judge, AnAnnouncementToSomebodyElseIsWrong) {
  Truth truth = pending();
  truth.reviewers = {"#other"};
  EXPECT_THAT(of_reviewers(truth, {.announcements = {announcement("⏳ PENDING")}}), wrong());
}

TEST(Judge, TheLastOfTwoDecisionsIsTheTrueOne) {
  Truth truth = ended("APPROVED");
  truth.ends.emplace_back("DENIED");
  EXPECT_THAT(of_reviewers(truth, {.announcements = {announcement("❌ DENIED", "x")}}), IsEmpty());
  EXPECT_THAT(
      of_reviewers(truth, {.announcements = {announcement("✅ APPROVED", "white_check_mark")}}),
      wrong());
}

TEST(Judge, AnEndWithoutItsReactionIsWrong) {
  EXPECT_THAT(of_reviewers(ended("DENIED"), {.announcements = {announcement("❌ DENIED")}}),
              wrong());
}

TEST(Judge, WhatIsGoneIsExpiredOrAsItWasDecided) {
  Truth truth = ended("APPROVED");
  truth.gone = truth.gaps = true;
  EXPECT_THAT(of_reviewers(truth, {.announcements = {announcement("⌛ EXPIRED", "hourglass")}}),
              IsEmpty());
  EXPECT_THAT(
      of_reviewers(truth, {.announcements = {announcement("✅ APPROVED", "white_check_mark")}}),
      IsEmpty());
  EXPECT_THAT(of_reviewers(truth, {.announcements = {announcement("❌ DENIED", "x")}}), wrong());
}

// ---- Replies ----

TEST(Judge, EachReviewIsOneReplyInOrder) {
  Truth truth = pending();
  truth.reviews = {"bob@example.com", "carol@example.com"};
  const auto in_order = {reply("bob@example.com"), reply("carol@example.com")};
  const auto turned = {reply("carol@example.com"), reply("bob@example.com")};
  EXPECT_THAT(
      of_reviewers(truth, {.announcements = {announcement("⏳ PENDING")}, .replies = in_order}),
      IsEmpty());
  EXPECT_THAT(
      of_reviewers(truth, {.announcements = {announcement("⏳ PENDING")}, .replies = turned}),
      wrong());
}

TEST(Judge, AReviewWithoutAReplyIsLost) {
  Truth truth = pending();
  truth.reviews = {"bob@example.com", "carol@example.com"};
  EXPECT_THAT(of_reviewers(truth, {.announcements = {announcement("⏳ PENDING")},
                                   .replies = {reply("bob@example.com")}}),
              lost());
}

TEST(Judge, AReplyToNoReviewIsWrong) {
  EXPECT_THAT(of_reviewers(pending(), {.announcements = {announcement("⏳ PENDING")},
                                       .replies = {reply("bob@example.com")}}),
              wrong());
}

// ---- Who asked ----

TEST(Judge, WhoAskedIsOwedTheAnswer) {
  const auto verdict = post("3", "verdict", "Your access request was denied. ❌ DENIED");
  EXPECT_THAT(of_requester(ended("DENIED"), {}), lost());
  EXPECT_THAT(of_requester(ended("DENIED"), {.verdicts = {verdict}}), IsEmpty());
  EXPECT_THAT(of_requester(ended("APPROVED"), {.verdicts = {verdict}}), wrong());
}

TEST(Judge, NobodyIsToldOfAnEndThatIsNone) {
  const auto verdict = post("3", "verdict", "Your access request was denied. ❌ DENIED");
  EXPECT_THAT(of_requester(pending(),
                           {.announcements = {announcement("⏳ PENDING")}, .verdicts = {verdict}}),
              wrong());
}

TEST(Judge, OneThatEndedBeforeAnybodySawItTellsNobody) {
  Truth truth = ended("DENIED");
  truth.on_record = false;
  EXPECT_THAT(of_requester(truth, {}), IsEmpty());
}

// ---- Doubled ----

using std::chrono::seconds;

sim::Call call(const std::string& method, const std::string& ts, int arrived, int dealt_with) {
  sim::Call call;
  call.method = method;
  call.channel = kChannel;
  call.ts = ts;
  call.ok = call.effect = true;
  call.arrived = sim::SlackTime(seconds(arrived));
  call.time = sim::SlackTime(seconds(dealt_with));
  return call;
}

TEST(Doubled, OnePostIsNone) {
  EXPECT_THAT(find_doubled({post("1", "announce", "")}, {}, true), IsEmpty());
}

TEST(Doubled, TheSameInTwoChannelsIsNone) {
  auto elsewhere = post("2", "announce", "");
  elsewhere.channel = "C2";
  EXPECT_THAT(find_doubled({post("1", "announce", ""), elsewhere}, {}, true), IsEmpty());
}

TEST(Doubled, ASecondPostCouldBeKnown) {
  const auto doubled = find_doubled({post("1", "announce", ""), post("9", "announce", "")},
                                    {call("chat.postMessage", "1", 1, 1)}, true);
  ASSERT_THAT(doubled, SizeIs(1));
  EXPECT_EQ(doubled[0].step, "announce");
  EXPECT_TRUE(doubled[0].could_be_known);
}

TEST(Doubled, WhatSlackHeldBackWhileItWasLookedForCouldNotBeKnown) {
  const auto doubled = find_doubled(
      {post("1", "announce", ""), post("9", "announce", "")},
      {call("conversations.history", "", 5, 5), call("chat.postMessage", "1", 1, 8)}, true);
  ASSERT_THAT(doubled, SizeIs(1));
  EXPECT_FALSE(doubled[0].could_be_known);
}

TEST(Doubled, ThatAnotherThreadWasReadMeanwhileIsNoExcuse) {
  auto first = reply("bob@example.com");
  auto second = first;
  first.thread_ts = second.thread_ts = "1";
  first.ts = "2";
  second.ts = "9";
  auto read = call("conversations.replies", "", 5, 5);
  read.args = {{"ts", "4"}};
  const auto doubled =
      find_doubled({first, second}, {read, call("chat.postMessage", "2", 1, 8)}, true);
  ASSERT_THAT(doubled, SizeIs(1));
  EXPECT_TRUE(doubled[0].could_be_known);
}

TEST(Doubled, WithoutAReadableHistoryNobodyCouldKnow) {
  const auto doubled = find_doubled({post("1", "announce", ""), post("9", "announce", "")},
                                    {call("chat.postMessage", "1", 1, 1)}, false);
  ASSERT_THAT(doubled, SizeIs(1));
  EXPECT_FALSE(doubled[0].could_be_known);
}

}  // namespace
}  // namespace notifyd::chaos
