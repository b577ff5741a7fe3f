#include "delivery/attempt.h"

#include <gtest/gtest.h>

#include <array>

namespace notifyd::delivery {
namespace {

constexpr std::array kTransitions{Transition::kIntend,  Transition::kPutBack, Transition::kStart,
                                  Transition::kDone,    Transition::kNotDone, Transition::kMaybe,
                                  Transition::kDoubted, Transition::kCleared};

// The table of attempt.h, whole: a row for each stage, in the order of kTransitions.
struct Row {
  const char* name;
  Stage stage;
  std::array<Stage, kTransitions.size()> of_a_message, of_an_end;
};

constexpr Stage kIdle = Stage::kIdle, kIntended = Stage::kIntended,
                kDelivering = Stage::kDelivering, kDoubtful = Stage::kDoubtful,
                kSearching = Stage::kSearching, kBegun = Stage::kBegun;

class EachStage : public ::testing::TestWithParam<Row> {};

TEST_P(EachStage, HasOneNextStageForEachTransition) {
  const Row& row = GetParam();
  for (std::size_t i = 0; i < kTransitions.size(); ++i) {
    EXPECT_EQ(after(row.stage, kTransitions[i], false), row.of_a_message[i]) << "transition " << i;
    EXPECT_EQ(after(row.stage, kTransitions[i], true), row.of_an_end[i])
        << "transition " << i << " of an end";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, EachStage,
    ::testing::Values(
        Row{"Idle",
            kIdle,
            {kIntended, kIdle, kIdle, kIdle, kIdle, kIdle, kDoubtful, kIdle},
            {kIntended, kIdle, kIdle, kIdle, kIdle, kIdle, kDoubtful, kIdle}},
        Row{"Intended",
            kIntended,
            {kIntended, kIdle, kDelivering, kIntended, kIntended, kIntended, kDoubtful, kIdle},
            {kIntended, kBegun, kDelivering, kIntended, kIntended, kIntended, kDoubtful, kIdle}},
        Row{"Delivering",
            kDelivering,
            {kDelivering, kDelivering, kDelivering, kIdle, kIdle, kDoubtful, kDelivering,
             kDelivering},
            {kDelivering, kDelivering, kDelivering, kIdle, kBegun, kDoubtful, kDelivering,
             kDelivering}},
        Row{"Doubtful",
            kDoubtful,
            {kDoubtful, kDoubtful, kSearching, kDoubtful, kDoubtful, kDoubtful, kDoubtful, kIdle},
            {kDoubtful, kDoubtful, kSearching, kDoubtful, kDoubtful, kDoubtful, kDoubtful, kIdle}},
        Row{"Searching",
            kSearching,
            {kSearching, kSearching, kSearching, kIdle, kIdle, kDoubtful, kSearching, kSearching},
            {kSearching, kSearching, kSearching, kIdle, kBegun, kDoubtful, kSearching, kSearching}},
        Row{"Begun",
            kBegun,
            {kIntended, kBegun, kBegun, kBegun, kBegun, kBegun, kDoubtful, kIdle},
            {kIntended, kBegun, kBegun, kBegun, kBegun, kBegun, kDoubtful, kIdle}}),
    [](const auto& row) { return row.param.name; });

// What the record has as tried, beside the stage.
class AttemptTest : public ::testing::Test {
 protected:
  void intend_and_start(const Step& step) {
    attempt.intend(recipient, step);
    attempt.start();
  }
  Progress recipient;
  Attempt attempt;
};

TEST_F(AttemptTest, WhatIsIntendedIsOnRecordAsTried) {
  attempt.intend(recipient, Step::announce());
  EXPECT_EQ(recipient.trying, Step::announce());
}

TEST_F(AttemptTest, AMessageThatIsNotStartedAfterAllIsNotOnRecord) {
  attempt.intend(recipient, Step::announce());
  attempt.put_back(recipient);
  EXPECT_EQ(recipient.trying, std::nullopt);
}

TEST_F(AttemptTest, AnEndThatIsNotStartedAfterAllStaysOnRecord) {
  attempt.intend(recipient, Step::tell(End::kDenied));
  attempt.put_back(recipient);
  EXPECT_EQ(recipient.trying, Step::tell(End::kDenied));
  EXPECT_EQ(attempt.stage(), Stage::kBegun);
}

TEST_F(AttemptTest, WhatWasNotDoneIsOnRecordNoMore) {
  intend_and_start(Step::reply(0));
  attempt.not_done(recipient, Step::reply(0));
  EXPECT_EQ(recipient.trying, std::nullopt);
}

TEST_F(AttemptTest, WhatMayHaveBeenDoneStaysOnRecordAndIsLookedFor) {
  intend_and_start(Step::announce());
  attempt.maybe();
  EXPECT_EQ(recipient.trying, Step::announce());
  attempt.start();
  EXPECT_EQ(attempt.stage(), Stage::kSearching);
}

TEST_F(AttemptTest, WhatIsToBeSearchedForBecomesDoubtful) {
  recipient.to_search = {Step::reply(2)};
  attempt.take_up_search(recipient);
  EXPECT_TRUE(attempt.doubtful());
  EXPECT_EQ(recipient.trying, Step::reply(2));
  EXPECT_TRUE(recipient.to_search.empty());
}

TEST_F(AttemptTest, AnAnswerIsOnRecordOnceAWriteThatBeganAfterItHasSucceeded) {
  attempt.answered(3);
  attempt.recorded(2);
  EXPECT_TRUE(attempt.has_news());
  attempt.recorded(3);
  EXPECT_FALSE(attempt.has_news());
}

}  // namespace
}  // namespace notifyd::delivery
