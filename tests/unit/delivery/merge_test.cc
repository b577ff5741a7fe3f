#include "delivery/merge.h"

#include <gtest/gtest.h>

namespace notifyd::delivery {
namespace {

constexpr char kMe[] = "me";
constexpr char kOther[] = "other";

// One recipient's row: how the record had it, has it now, and how this process has it.
struct Row {
  const char* name;
  Progress base, theirs;
  const char* claimed_by;  // in the record as it is now
  Progress mine;
  Stage stage;  // of mine
  Progress merged;
  Stage merged_stage;
};

Progress untouched() {
  Progress p;
  p.to = {"C1", "#c1", Audience::kReviewer};
  return p;
}
Progress tries(Progress p, const Step& step) {
  p.trying = step;
  return p;
}
Progress looks_for(Progress p, std::vector<Step> steps) {
  p.afterwards = std::move(steps);
  return p;
}
Progress announced(std::size_t reviews = 0, End told = End::kNone) {
  Progress p = untouched();
  p.announced = true;
  p.receipt = p.message = "C1/17.1";
  p.reviews = reviews;
  p.told = told;
  return p;
}
Progress given_up() {
  Progress p = untouched();
  p.given_up = "no such channel";
  return p;
}

Record record_of(const Progress& recipient, const std::string& owner) {
  Record record;
  record.routed = true;
  record.recipients = {recipient};
  record.claim = {owner, 1};
  return record;
}

class Merge : public ::testing::TestWithParam<Row> {};

TEST_P(Merge, OfOneRecipient) {
  const Row& row = GetParam();
  const Standing mine{record_of(row.mine, kMe), {{"C1", row.stage}}};
  const Standing merged =
      merge(record_of(row.base, kMe), record_of(row.theirs, row.claimed_by), mine, kMe);
  ASSERT_EQ(merged.record.recipients.size(), 1U);
  EXPECT_EQ(merged.record.recipients[0], row.merged);
  EXPECT_EQ(merged.stage("C1"), row.merged_stage);
  EXPECT_EQ(merged.record.claim.owner, row.claimed_by);
}

const Step kAnnounce = Step::announce();
const Step kReply = Step::reply(0);
const Step kApproved = Step::tell(End::kApproved);
const Step kDenied = Step::tell(End::kDenied);

INSTANTIATE_TEST_SUITE_P(Table, Merge,
                         ::testing::Values(
                             Row{"NoNewsTakesTheirs", untouched(), announced(), kOther, untouched(),
                                 Stage::kIdle, announced(), Stage::kIdle},
                             Row{"WhatAnotherTriesIsDoubtful", untouched(),
                                 tries(untouched(), kAnnounce), kOther, untouched(), Stage::kIdle,
                                 tries(untouched(), kAnnounce), Stage::kDoubtful},
                             Row{"WhatAFormerLifeTriedIsDoubtful", untouched(),
                                 tries(untouched(), kAnnounce), kMe, untouched(), Stage::kIdle,
                                 tries(untouched(), kAnnounce), Stage::kDoubtful},
                             Row{"AnIntentionThatWasWrittenThoughItsAnswerWasLostStands",
                                 untouched(), tries(untouched(), kAnnounce), kMe,
                                 tries(untouched(), kAnnounce), Stage::kIntended,
                                 tries(untouched(), kAnnounce), Stage::kIntended},
                             Row{"AnIntentionThatWasNotWrittenIsNone", untouched(), untouched(),
                                 kMe, tries(untouched(), kAnnounce), Stage::kIntended, untouched(),
                                 Stage::kIdle},
                             Row{"AnIntentionThatLostTheSwapIsNone", untouched(), announced(),
                                 kOther, tries(untouched(), kAnnounce), Stage::kIntended,
                                 announced(), Stage::kIdle},
                             Row{"AnIntentionThatAnotherHasTooIsDoubtful", untouched(),
                                 tries(untouched(), kAnnounce), kOther,
                                 tries(untouched(), kAnnounce), Stage::kIntended,
                                 tries(untouched(), kAnnounce), Stage::kDoubtful},
                             Row{"WhatIsUnderWayGoesOn", tries(untouched(), kAnnounce),
                                 tries(untouched(), kAnnounce), kMe, tries(untouched(), kAnnounce),
                                 Stage::kDelivering, tries(untouched(), kAnnounce),
                                 Stage::kDelivering},
                             Row{"WhatAnotherTookOverWhileItIsUnderWayIsLookedForAfterwards",
                                 tries(untouched(), kAnnounce), tries(untouched(), kAnnounce),
                                 kOther, tries(untouched(), kAnnounce), Stage::kDelivering,
                                 looks_for(tries(untouched(), kAnnounce), {kAnnounce}),
                                 Stage::kDelivering},
                             Row{"WhatAnotherToldMeanwhileIsLookedForAfterwards",
                                 tries(announced(), kReply), announced(0, End::kDenied), kOther,
                                 tries(announced(), kReply), Stage::kSearching,
                                 looks_for(tries(announced(), kReply), {kDenied}),
                                 Stage::kSearching},
                             Row{"AnAnswerThatIsNotOnRecordStands", tries(untouched(), kAnnounce),
                                 tries(untouched(), kAnnounce), kMe, announced(),
                                 Stage::kIdle, announced(), Stage::kIdle},
                             Row{"AnAnswerStandsAndWhatAnotherTriesIsDoubtful",
                                 tries(untouched(), kAnnounce), tries(announced(), kApproved),
                                 kOther, announced(), Stage::kIdle, tries(announced(), kApproved),
                                 Stage::kDoubtful},
                             Row{"WhoGotThroughIsNotGivenUp", tries(untouched(), kAnnounce),
                                 announced(), kOther, given_up(), Stage::kIdle, announced(),
                                 Stage::kIdle},
                             Row{"TheirLaterEndIsLookedFor", tries(announced(), kApproved),
                                 announced(0, End::kDenied), kOther, announced(0, End::kApproved),
                                 Stage::kIdle, tries(announced(0, End::kApproved), kDenied),
                                 Stage::kDoubtful},
                             Row{"AnAnnouncementTakesBackAnExpiry", tries(untouched(), kAnnounce),
                                 [] {
                                   Progress p = untouched();
                                   p.told = End::kExpired;
                                   return p;
                                 }(),
                                 kOther, announced(), Stage::kIdle, announced(), Stage::kIdle},
                             Row{"AnEndThatIsBegunAndThatAnotherToldIsLookedFor",
                                 tries(announced(), kApproved), announced(0, End::kApproved),
                                 kOther, tries(announced(), kApproved), Stage::kBegun,
                                 tries(announced(), kApproved), Stage::kDoubtful},
                             Row{"TheMoreRepliesHold", announced(1), announced(3), kOther,
                                 announced(2), Stage::kIdle, announced(3), Stage::kIdle},
                             Row{"AnEndThatIsBegunHoldsAgainstAnEarlierOne",
                                 tries(announced(), kDenied), announced(0, End::kApproved), kMe,
                                 looks_for(tries(announced(), kDenied), {kReply}), Stage::kBegun,
                                 looks_for(tries(announced(), kDenied), {kApproved, kReply}),
                                 Stage::kBegun}),
                         [](const auto& row) { return row.param.name; });

TEST(MergeOfAVanishedRecord, KeepsWhatThisProcessKnows) {
  const Standing mine{record_of(announced(1), kMe), {}};
  const Standing merged = merge(mine.record, Record{}, mine, kMe);
  EXPECT_EQ(merged.record, mine.record);
}

TEST(MergeOfAVanishedRecord, ForgetsWhatWasOnlyIntended) {
  const Standing mine{record_of(tries(untouched(), kAnnounce), kMe), {{"C1", Stage::kIntended}}};
  const Standing merged = merge(record_of(untouched(), kMe), Record{}, mine, kMe);
  EXPECT_EQ(merged.record.recipients[0], untouched());
  EXPECT_EQ(merged.stage("C1"), Stage::kIdle);
}

TEST(MergeOfAVanishedRecord, KeepsAnEndThatIsIntended) {
  const Standing mine{record_of(tries(announced(), kDenied), kMe), {{"C1", Stage::kIntended}}};
  const Standing merged = merge(record_of(announced(), kMe), Record{}, mine, kMe);
  EXPECT_EQ(merged.record.recipients[0].trying, kDenied);
}

TEST(MergeOfRecipients, WhoIsNewInTheRecordIsTaken) {
  Record theirs = record_of(announced(), kOther);
  theirs.recipients.push_back({});
  theirs.recipients.back().to.id = "C2";
  const Standing mine{record_of(untouched(), kMe), {}};
  EXPECT_EQ(merge(mine.record, theirs, mine, kMe).record.recipients.size(), 2U);
}

TEST(MergeOfRecipients, WhoseAnswerIsNotOnRecordIsKeptThoughTheirsLacksThem) {
  Record theirs = record_of(announced(), kOther);
  theirs.recipients[0].to.id = "C2";
  const Standing mine{record_of(announced(), kMe), {}};
  const Standing merged = merge(record_of(untouched(), kMe), theirs, mine, kMe);
  ASSERT_NE(merged.record.find("C1"), nullptr);
  EXPECT_TRUE(merged.record.find("C1")->announced);
}

TEST(LookAfterwards, TheLatestEndComesFirst) {
  Progress p = announced();
  for (const Step& step : {kReply, kApproved, kDenied, kApproved}) look_afterwards(p, step);
  EXPECT_EQ(p.afterwards, (std::vector<Step>{kDenied, kApproved, kReply}));
}

TEST(LookNow, WhatIsDoneByNowIsNotLookedFor) {
  Progress p = looks_for(announced(1, End::kDenied), {kApproved, kReply});
  EXPECT_FALSE(look_now(p));
  EXPECT_TRUE(p.afterwards.empty());
}

TEST(HasNews, AnIntentionIsNone) {
  const Progress base = announced();
  EXPECT_FALSE(has_news(tries(base, kReply), Stage::kIntended, &base));
  EXPECT_TRUE(has_news(tries(base, kReply), Stage::kDoubtful, &base));
}

TEST(HasNews, OfWhomTheRecordDoesNotHaveOnlyWhatWasDoneIs) {
  EXPECT_FALSE(has_news(untouched(), Stage::kIdle, nullptr));
  EXPECT_TRUE(has_news(announced(), Stage::kIdle, nullptr));
}

}  // namespace
}  // namespace notifyd::delivery
