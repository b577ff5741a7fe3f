#include "delivery/merge.h"

#include <gtest/gtest.h>

namespace notifyd::delivery {
namespace {

constexpr char kMe[] = "me";
constexpr char kOther[] = "other";

// One recipient's row: how the record has it now, and how this process has it.
struct Row {
  const char* name;
  Progress theirs;
  const char* claimed_by;  // in the record as it is now
  Progress mine;
  Hand hand;  // of mine
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
Progress searches(Progress p, std::vector<Step> steps) {
  p.to_search = std::move(steps);
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
  const Standing mine{record_of(row.mine, kMe), {{"C1", row.hand}}};
  Standing merged = merge(record_of(row.theirs, row.claimed_by), mine, kMe);
  ASSERT_EQ(merged.record.recipients.size(), 1U);
  EXPECT_EQ(merged.record.recipients[0], row.merged);
  EXPECT_EQ(merged.hands["C1"].stage, row.merged_stage);
  EXPECT_EQ(merged.record.claim.owner, row.claimed_by);
}

const Step kAnnounce = Step::announce();
const Step kReply = Step::reply(0);
const Step kApproved = Step::tell(End::kApproved);
const Step kDenied = Step::tell(End::kDenied);

constexpr Hand kIdle{Stage::kIdle, false}, kAnswered{Stage::kIdle, true},
    kIntended{Stage::kIntended, false}, kDelivering{Stage::kDelivering, false},
    kSearching{Stage::kSearching, false}, kBegun{Stage::kBegun, false},
    kBegunJustNow{Stage::kBegun, true}, kDoubtfulSinceJustNow{Stage::kDoubtful, true};

INSTANTIATE_TEST_SUITE_P(
    Table, Merge,
    ::testing::Values(
        Row{"NoNewsTakesTheirs", announced(), kOther, untouched(), kIdle, announced(),
            Stage::kIdle},
        Row{"WhatAnotherTriesIsDoubtful", tries(untouched(), kAnnounce), kOther, untouched(), kIdle,
            tries(untouched(), kAnnounce), Stage::kDoubtful},
        Row{"WhatAFormerLifeTriedIsDoubtful", tries(untouched(), kAnnounce), kMe, untouched(),
            kIdle, tries(untouched(), kAnnounce), Stage::kDoubtful},
        Row{"AnIntentionThatWasWrittenThoughItsAnswerWasLostStands",
            tries(untouched(), kAnnounce), kMe, tries(untouched(), kAnnounce), kIntended,
            tries(untouched(), kAnnounce), Stage::kIntended},
        Row{"AnIntentionThatWasNotWrittenIsNone", untouched(), kMe,
            tries(untouched(), kAnnounce), kIntended, untouched(), Stage::kIdle},
        Row{"AnIntentionThatLostTheSwapIsNone", announced(), kOther,
            tries(untouched(), kAnnounce), kIntended, announced(), Stage::kIdle},
        Row{"AnIntentionThatAnotherHasTooIsDoubtful", tries(untouched(), kAnnounce), kOther,
            tries(untouched(), kAnnounce), kIntended, tries(untouched(), kAnnounce),
            Stage::kDoubtful},
        Row{"WhatIsUnderWayGoesOn", tries(untouched(), kAnnounce), kMe,
            tries(untouched(), kAnnounce), kDelivering, tries(untouched(), kAnnounce),
            Stage::kDelivering},
        Row{"WhatAnotherTookOverWhileItIsUnderWayIsSearchedForLater",
            tries(untouched(), kAnnounce), kOther, tries(untouched(), kAnnounce), kDelivering,
            searches(tries(untouched(), kAnnounce), {kAnnounce}), Stage::kDelivering},
        Row{"WhatAnotherToldMeanwhileIsSearchedForLater", announced(0, End::kDenied), kOther,
            tries(announced(), kReply), kSearching, searches(tries(announced(), kReply), {kDenied}),
            Stage::kSearching},
        Row{"AnAnswerThatIsNotOnRecordStands", tries(untouched(), kAnnounce), kMe, announced(),
            kAnswered, announced(), Stage::kIdle},
        Row{"AnAnswerStandsAndWhatAnotherTriesIsDoubtful", tries(announced(), kApproved), kOther,
            announced(), kAnswered, tries(announced(), kApproved), Stage::kDoubtful},
        Row{"WhoGotThroughIsNotGivenUp", announced(), kOther, given_up(), kAnswered, announced(),
            Stage::kIdle},
        Row{"TheirLaterEndIsSearchedFor", announced(0, End::kDenied), kOther,
            announced(0, End::kApproved), kAnswered, tries(announced(0, End::kApproved), kDenied),
            Stage::kDoubtful},
        Row{"AnEditThatMayComeLateIsSearchedForThoughAnotherToldALaterEnd",
            announced(0, End::kDenied), kOther, tries(announced(), kApproved),
            kDoubtfulSinceJustNow, searches(tries(announced(), kApproved), {kDenied}),
            Stage::kDoubtful},
        Row{"AnAnnouncementTakesBackAnExpiry",
            [] {
              Progress p = untouched();
              p.told = End::kExpired;
              return p;
            }(),
            kOther, announced(), kAnswered, announced(), Stage::kIdle},
        Row{"TheMoreRepliesHold", announced(3), kOther, announced(2), kAnswered, announced(3),
            Stage::kIdle},
        Row{"AnEndThatIsBegunJustNowAndThatAnotherToldIsSearchedFor",
            announced(0, End::kApproved), kOther, tries(announced(), kApproved), kBegunJustNow,
            tries(announced(), kApproved), Stage::kDoubtful},
        Row{"AnEndThatIsBegunOnRecordAndThatAnotherToldIsTold", announced(0, End::kApproved),
            kOther, tries(announced(), kApproved), kBegun, announced(0, End::kApproved),
            Stage::kIdle},
        Row{"AnEndThatIsBegunHoldsAgainstAnEarlierOne", announced(0, End::kApproved), kMe,
            searches(tries(announced(), kDenied), {kReply}), kBegunJustNow,
            searches(tries(announced(), kDenied), {kApproved, kReply}), Stage::kBegun}),
    [](const auto& row) { return row.param.name; });

TEST(MergeOfAVanishedRecord, KeepsWhatThisProcessKnows) {
  const Standing mine{record_of(announced(1), kMe), {}};
  EXPECT_EQ(merge(Record{}, mine, kMe).record, mine.record);
}

TEST(MergeOfAVanishedRecord, ForgetsWhatWasOnlyIntended) {
  const Standing mine{record_of(tries(untouched(), kAnnounce), kMe), {{"C1", kIntended}}};
  Standing merged = merge(Record{}, mine, kMe);
  EXPECT_EQ(merged.record.recipients[0], untouched());
  EXPECT_EQ(merged.hands["C1"].stage, Stage::kIdle);
}

TEST(MergeOfAVanishedRecord, KeepsAnEndThatIsIntended) {
  const Standing mine{record_of(tries(announced(), kDenied), kMe), {{"C1", kIntended}}};
  EXPECT_EQ(merge(Record{}, mine, kMe).record.recipients[0].trying, kDenied);
}

TEST(MergeOfRecipients, WhoIsNewInTheRecordIsTaken) {
  Record theirs = record_of(announced(), kOther);
  theirs.recipients.push_back({});
  theirs.recipients.back().to.id = "C2";
  EXPECT_EQ(merge(theirs, {record_of(untouched(), kMe), {}}, kMe).record.recipients.size(), 2U);
}

TEST(MergeOfRecipients, WhoseAnswerIsNotOnRecordIsKeptThoughTheirsLacksThem) {
  Record theirs = record_of(announced(), kOther);
  theirs.recipients[0].to.id = "C2";
  const Standing merged = merge(theirs, {record_of(announced(), kMe), {{"C1", kAnswered}}}, kMe);
  ASSERT_NE(merged.record.find("C1"), nullptr);
  EXPECT_TRUE(merged.record.find("C1")->announced);
}

TEST(SearchLater, TheLatestEndComesFirst) {
  Progress p = announced();
  for (const Step& step : {kReply, kApproved, kDenied, kApproved}) search_later(p, step);
  EXPECT_EQ(p.to_search, (std::vector<Step>{kDenied, kApproved, kReply}));
}

TEST(TakeUpSearch, WhatIsDoneByNowIsNotSearchedFor) {
  Progress p = searches(announced(1, End::kDenied), {kApproved, kReply});
  EXPECT_FALSE(take_up_search(p));
  EXPECT_TRUE(p.to_search.empty());
}

}  // namespace
}  // namespace notifyd::delivery
