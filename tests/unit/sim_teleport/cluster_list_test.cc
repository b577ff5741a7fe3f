#include <gmock/gmock.h>

#include "sim/teleport/cluster.h"

namespace notifyd::sim {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<std::string> ids_of(const RequestList& list) {
  std::vector<std::string> ids;
  for (const RequestPtr& request : list.requests) ids.push_back(request->metadata().name());
  return ids;
}

class ClusterListTest : public testing::Test {
 protected:
  std::string create(const std::string& user, ::types::RequestState state = ::types::PENDING) {
    NewRequest what;
    what.user = user;
    what.roles = {"editor"};
    what.state = state;
    now_ += std::chrono::seconds(1);
    return cluster_.create_request(what);
  }

  std::vector<std::string> all_pages(RequestQuery query) {
    std::vector<std::string> ids;
    do {
      const RequestList page = cluster_.list(query);
      for (const std::string& id : ids_of(page)) ids.push_back(id);
      query.start_key = page.next_key;
    } while (!query.start_key.empty());
    return ids;
  }

  WallTime now_ = WallTime(std::chrono::seconds(1'800'000'000));
  Cluster cluster_{{.clock = [this] { return now_; }, .seed = 1}};
};

TEST_F(ClusterListTest, PagesJoinUpToEverythingOnce) {
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i) made.push_back(create("alice@example.com"));
  EXPECT_THAT(all_pages({.limit = 3}), ElementsAreArray(made));
}

TEST_F(ClusterListTest, TheLastPageNamesNoNextEvenWhenItIsFull) {
  create("alice@example.com");
  create("alice@example.com");
  EXPECT_EQ(cluster_.list({.limit = 2}).next_key, "");
  EXPECT_NE(cluster_.list({.limit = 1}).next_key, "");
}

TEST_F(ClusterListTest, FiltersByUserStateAndId) {
  const std::string one = create("alice@example.com");
  const std::string two = create("bob@example.com", ::types::DENIED);
  EXPECT_THAT(ids_of(cluster_.list({.user = "alice@example.com"})), ElementsAre(one));
  EXPECT_THAT(ids_of(cluster_.list({.state = ::types::DENIED})), ElementsAre(two));
  EXPECT_THAT(ids_of(cluster_.list({.id = two})), ElementsAre(two));
}

TEST_F(ClusterListTest, AnUnknownIdIsAnEmptyListAndNoError) {
  create("alice@example.com");
  EXPECT_THAT(ids_of(cluster_.list({.id = "none"})), IsEmpty());
}

TEST_F(ClusterListTest, SortsByUserAcrossPages) {
  const std::string carol = create("carol@example.com");
  const std::string alice = create("alice@example.com");
  const std::string bob = create("bob@example.com");
  EXPECT_THAT(all_pages({.sort = ::proto::USER, .limit = 2}), ElementsAre(alice, bob, carol));
  EXPECT_THAT(all_pages({.sort = ::proto::USER, .descending = true, .limit = 2}),
              ElementsAre(carol, bob, alice));
}

TEST_F(ClusterListTest, SortsByStateAndByTime) {
  const std::string pending = create("alice@example.com");
  const std::string denied = create("alice@example.com", ::types::DENIED);
  EXPECT_THAT(all_pages({.sort = ::proto::STATE}), ElementsAre(denied, pending));
  EXPECT_THAT(all_pages({.sort = ::proto::CREATED}), ElementsAre(pending, denied));
  EXPECT_THAT(all_pages({.descending = true, .limit = 1}), ElementsAre(denied, pending));
}

}  // namespace
}  // namespace notifyd::sim
