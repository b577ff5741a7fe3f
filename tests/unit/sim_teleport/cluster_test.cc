#include "sim/teleport/cluster.h"

#include <gmock/gmock.h>

#include "sim/teleport/objects.h"

namespace notifyd::sim {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::MatchesRegex;
using ::types::APPROVED;
using ::types::DENIED;
using ::types::PENDING;
using ::types::PROMOTED;

constexpr const char* kAlice = "alice@example.com";
constexpr const char* kBob = "bob@example.com";
constexpr const char* kCarol = "carol@example.com";

struct Recorder : ClusterWatcher {
  void changed(const RequestChange& change) override { changes.push_back(change); }
  std::vector<RequestChange> changes;
};

class ClusterTest : public testing::Test {
 protected:
  static NewRequest request(std::vector<Threshold> thresholds = {{1, 1}}) {
    NewRequest what;
    what.user = kAlice;
    what.roles = {"editor", "auditor"};
    what.reason = "release 1.2";
    what.thresholds = std::move(thresholds);
    return what;
  }

  std::string create(std::vector<Threshold> thresholds = {{1, 1}}) {
    return cluster_.create_request(request(std::move(thresholds)));
  }

  ::types::RequestState state(const std::string& id) { return cluster_.get(id)->spec().state(); }

  Errc review_error(const std::string& id, const std::string& author,
                    ::types::RequestState proposed = APPROVED) {
    return cluster_.review(id, author, proposed, "").error().code;
  }

  WallTime now_ = WallTime(std::chrono::seconds(1'800'000'000));
  Cluster cluster_{{.clock = [this] { return now_; }, .seed = 1}};
};

TEST_F(ClusterTest, ANewRequestIsPendingAndHasWhatTheServerFillsIn) {
  NewRequest what = request();
  what.suggested_reviewers = {kBob};
  what.annotations = {{"teleport.dev/schedules", {"weekday"}}};
  const RequestPtr made = cluster_.get(cluster_.create_request(what));

  EXPECT_THAT(made->metadata().name(), MatchesRegex("[0-9a-f-]{14}7[0-9a-f-]{21}"));
  EXPECT_EQ(made->kind(), "access_request");
  EXPECT_EQ(made->version(), "v3");
  EXPECT_FALSE(made->metadata().revision().empty());
  EXPECT_EQ(made->spec().state(), PENDING);
  EXPECT_THAT(made->spec().roles(), ElementsAre("editor", "auditor"));
  EXPECT_THAT(made->spec().suggested_reviewers(), ElementsAre(kBob));
  EXPECT_EQ(made->spec().role_threshold_mapping(1).key(), "auditor");
  const auto& annotation = made->spec().system_annotations().values(0);
  EXPECT_EQ(annotation.key(), "teleport.dev/schedules");
  EXPECT_THAT(annotation.value().values(), ElementsAre("weekday"));
  EXPECT_EQ(from_timestamp(made->spec().created()), now_);
}

TEST_F(ClusterTest, TimesThatAreNotSetAreGoZeroTimes) {
  const RequestPtr made = cluster_.get(create());
  EXPECT_EQ(made->spec().max_duration().seconds(), -62135596800);
}

TEST_F(ClusterTest, ResourcesAreNamedInTheOldFormAndInTheNew) {
  NewRequest what = request();
  what.resources.emplace_back().set_name("db-1");
  const RequestPtr made = cluster_.get(cluster_.create_request(what));
  EXPECT_EQ(made->spec().requested_resource_ids(0).name(), "db-1");
  EXPECT_EQ(made->spec().requested_resource_access_ids(0).id().name(), "db-1");
}

TEST_F(ClusterTest, AReviewThatReachesTheThresholdDecidesWithItsReason) {
  const std::string id = create({{2, 2}});
  ASSERT_TRUE(cluster_.review(id, kBob, APPROVED, "okay"));
  EXPECT_EQ(state(id), PENDING);
  ASSERT_TRUE(cluster_.review(id, kCarol, APPROVED, "finally okay"));
  EXPECT_EQ(state(id), APPROVED);
  EXPECT_EQ(cluster_.get(id)->spec().resolve_reason(), "finally okay");
}

TEST_F(ClusterTest, DenialsDecideToo) {
  const std::string id = create({{2, 2}});
  ASSERT_TRUE(cluster_.review(id, kBob, DENIED, "not okay"));
  ASSERT_TRUE(cluster_.review(id, kCarol, DENIED, "finally not okay"));
  EXPECT_EQ(state(id), DENIED);
  EXPECT_EQ(cluster_.get(id)->spec().resolve_reason(), "finally not okay");
}

TEST_F(ClusterTest, ASecondReviewByTheSameAuthorIsDenied) {
  const std::string id = create({{2, 2}});
  ASSERT_TRUE(cluster_.review(id, kBob, APPROVED, ""));
  EXPECT_EQ(review_error(id, kBob), Errc::kDenied);
  EXPECT_EQ(cluster_.get(id)->spec().reviews_size(), 1);
}

TEST_F(ClusterTest, ReviewingOnesOwnRequestIsDenied) {
  EXPECT_EQ(review_error(create(), kAlice), Errc::kDenied);
}

TEST_F(ClusterTest, AReviewProposesApprovalOrDenialOnly) {
  EXPECT_EQ(review_error(create(), kBob, PROMOTED), Errc::kInvalid);
  EXPECT_EQ(review_error(create(), kBob, PENDING), Errc::kInvalid);
}

TEST_F(ClusterTest, ReviewsOfNoRequestAreNotFound) {
  EXPECT_EQ(review_error("none", kBob), Errc::kNotFound);
}

TEST_F(ClusterTest, ReviewsAfterTheResolutionAreStoredAndChangeNothing) {
  const std::string id = create();
  ASSERT_TRUE(cluster_.review(id, kBob, APPROVED, "okay"));
  ASSERT_TRUE(cluster_.review(id, kCarol, DENIED, "too late"));
  EXPECT_EQ(state(id), APPROVED);
  EXPECT_EQ(cluster_.get(id)->spec().resolve_reason(), "okay");
  EXPECT_EQ(cluster_.get(id)->spec().reviews_size(), 2);
}

struct Transition {
  ::types::RequestState from;
  ::types::RequestState to;
  bool allowed;
};

class ClusterTransitionTest : public testing::TestWithParam<Transition> {};

TEST_P(ClusterTransitionTest, IsAllowedOrRefusedAsInvalid) {
  Cluster cluster;
  NewRequest what;
  what.user = kAlice;
  what.roles = {"editor"};
  what.state = GetParam().from;
  const auto done = cluster.set_state(cluster.create_request(what), GetParam().to, "");
  EXPECT_EQ(done.ok(), GetParam().allowed);
  EXPECT_TRUE(done || done.error().code == Errc::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(
    SetState, ClusterTransitionTest,
    testing::Values(Transition{PENDING, APPROVED, true}, Transition{PENDING, DENIED, true},
                    Transition{PENDING, PROMOTED, false}, Transition{PENDING, PENDING, false},
                    Transition{PENDING, ::types::NONE, false}, Transition{APPROVED, DENIED, true},
                    Transition{APPROVED, PENDING, false}, Transition{DENIED, APPROVED, false},
                    Transition{DENIED, DENIED, false}, Transition{PROMOTED, DENIED, false}),
    [](const auto& test) {
      return RequestState_Name(test.param.from) + "To" + RequestState_Name(test.param.to);
    });

TEST_F(ClusterTest, AnApprovalMayGrantSomeOfTheRolesOnly) {
  const std::string id = create();
  ASSERT_TRUE(cluster_.set_state(id, APPROVED, "", {"auditor"}));
  EXPECT_THAT(cluster_.get(id)->spec().roles(), ElementsAre("auditor"));
  EXPECT_EQ(cluster_.get(id)->spec().role_threshold_mapping().size(), 2U);
}

TEST_F(ClusterTest, RolesThatWereNotRequestedCannotBeGranted) {
  EXPECT_EQ(cluster_.set_state(create(), APPROVED, "", {"root"}).error().code, Errc::kInvalid);
  EXPECT_EQ(cluster_.set_state(create(), DENIED, "", {"editor"}).error().code, Errc::kInvalid);
}

TEST_F(ClusterTest, OnlyAPendingRequestIsPromoted) {
  const std::string id = create();
  ASSERT_TRUE(cluster_.promote(id, "now a member"));
  EXPECT_EQ(state(id), PROMOTED);
  EXPECT_EQ(cluster_.promote(id, "again").error().code, Errc::kInvalid);
}

TEST_F(ClusterTest, ARemovedRequestIsGone) {
  const std::string id = create();
  ASSERT_TRUE(cluster_.remove(id));
  EXPECT_EQ(cluster_.get(id), nullptr);
  EXPECT_EQ(cluster_.remove(id).error().code, Errc::kNotFound);
}

TEST_F(ClusterTest, EveryChangeMakesANewRevisionAndLeavesWhatWasHandedOutAlone) {
  const std::string id = create();
  const RequestPtr before = cluster_.get(id);
  ASSERT_TRUE(cluster_.set_state(id, DENIED, ""));
  EXPECT_EQ(before->spec().state(), PENDING);
  EXPECT_NE(before->metadata().revision(), cluster_.get(id)->metadata().revision());
}

TEST_F(ClusterTest, APendingRequestExpiresAtItsTime) {
  const std::string id = create();
  cluster_.tick(now_ + hours(1) - std::chrono::seconds(1));
  EXPECT_NE(cluster_.get(id), nullptr);
  now_ += hours(1);
  cluster_.tick();
  EXPECT_EQ(cluster_.get(id), nullptr);
}

TEST_F(ClusterTest, AnApprovedRequestLivesAsLongAsTheAccess) {
  const std::string id = create();
  ASSERT_TRUE(cluster_.set_state(id, APPROVED, ""));
  cluster_.tick(now_ + hours(11));
  EXPECT_NE(cluster_.get(id), nullptr);
  cluster_.tick(now_ + hours(12));
  EXPECT_EQ(cluster_.get(id), nullptr);
}

TEST_F(ClusterTest, WatchersAreToldOfEveryChangeInOrder) {
  const auto watcher = std::make_shared<Recorder>();
  cluster_.watch(watcher);
  const std::string id = create();
  ASSERT_TRUE(cluster_.review(id, kBob, APPROVED, ""));
  cluster_.tick(now_ + hours(12));

  ASSERT_EQ(watcher->changes.size(), 3U);
  EXPECT_EQ(watcher->changes[0].request->spec().state(), PENDING);
  EXPECT_EQ(watcher->changes[1].request->spec().state(), APPROVED);
  EXPECT_EQ(watcher->changes[2].id, id);
  EXPECT_EQ(watcher->changes[2].request, nullptr);
}

TEST_F(ClusterTest, WatchersAreNotToldOfWhatWasRefused) {
  const std::string id = create();
  const auto watcher = std::make_shared<Recorder>();
  cluster_.watch(watcher);
  EXPECT_FALSE(cluster_.review(id, kAlice, APPROVED, ""));
  EXPECT_FALSE(cluster_.set_state(id, PROMOTED, ""));
  EXPECT_TRUE(watcher->changes.empty());
}

TEST_F(ClusterTest, AWatcherThatIsGoneIsForgotten) {
  auto watcher = std::make_shared<Recorder>();
  cluster_.watch(watcher);
  watcher.reset();
  EXPECT_NE(cluster_.get(create()), nullptr);
}

TEST_F(ClusterTest, ThePageIsToldOfChangesAndMayLookAtOnce) {
  std::size_t seen = 0;
  cluster_.on_change([&] { seen = cluster_.requests().size(); });
  create();
  create();
  EXPECT_EQ(seen, 2U);
}

}  // namespace
}  // namespace notifyd::sim
