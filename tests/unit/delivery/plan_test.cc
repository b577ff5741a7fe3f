#include "delivery/plan.h"

#include <gtest/gtest.h>

#include "delivery/record_codec.h"
#include "view_of.h"

namespace notifyd::delivery {
namespace {

Progress reviewer() {
  Progress p;
  p.to.id = p.to.label = "C1";
  return p;
}
Progress announced(std::size_t reviews = 0, End told = End::kNone) {
  Progress p = reviewer();
  p.announced = true;
  p.reviews = reviews;
  p.told = told;
  return p;
}
Progress requester(Progress p) {
  p.to.audience = Audience::kRequester;
  return p;
}
Progress in_digest(Progress p) {
  p.digest = "0191-a@1700000000";
  return p;
}
Progress given_up() {
  Progress p = reviewer();
  p.given_up = "malformed";
  p.for_good = true;
  return p;
}

View gone(View view) {
  view.vanish();
  return view;
}
std::string name(const std::optional<Step>& step) { return step ? name_of(*step) : ""; }

struct Row {
  const char* name;
  View now;
  Progress recipient;
  std::string step;  // "" none
};

class NextStep : public ::testing::TestWithParam<Row> {};

TEST_P(NextStep, FollowsFromViewAndRecord) {
  const Row& row = GetParam();
  Record record;
  record.routed = true;
  record.recipients = {row.recipient};
  const Plan plan(row.now, record);
  EXPECT_EQ(name(plan.next(row.recipient)), row.step);
  EXPECT_EQ(plan.anything_left(), !row.step.empty());
}

const View kPending = view_of(End::kNone);
const View kPendingReviewed = view_of(End::kNone, 2);
const View kApproved = view_of(End::kApproved, 2);
const View kDenied = view_of(End::kDenied, 2);
const View kGone = gone(View());
const View kGoneAfterApproval = gone(view_of(End::kApproved, 2));

INSTANTIATE_TEST_SUITE_P(
    Table, NextStep,
    ::testing::Values(
        Row{"PendingAndNew", kPending, reviewer(), "announce"},
        Row{"PendingAndAnnounced", kPending, announced(), ""},
        Row{"ReviewedAndNew", kPendingReviewed, reviewer(), "announce"},
        Row{"ReviewedAndAnnounced", kPendingReviewed, announced(), "review:0"},
        Row{"SecondReview", kPendingReviewed, announced(1), "review:1"},
        Row{"AllReviewsTold", kPendingReviewed, announced(2), ""},
        Row{"TheEndComesBeforeOwedReplies", kApproved, announced(1), "final:APPROVED"},
        Row{"OwedReplyAfterTheEnd", kApproved, announced(1, End::kApproved), "review:1"},
        Row{"ToldEverything", kApproved, announced(2, End::kApproved), ""},
        Row{"ApprovalOverruled", kDenied, announced(2, End::kApproved), "final:DENIED"},
        Row{"ResolvedBeforeAnnounced", kApproved, reviewer(), ""},
        Row{"RequesterWantsTheAnswerAllTheSame", kApproved, requester(reviewer()),
            "final:APPROVED"},
        Row{"RequesterIsToldOnce", kApproved, requester(announced(2, End::kApproved)), ""},
        Row{"Expired", kGone, announced(), "final:EXPIRED"},
        Row{"ExpiredAndTold", kGone, announced(0, End::kExpired), ""},
        Row{"ExpiredBeforeAnnounced", kGone, reviewer(), ""},
        Row{"GoneAfterApprovalStaysApproved", kGoneAfterApproval, announced(2, End::kApproved), ""},
        Row{"GoneAfterApprovalIsToldAsApproved", kGoneAfterApproval, announced(2),
            "final:APPROVED"},
        Row{"GoneAndRecordedAsApproved", kGone, announced(2, End::kApproved), ""},
        Row{"StaleViewAfterTheEnd", kPending, announced(0, End::kExpired), ""},
        Row{"StaleViewAfterAReversal", kApproved, announced(1, End::kDenied), ""},
        Row{"GoneAfterApprovalAndRecordedAsDenied", kGoneAfterApproval, announced(2, End::kDenied),
            ""},
        Row{"DecidedThoughToldAsExpired", kApproved, announced(2, End::kExpired), "final:APPROVED"},
        Row{"InADigestReviewsAreNotTold", kPendingReviewed, in_digest(announced()), ""},
        Row{"InADigestTheEndIs", kApproved, in_digest(announced()), "final:APPROVED"},
        Row{"GivenUp", kPending, given_up(), ""}),
    [](const auto& row) { return row.param.name; });

TEST(Plan, WhatOneRecipientWasToldHoldsForTheOthersAfterTheRequestIsGone) {
  Record record;
  record.routed = true;
  record.recipients = {announced(0, End::kDenied), announced()};
  EXPECT_EQ(name(Plan(kGone, record).next(record.recipients[1])), "final:DENIED");
}

TEST(Plan, AnEndThatWasUnderWayHoldsAfterARestart) {
  Record record;
  record.routed = true;
  record.recipients = {announced(), announced()};
  record.recipients[0].trying = Step::tell(End::kApproved);
  EXPECT_EQ(Plan(kGone, record).end(), End::kApproved);
}

TEST(Plan, WhoDoesNotKnowOfTheEndThatAnotherTellsKeepsStill) {
  Record record;
  record.routed = true;
  record.recipients = {announced(), announced()};
  record.recipients[0].trying = Step::tell(End::kDenied);
  EXPECT_TRUE(Plan(kApproved, record).behind());
  EXPECT_FALSE(Plan(kApproved, record).anything_left());
  EXPECT_FALSE(Plan(kDenied, record).behind());
  EXPECT_FALSE(Plan(kGone, record).behind()) << "nothing newer will come";
}

TEST(Plan, ARequestThatWasTakenForExpiredAndIsThereIsAnnouncedToTheOthers) {
  Record record;
  record.routed = true;
  record.recipients = {announced(0, End::kExpired), reviewer()};
  EXPECT_EQ(name(Plan(kPending, record).next(record.recipients[1])), "announce");
}

class Fallback : public ::testing::Test {
 protected:
  Fallback() {
    record.routed = true;
    record.recipients = {announced(), given_up(), reviewer()};
    record.recipients[1].to.id = "C2";
    record.recipients[2].to.audience = Audience::kFallback;
  }
  std::optional<Step> step(const View& now) { return Plan(now, record).next(record.recipients[2]); }
  Record record;
};

TEST_F(Fallback, HearsOfEachThatWasGivenUp) {
  ASSERT_TRUE(step(kPending));
  EXPECT_EQ(name(step(kPending)), "given-up:C2");
}

TEST_F(Fallback, HearsOfItAfterTheEndToo) { EXPECT_TRUE(step(kApproved)); }

TEST_F(Fallback, HearsOfItOnce) {
  const auto report = step(kPending);
  ASSERT_TRUE(report);
  mark_done(*report, record, record.recipients[2]);
  EXPECT_FALSE(step(kPending));
  EXPECT_FALSE(Plan(kPending, record).anything_left());
}

TEST_F(Fallback, HearsNothingElse) {
  record.recipients[1] = announced();
  for (const View& now : {kPending, kPendingReviewed, kApproved, kGone}) {
    EXPECT_FALSE(step(now));
  }
}

TEST_F(Fallback, IsNotToldOfItself) {
  record.recipients[1] = announced();
  record.recipients[2].given_up = "malformed";
  record.recipients[2].for_good = true;
  EXPECT_FALSE(Plan(kPending, record).anything_left());
}

TEST(Plan, RoutesPendingRequestsOnce) {
  Record record;
  EXPECT_TRUE(Plan(kPending, record).needs_route());
  record.routed = true;
  EXPECT_FALSE(Plan(kPending, record).needs_route());
}

TEST(Plan, DoesNotRouteWhatEndedUnannounced) {
  const Record nothing;
  EXPECT_FALSE(Plan(kApproved, nothing).needs_route());
  EXPECT_FALSE(Plan(kGone, nothing).needs_route());
  EXPECT_FALSE(Plan(kApproved, nothing).anything_left());
  View seen = kPending;
  seen.see(kApproved.request());
  EXPECT_TRUE(Plan(seen, nothing).needs_route()) << "who asked may be waiting for the answer";
}

TEST(Plan, RoutesTakenOverRequestsForTheRequester) {
  Record record;
  record.request.user = "alice@example.com";
  record.recipients = {announced()};
  EXPECT_TRUE(Plan(kApproved, record).needs_route());
  EXPECT_TRUE(Plan(kGone, record).needs_route()) << "it expired, and who asked wants to know";
  record.recipients = {announced(0, End::kExpired)};
  EXPECT_FALSE(Plan(kGone, record).needs_route());
}

TEST(Plan, LeavesTakenOverRequestsAloneThatWereToldTheirEnd) {
  Record record;
  record.recipients = {announced(2, End::kApproved)};
  EXPECT_FALSE(Plan(kApproved, record).anything_left());
}

TEST(MarkDone, AnAnnouncementTakesBackAnExpiryAndNoDecision) {
  Record record;
  record.recipients.resize(2);
  record.recipients[0].told = End::kExpired;
  record.recipients[1].told = End::kDenied;
  for (Progress& p : record.recipients) mark_done(Step::announce(), record, p);
  EXPECT_EQ(record.recipients[0].told, End::kNone);
  EXPECT_EQ(record.recipients[1].told, End::kDenied);
}

}  // namespace
}  // namespace notifyd::delivery
