#include "delivery/plan.h"

#include <gtest/gtest.h>

#include "notify/abi.h"

namespace notifyd::delivery {
namespace {

Progress reviewer() {
  Progress p;
  p.id = p.label = "C1";
  return p;
}
Progress announced(std::size_t reviews = 0, Outcome told = {}) {
  Progress p = reviewer();
  p.announced = true;
  p.reviews = reviews;
  p.told = std::move(told);
  return p;
}
Progress requester(Progress p) {
  p.audience = NOTIFY_TO_REQUESTER;
  return p;
}
Progress given_up() {
  Progress p = reviewer();
  p.given_up = "no such channel";
  return p;
}

struct Row {
  const char* name;
  Situation now;
  Progress recipient;
  std::string step;  // "" none
};

class NextStep : public ::testing::TestWithParam<Row> {};

TEST_P(NextStep, FollowsFromSituationAndRecord) {
  const Row& row = GetParam();
  Record record;
  record.routed = true;
  record.recipients = {row.recipient};
  const auto step = next_step(row.now, record, row.recipient);
  EXPECT_EQ(step ? step->name() : "", row.step);
  EXPECT_EQ(anything_left(row.now, record), !row.step.empty());
}

const Situation kPending{};
const Situation kPendingReviewed{false, "", 2};
const Situation kApproved{false, "APPROVED", 2};
const Situation kDenied{false, "DENIED", 2};
const Situation kGone{true, "", 0};
const Situation kGoneAfterApproval{true, "APPROVED", 2};

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
        Row{"OwedReplyAfterTheEnd", kApproved, announced(1, "APPROVED"), "review:1"},
        Row{"ToldEverything", kApproved, announced(2, "APPROVED"), ""},
        Row{"ApprovalOverruled", kDenied, announced(2, "APPROVED"), "final:DENIED"},
        Row{"ResolvedBeforeAnnounced", kApproved, reviewer(), ""},
        Row{"RequesterWantsTheAnswerAllTheSame", kApproved, requester(reviewer()),
            "final:APPROVED"},
        Row{"RequesterIsToldOnce", kApproved, requester(announced(2, "APPROVED")), ""},
        Row{"Expired", kGone, announced(), "final:EXPIRED"},
        Row{"ExpiredAndTold", kGone, announced(0, "EXPIRED"), ""},
        Row{"ExpiredBeforeAnnounced", kGone, reviewer(), ""},
        Row{"GoneAfterApprovalStaysApproved", kGoneAfterApproval, announced(2, "APPROVED"), ""},
        Row{"GoneAfterApprovalIsToldAsApproved", kGoneAfterApproval, announced(2),
            "final:APPROVED"},
        Row{"GoneAndRecordedAsApproved", kGone, announced(2, "APPROVED"), ""},
        Row{"StaleViewAfterTheEnd", kPending, announced(0, "EXPIRED"), ""},
        Row{"StaleViewAfterAReversal", kApproved, announced(1, "DENIED"), ""},
        Row{"GoneAfterApprovalAndRecordedAsDenied", kGoneAfterApproval, announced(2, "DENIED"), ""},
        Row{"DecidedThoughToldAsExpired", kApproved, announced(2, "EXPIRED"), "final:APPROVED"},
        Row{"GivenUp", kPending, given_up(), ""}),
    [](const auto& row) { return row.param.name; });

TEST(Plan, WhatOneRecipientWasToldHoldsForTheOthersAfterTheRequestIsGone) {
  Record record;
  record.routed = true;
  record.recipients = {announced(0, "DENIED"), announced()};
  const auto step = next_step(kGone, record, record.recipients[1]);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->name(), "final:DENIED");
}

TEST(Plan, AnEndThatWasUnderWayHoldsAfterARestart) {
  Record record;
  record.routed = true;
  record.recipients = {announced(), announced()};
  record.recipients[0].trying = "final:APPROVED";
  EXPECT_EQ(kGone.end(record), "APPROVED");
}

TEST(Plan, WhoDoesNotKnowOfTheEndThatAnotherTellsKeepsStill) {
  Record record;
  record.routed = true;
  record.recipients = {announced(), announced()};
  record.recipients[0].trying = "final:DENIED";
  EXPECT_TRUE(kApproved.behind(record));
  EXPECT_FALSE(anything_left(kApproved, record));
  EXPECT_FALSE(kDenied.behind(record));
  EXPECT_FALSE(kGone.behind(record)) << "nothing newer will come";
}

TEST(Plan, ARequestThatWasTakenForExpiredAndIsThereIsAnnouncedToTheOthers) {
  Record record;
  record.routed = true;
  record.recipients = {announced(0, "EXPIRED"), reviewer()};
  const auto step = next_step(kPending, record, record.recipients[1]);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->name(), "announce");
}

class Fallback : public ::testing::Test {
 protected:
  Fallback() {
    record.routed = true;
    record.recipients = {announced(), given_up(), reviewer()};
    record.recipients[1].id = "C2";
    record.recipients[2].audience = NOTIFY_TO_FALLBACK;
  }
  std::optional<Step> step(const Situation& now) {
    return next_step(now, record, record.recipients[2]);
  }
  Record record;
};

TEST_F(Fallback, HearsOfEachThatWasGivenUp) {
  ASSERT_TRUE(step(kPending));
  EXPECT_EQ(step(kPending)->name(), "given-up:C2");
}

TEST_F(Fallback, HearsOfItAfterTheEndToo) { EXPECT_TRUE(step(kApproved)); }

TEST_F(Fallback, HearsOfItOnce) {
  const auto report = step(kPending);
  ASSERT_TRUE(report);
  mark_done(*report, record, record.recipients[2]);
  EXPECT_FALSE(step(kPending));
  EXPECT_FALSE(anything_left(kPending, record));
}

TEST_F(Fallback, HearsNothingElse) {
  record.recipients[1] = announced();
  for (const Situation& now : {kPending, kPendingReviewed, kApproved, kGone}) {
    EXPECT_FALSE(step(now));
  }
}

TEST_F(Fallback, IsNotToldOfItself) {
  record.recipients[1] = announced();
  record.recipients[2].given_up = "no such channel";
  EXPECT_FALSE(anything_left(kPending, record));
}

TEST(Plan, RoutesPendingRequestsOnce) {
  Record record;
  EXPECT_TRUE(needs_route(kPending, record));
  record.routed = true;
  EXPECT_FALSE(needs_route(kPending, record));
}

TEST(Plan, DoesNotRouteWhatEndedUnannounced) {
  EXPECT_FALSE(needs_route(kApproved, Record{}));
  EXPECT_FALSE(needs_route(kGone, Record{}));
  EXPECT_FALSE(anything_left(kApproved, Record{}));
  Situation seen = kApproved;
  seen.seen_pending = true;
  EXPECT_TRUE(needs_route(seen, Record{})) << "who asked may be waiting for the answer";
}

TEST(Plan, RoutesTakenOverRequestsForTheRequester) {
  Record record;
  record.user = "alice@example.com";
  record.recipients = {announced()};
  EXPECT_TRUE(needs_route(kApproved, record));
  EXPECT_TRUE(needs_route(kGone, record)) << "it expired, and who asked wants to know";
  record.recipients = {announced(0, "EXPIRED")};
  EXPECT_FALSE(needs_route(kGone, record));
}

TEST(Plan, LeavesTakenOverRequestsAloneThatWereToldTheirEnd) {
  Record record;
  record.recipients = {announced(2, "APPROVED")};
  EXPECT_FALSE(anything_left(kApproved, record));
}

TEST(Step, NameAndParseAreInverse) {
  for (const Step& step : {Step{}, Step{.kind = Step::Kind::kReview, .review = 12},
                           Step{.kind = Step::Kind::kFinal, .outcome = "DENIED"},
                           Step{.kind = Step::Kind::kGivenUp, .lost = "C1"}}) {
    EXPECT_EQ(Step::parse(step.name()), step);
  }
}

TEST(Step, ParseRefusesWhatIsNoStep) {
  for (const char* name : {"", "review:", "review:x", "review:1x", "announce!", "dance"}) {
    EXPECT_EQ(Step::parse(name), std::nullopt) << name;
  }
}

TEST(MarkDone, AnAnnouncementTakesBackAnExpiryAndNoDecision) {
  Record record;
  record.recipients.resize(2);
  record.recipients[0].told = kExpired;
  record.recipients[1].told = "DENIED";
  for (Progress& p : record.recipients) mark_done(Step{}, record, p);
  EXPECT_EQ(record.recipients[0].told, "");
  EXPECT_EQ(record.recipients[1].told, "DENIED");
}

}  // namespace
}  // namespace notifyd::delivery
