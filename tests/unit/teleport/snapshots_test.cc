#include "teleport/snapshots.h"

#include <gmock/gmock.h>

#include "support/fake_engine.h"
#include "unit/teleport/recording_sink.h"

namespace notifyd::teleport {
namespace {

using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class SnapshotsTest : public ::testing::Test {
 protected:
  // A connection that has caught up with these.
  void caught_up(const std::vector<AccessRequestPtr>& requests = {}) {
    snapshots_.begin_connection();
    snapshots_.begin_catch_up();
    snapshots_.records_done();
    snapshots_.page(requests);
    snapshots_.end_catch_up();
    sink_.take();
  }

  void begin_catch_up() {
    snapshots_.begin_catch_up();
    ASSERT_FALSE(sink_.lines.empty());
    EXPECT_EQ(sink_.lines.back(), "start");
    sink_.lines.pop_back();
  }

  notifyd::test::FakeEngine engine_;
  RecordingSink sink_;
  Snapshots snapshots_{engine_, sink_};
};

TEST_F(SnapshotsTest, PassesEventsOn) {
  caught_up();
  snapshots_.event(put("r1", End::kNone));
  snapshots_.event(put("r1", End::kApproved));
  snapshots_.event(removed("r1"));
  EXPECT_THAT(sink_.take(), ElementsAre("r1 PENDING", "r1 APPROVED", "gone r1"));
}

TEST_F(SnapshotsTest, HoldsEventsOfANewConnectionUntilTheRecordsAreIn) {
  snapshots_.begin_connection();
  snapshots_.event(put("r1", End::kNone));
  begin_catch_up();
  snapshots_.event(put("r1", End::kApproved));
  snapshots_.record("slack", "r1", {});
  EXPECT_THAT(sink_.take(), ElementsAre("record slack r1 "));
  snapshots_.records_done();
  EXPECT_THAT(sink_.take(), ElementsAre("r1 PENDING", "r1 APPROVED"));
}

// What was decided before it was deleted is told as it was decided.
TEST_F(SnapshotsTest, HoldsADecisionThoughADeletionFollows) {
  snapshots_.begin_connection();
  begin_catch_up();
  snapshots_.event(put("r1", End::kApproved));
  snapshots_.event(removed("r1"));
  snapshots_.records_done();
  EXPECT_THAT(sink_.take(), ElementsAre("r1 APPROVED", "gone r1"));
}

TEST_F(SnapshotsTest, DropsWhatABrokenConnectionHeld) {
  snapshots_.begin_connection();
  snapshots_.event(put("r1", End::kNone));
  snapshots_.begin_connection();
  begin_catch_up();
  snapshots_.records_done();
  EXPECT_THAT(sink_.take(), IsEmpty());
}

TEST_F(SnapshotsTest, AnEventBeatsAPageThatWasReadBeforeIt) {
  caught_up();
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.event(put("r1", End::kApproved));
  snapshots_.page({make_request("r1", End::kNone)});
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("r1 APPROVED", "done"));
}

TEST_F(SnapshotsTest, APageDoesNotRaiseTheDead) {
  caught_up({make_request("r1", End::kNone)});
  snapshots_.event(removed("r1"));
  engine_.advance(Millis(500));  // the server's list may lag behind
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.page({make_request("r1", End::kNone)});
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("gone r1", "done"));
}

TEST_F(SnapshotsTest, AnOldEventDoesNotHideWhatAResyncFinds) {
  caught_up();
  snapshots_.event(put("r1", End::kNone));
  engine_.advance(minutes(10));
  sink_.take();
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.page({make_request("r1", End::kApproved)});
  EXPECT_THAT(sink_.take(), ElementsAre("r1 APPROVED"));
}

TEST_F(SnapshotsTest, NoEventTakesBackADecisionOrAReview) {
  caught_up({make_request("r1", End::kApproved), make_request("r2", End::kNone, 2)});
  snapshots_.event(put("r1", End::kNone));
  snapshots_.event(put("r2", End::kNone, 1));
  EXPECT_THAT(sink_.take(), IsEmpty());
  snapshots_.event(put("r1", End::kDenied));
  snapshots_.event(put("r2", End::kNone, 3));
  EXPECT_THAT(sink_.take(), ElementsAre("r1 DENIED", "r2 PENDING"));
}

// How many reviews are kept depends on what else the request holds: its reasons, its annotations.
TEST_F(SnapshotsTest, ReviewsThatAreLeftOutAreNoneThatWereTakenBack) {
  const auto request = [](End end, std::size_t reviews, std::size_t left_out) {
    AccessRequest of(*make_request("r1", end, reviews));
    of.left_out.reviews = left_out;
    return std::make_shared<const AccessRequest>(of);
  };
  caught_up({request(End::kNone, 1000, 0)});
  snapshots_.event({WatchEvent::Kind::kPut, request(End::kNone, 500, 501), ""});
  EXPECT_THAT(sink_.take(), ElementsAre("r1 PENDING"));
  snapshots_.event({WatchEvent::Kind::kPut, request(End::kNone, 600, 400), ""});
  EXPECT_THAT(sink_.take(), IsEmpty()) << "a thousand are fewer";
  snapshots_.event({WatchEvent::Kind::kPut, request(End::kDenied, 0, 1001), ""});
  EXPECT_THAT(sink_.take(), ElementsAre("r1 DENIED"));
}

TEST_F(SnapshotsTest, ADecisionIsNewerThanAnyRequestThatWaits) {
  caught_up({make_request("r1", End::kNone, 2)});
  snapshots_.event(put("r1", End::kApproved, 1));
  EXPECT_THAT(sink_.take(), ElementsAre("r1 APPROVED"));
  snapshots_.event(put("r1", End::kNone, 2));
  EXPECT_THAT(sink_.take(), IsEmpty());
}

TEST_F(SnapshotsTest, ReportsAsGoneWhatOnlyARecordRemembers) {
  snapshots_.begin_connection();
  begin_catch_up();
  snapshots_.record("slack", "r1", {});
  snapshots_.record("slack", "r2", {});
  snapshots_.records_done();
  snapshots_.page({make_request("r2", End::kNone)});
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(),
              ElementsAre("record slack r1 ", "record slack r2 ", "r2 PENDING", "gone r1", "done"));
}

TEST_F(SnapshotsTest, ReportsAsGoneWhatVanishedWhileNobodyWatched) {
  caught_up({make_request("r1", End::kNone), make_request("r2", End::kNone)});
  snapshots_.begin_connection();
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.page({make_request("r2", End::kNone)});
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("r2 PENDING", "gone r1", "done"));
  EXPECT_EQ(snapshots_.known(), 1U);
}

TEST_F(SnapshotsTest, ARequestThatTheListDoesNotHaveYetIsNotGoneOnceItsEventCame) {
  snapshots_.begin_connection();
  begin_catch_up();
  snapshots_.record("slack", "r1", {});
  snapshots_.records_done();
  snapshots_.page({});
  EXPECT_TRUE(snapshots_.has_doubtful());
  snapshots_.event(put("r1", End::kNone));
  EXPECT_FALSE(snapshots_.has_doubtful());
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("record slack r1 ", "r1 PENDING", "done"));
}

TEST_F(SnapshotsTest, ASecondLookSavesWhatTheFirstDidNotShow) {
  snapshots_.begin_connection();
  begin_catch_up();
  for (const char* id : {"r1", "r2"}) snapshots_.record("slack", id, {});
  snapshots_.records_done();
  snapshots_.page({});
  sink_.take();
  snapshots_.recheck({make_request("r1", End::kNone)});
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), UnorderedElementsAre("r1 PENDING", "gone r2", "done"));
}

TEST_F(SnapshotsTest, ARequestWhoseItemCannotBeReadIsNotGone) {
  caught_up({make_request("r1", End::kNone), make_request("r2", End::kNone)});
  snapshots_.begin_connection();
  begin_catch_up();
  snapshots_.record("slack", "r3", {});
  snapshots_.records_done();
  snapshots_.page({});
  snapshots_.is_there("r1");
  snapshots_.is_there("r3");
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("record slack r3 ", "gone r2", "done"));
}

TEST_F(SnapshotsTest, NothingIsGoneByAListWithAnItemThatNobodyKnowsWhoseItIs) {
  caught_up({make_request("r1", End::kNone)});
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.page({});
  snapshots_.nameless_item();
  EXPECT_FALSE(snapshots_.has_doubtful());
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("done"));
}

TEST_F(SnapshotsTest, TheNextGoodListTellsWhatWasGoneThen) {
  caught_up({make_request("r1", End::kNone)});
  begin_catch_up();
  snapshots_.nameless_item();
  snapshots_.end_catch_up();
  sink_.take();
  begin_catch_up();
  EXPECT_TRUE(snapshots_.has_doubtful());
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("gone r1", "done"));
}

TEST_F(SnapshotsTest, WhatWasFoundGoneBeforeNeedsNoSecondLook) {
  caught_up();
  for (const bool first : {true, false}) {
    begin_catch_up();
    snapshots_.record("slack", "r1", {});
    snapshots_.records_done();
    snapshots_.page({});
    EXPECT_EQ(snapshots_.has_doubtful(), first);
    snapshots_.end_catch_up();
  }
}

// ---- Requests that ended and were told ----

constexpr char kEnded[] = "0192a3b4-c5d6-7e8f-9012-3456789abcde";

TEST_F(SnapshotsTest, OfARequestThatIsAtItsEndNothingIsKeptInMind) {
  sink_.at_rest = {kEnded, "r1"};
  caught_up({make_request(kEnded, End::kApproved), make_request("r1", End::kNone)});
  EXPECT_EQ(snapshots_.known(), 1U) << "the one that waits";
  EXPECT_EQ(snapshots_.listed(), 2U);
  caught_up({});
  EXPECT_EQ(snapshots_.known(), 0U);
}

TEST_F(SnapshotsTest, WhileItIsBeingToldARequestThatEndedIsMissedWhenItIsGone) {
  caught_up({make_request(kEnded, End::kApproved)});
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.page({});
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre(std::string("gone ") + kEnded, "done"));
}

TEST_F(SnapshotsTest, AnOlderEventDoesNotTakeBackAnEndThatWasOnlyListed) {
  sink_.at_rest = {kEnded};
  caught_up({make_request(kEnded, End::kApproved)});
  snapshots_.event(put(kEnded, End::kNone));
  EXPECT_THAT(sink_.take(), IsEmpty());
  snapshots_.event(put(kEnded, End::kDenied));
  EXPECT_THAT(sink_.take(), ElementsAre(std::string(kEnded) + " DENIED"));
}

TEST_F(SnapshotsTest, WhatNoEventCanBeOlderThanAnyMoreIsForgotten) {
  sink_.at_rest = {kEnded};
  caught_up({make_request(kEnded, End::kApproved)});
  engine_.advance(kListLag);
  snapshots_.event(put(kEnded, End::kNone));
  EXPECT_THAT(sink_.take(), ElementsAre(std::string(kEnded) + " PENDING"));
}

TEST_F(SnapshotsTest, ARequestThatWaitsByItsRecordAndIsNotListedIsGone) {
  auto told = std::make_shared<ToldRecords>();
  told->add(*pack(kEnded), {End::kNone, 0});
  snapshots_.begin_connection();
  begin_catch_up();
  snapshots_.records_told("slack", told);
  snapshots_.records_done();
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("told slack 1", std::string("gone ") + kEnded, "done"));
}

TEST_F(SnapshotsTest, WhatIsSettledIsThereAndIsNotShown) {
  const std::vector<Settled> settled = {{*pack(kEnded), {End::kNone, 2}}};
  caught_up({make_request(kEnded, End::kNone, 2)});
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.settled(settled);
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("done"));
  EXPECT_EQ(snapshots_.known(), 1U);
  snapshots_.event(put(kEnded, End::kNone, 1));  // an older one
  EXPECT_THAT(sink_.take(), IsEmpty());
  snapshots_.event(put(kEnded, End::kNone, 3));
  EXPECT_THAT(sink_.take(), ElementsAre(std::string(kEnded) + " PENDING"));
}

// An instance that comes up asks for a listing, and nothing was left to do for those before it.
TEST_F(SnapshotsTest, AnEndThatHadAnEventIsShownByEachListing) {
  caught_up({make_request(kEnded, End::kNone)});
  sink_.at_rest.insert(kEnded);
  snapshots_.event(put(kEnded, End::kDenied));
  for (int i = 0; i < 2; ++i) {
    sink_.take();
    begin_catch_up();
    snapshots_.records_done();
    snapshots_.page({make_request(kEnded, End::kDenied)});
    snapshots_.end_catch_up();
    EXPECT_THAT(sink_.take(), ElementsAre(std::string(kEnded) + " DENIED", "done"));
  }
}

TEST_F(SnapshotsTest, WhatIsSettledAtItsEndIsNotTakenBack) {
  caught_up({make_request(kEnded, End::kNone)});
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.settled({{*pack(kEnded), {End::kDenied, 0}}});
  snapshots_.end_catch_up();
  EXPECT_THAT(sink_.take(), ElementsAre("done"));
  EXPECT_EQ(snapshots_.known(), 0U);
  snapshots_.event(put(kEnded, End::kNone));
  EXPECT_THAT(sink_.take(), IsEmpty());
}

// It was deleted just before, as the stream said, and the list lags behind.
TEST_F(SnapshotsTest, WhatIsSettledInAPageDoesNotRaiseTheDead) {
  caught_up({make_request(kEnded, End::kNone)});
  snapshots_.event(removed(kEnded));
  begin_catch_up();
  snapshots_.records_done();
  snapshots_.settled({{*pack(kEnded), {End::kNone, 0}}});
  snapshots_.end_catch_up();
  EXPECT_EQ(snapshots_.known(), 0U);
}

}  // namespace
}  // namespace notifyd::teleport
