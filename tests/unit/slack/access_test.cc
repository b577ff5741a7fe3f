// What people read of the access that is asked for: from when, how long, until when it can be
// decided, and what is missing for that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "blocks_of.h"
#include "fake_host.h"
#include "message.h"

namespace slack_test {
namespace {

using slack::announcement;
using slack::Message;
using slack::State;
using slack::verdict;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr State kStates[] = {State::kPending, State::kApproved, State::kDenied, State::kPromoted,
                             State::kExpired};

std::string fields(const Message& m) { return blocks_of(m)[1]["text"]["text"]; }
std::string title(const Message& m) { return blocks_of(m)[0]["text"]["text"]; }

// As each reader sees it in their own time zone.
std::string at(std::int64_t unix_ms, const std::string& utc) {
  return "<!date^" + std::to_string(unix_ms / 1000) + "^{date_short_pretty} at {time}|" + utc + ">";
}

class Access : public testing::Test {
 protected:
  std::string shown(State state = State::kPending) {
    return fields(announcement(request.view(), state));
  }
  std::string text(State state = State::kPending) {
    return announcement(request.view(), state).text;
  }
  std::string told(State state) { return fields(verdict(request.view(), state)); }

  Request request;
  const std::int64_t created = request.created_ms;  // 14 Nov 23 22:13 UTC
};

TEST_F(Access, OfARequestThatSaysNothingOfItIsNotMentioned) {
  for (const State state : kStates) {
    EXPECT_THAT(shown(state), EndsWith("*Link*: <" + request.url + ">\n"));
    EXPECT_THAT(told(state), Not(HasSubstr("Access")));
  }
}

TEST_F(Access, OfAHostThatKnowsNothingOfItIsNotMentioned) {
  request.access_expires_ms = request.expires_ms = created + 8 * kHour;
  notify_request old = request.view();
  old.size = static_cast<std::uint32_t>(offsetof(notify_request, access_starts_ms));
  EXPECT_THAT(fields(announcement(old, State::kPending)), Not(HasSubstr("date^")));
  EXPECT_THAT(announcement(old, State::kPending).text, Not(HasSubstr("Access")));
}

TEST_F(Access, SaysWhenItEndsAndHowLongThatIs) {
  request.access_expires_ms = created + 8 * kHour;
  EXPECT_THAT(shown(), EndsWith("*Link*: <" + request.url + ">\n*Access*: until " +
                                at(created + 8 * kHour, "15 Nov 23 06:13 UTC") +
                                " (8 hours from the request on)\n"));
  EXPECT_THAT(text(), HasSubstr(" Access until 15 Nov 23 06:13 UTC (8 hours from the request on). "
                                "<https://"));
}

TEST_F(Access, SaysWhenItBeginsIfThatIsNotAtOnce) {
  request.access_starts_ms = created + 2 * kHour;
  request.access_expires_ms = created + 3 * kHour + 30 * kMinute;
  EXPECT_THAT(shown(),
              HasSubstr("*Access*: from " + at(created + 2 * kHour, "15 Nov 23 00:13 UTC") +
                        " until " + at(created + 3 * kHour + 30 * kMinute, "15 Nov 23 01:43 UTC") +
                        " (1 hour 30 minutes)\n"));
}

TEST_F(Access, SaysHowLongAtMostWhereTheEndIsNotKnown) {
  request.max_duration_ms = 48 * kHour;
  EXPECT_THAT(shown(), HasSubstr("*Access*: for 2 days at most\n"));
}

TEST_F(Access, SaysHowLongALoginLastsWhereThatIsShorter) {
  request.access_expires_ms = created + 8 * kHour;
  request.session_ttl_ms = kHour;
  EXPECT_THAT(shown(), HasSubstr("(8 hours from the request on), each login for 1 hour at most\n"));
  request.session_ttl_ms = 8 * kHour;
  EXPECT_THAT(shown(), Not(HasSubstr("login")));
}

TEST_F(Access, IsShownInEveryStateButAPromotion) {
  request.access_expires_ms = created + 8 * kHour;
  for (const State state : {State::kApproved, State::kDenied, State::kExpired}) {
    EXPECT_THAT(shown(state), HasSubstr("*Access*: until <!date^"));
  }
  EXPECT_THAT(shown(State::kPromoted), Not(HasSubstr("*Access*")));
}

TEST_F(Access, IsToldToTheRequesterWhoGotIt) {
  request.access_expires_ms = created + 8 * kHour;
  EXPECT_THAT(told(State::kApproved), HasSubstr("*Access*: until <!date^"));
  EXPECT_THAT(verdict(request.view(), State::kApproved).text, HasSubstr("Access until 15 Nov 23"));
  EXPECT_THAT(told(State::kDenied), Not(HasSubstr("*Access*")));
  EXPECT_THAT(verdict(request.view(), State::kDenied).text, Not(HasSubstr("Access until")));
}

TEST_F(Access, OfNonsenseTimesIsLeftOut) {
  request.access_expires_ms = -5;
  request.access_starts_ms = 253'402'300'800'000;
  request.max_duration_ms = -kHour;
  request.session_ttl_ms = -1;
  request.expires_ms = 1LL << 62;
  EXPECT_THAT(shown(), EndsWith("*Link*: <" + request.url + ">\n"));
}

TEST_F(Access, ThatLastsIsNamedInTheTitleOfARoleRequestToo) {
  request.kind = NOTIFY_KIND_LONG_TERM;
  EXPECT_EQ(title(announcement(request.view(), State::kPending)),
            "You have a new Role Request (long-term access):");
  EXPECT_THAT(text(), HasSubstr("requests role editor (long-term) (cluster"));
}

TEST_F(Access, DeadlineOfTheRequestIsShownWhileItWaits) {
  request.expires_ms = created + kHour;
  EXPECT_THAT(shown(),
              EndsWith("*Decide by*: " + at(created + kHour, "14 Nov 23 23:13 UTC") + "\n"));
  EXPECT_THAT(text(), HasSubstr(" Decide by 14 Nov 23 23:13 UTC."));
  for (const State state : kStates) {
    if (state == State::kPending) continue;
    EXPECT_THAT(shown(state), Not(HasSubstr("Decide by")));
    EXPECT_THAT(text(state), Not(HasSubstr("Decide by")));
  }
}

TEST_F(Access, OfAPromotionIsTheListByItsTitle) {
  request.promoted_to = std::pair("11-22", "Ops & friends");
  EXPECT_THAT(shown(State::kPromoted), EndsWith("*Access List*: `Ops &amp; friends`\n"));
  EXPECT_THAT(told(State::kPromoted), HasSubstr("*Access List*: `Ops &amp; friends`\n"));
  EXPECT_THAT(text(State::kPromoted), HasSubstr(" Access List: `“Ops &amp; friends”`."));
  request.promoted_to = std::pair("11-22", "");
  EXPECT_THAT(shown(State::kPromoted), HasSubstr("*Access List*: `11-22`\n"));
}

// ---- Reviews ----

TEST_F(Access, AReviewThatPromotesHasAMarkOfItsOwn) {
  request.review("vera@example.com", NOTIFY_PROMOTED);
  const Message m = announcement(request.view(), State::kPromoted);
  EXPECT_EQ(blocks_of(m)[2]["elements"][0]["text"], "*Status*: 📋 PROMOTED");
  EXPECT_EQ(blocks_of(m)[2]["elements"][1]["text"], "1 review: 📋 vera@example.com");
  EXPECT_THAT(slack::review_reply(*request.review_at(0)), HasSubstr("Resolution: 📋 PROMOTED."));
}

TEST_F(Access, AReviewThatProposesAnotherStartSaysSo) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  notify_review review = *request.review_at(0);
  review.proposed_start_ms = created + kHour;
  EXPECT_THAT(slack::review_reply(review),
              EndsWith("\nAccess would start: " + at(created + kHour, "14 Nov 23 23:13 UTC")));
}

TEST_F(Access, ProgressIsShownWhileItWaits) {
  request.thresholds = {{2, 1, std::pair(1U, 0U), "", {"editor"}}};
  EXPECT_THAT(shown(), EndsWith("*Progress*: 1 of 2 approvals\n"));
  EXPECT_THAT(shown(State::kApproved), Not(HasSubstr("Progress")));
  EXPECT_THAT(shown(State::kExpired), Not(HasSubstr("Progress")));
}

TEST_F(Access, ProgressCountsDenialsWhereOneDoesNotDecideOrThereIsOne) {
  request.thresholds = {{2, 2, std::pair(0U, 1U), "", {}}};
  EXPECT_THAT(shown(), HasSubstr("*Progress*: 0 of 2 approvals, 1 of 2 denials\n"));
  request.thresholds = {{1, 1, std::pair(0U, 0U), "", {}}};
  EXPECT_THAT(shown(), HasSubstr("*Progress*: 0 of 1 approval\n"));
}

TEST_F(Access, ProgressOfSeveralThresholdsNamesTheirRoles) {
  request.thresholds = {{2, 1, std::pair(1U, 0U), "", {"admin", "db"}},
                        {1, 1, std::pair(0U, 0U), "security", {"dev"}}};
  EXPECT_THAT(shown(), HasSubstr("*Progress*: 1 of 2 approvals for `admin,db`; "
                                 "0 of 1 approval for `dev` (`security`)\n"));
}

TEST_F(Access, ProgressThatIsNotCountedSaysWhatIsNeeded) {
  request.thresholds = {{2, 1, std::nullopt, "", {"editor"}}};
  EXPECT_THAT(shown(), HasSubstr("*Progress*: 2 approvals needed\n"));
}

TEST_F(Access, AThresholdThatNothingDecidesByIsLeftOut) {
  request.thresholds = {{0, 0, std::pair(0U, 0U), "", {}}};
  EXPECT_THAT(shown(), Not(HasSubstr("Progress")));
}

TEST_F(Access, WhatNamesAListOrAThresholdIsNoMarkup) {
  const std::string evil = "`*b* <!channel> :x: @here";
  request.promoted_to = std::pair(evil, evil);
  request.thresholds = {{1, 1, std::nullopt, evil, {evil}}, {1, 1, std::nullopt, evil, {evil}}};
  for (const State state : {State::kPending, State::kPromoted}) {
    for (const std::string& said : {shown(state), text(state)}) {
      EXPECT_THAT(said, Not(HasSubstr("<!channel")));
      EXPECT_THAT(said, Not(HasSubstr("`*b*")));
    }
  }
}

}  // namespace
}  // namespace slack_test
