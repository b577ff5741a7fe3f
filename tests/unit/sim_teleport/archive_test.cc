#include "sim/teleport/archive.h"

#include <gmock/gmock.h>

#include "sim/teleport/cluster.h"

namespace notifyd::sim {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class ArchiveTest : public testing::Test {
 protected:
  static constexpr std::size_t kMany = 10'000;  // more than have IDs of one millisecond

  ArchiveTest() {
    ended_ = create(::types::APPROVED);
    write("slack", ended_);
    if (!cluster_.archive(kMany, ended_)) throw std::runtime_error("no archive");
  }

  std::string create(::types::RequestState state = ::types::PENDING) {
    NewRequest what;
    what.user = "alice@example.com";
    what.roles = {"editor"};
    what.state = state;
    return cluster_.create_request(what);
  }

  void write(const std::string& plugin, const std::string& id) {
    EXPECT_TRUE(cluster_.update_plugin_data(
        {.resource = id, .plugin = plugin, .set = {{"user", "alice"}}, .expect = {}}));
  }

  std::vector<std::string> listed(RequestQuery query) {
    std::vector<std::string> ids;
    do {
      const RequestList page = cluster_.list(query);
      EXPECT_LE(page.requests.size(), query.limit);
      for (const RequestPtr& request : page.requests) ids.push_back(request->metadata().name());
      query.start_key = page.next_key;
    } while (!query.start_key.empty());
    return ids;
  }

  Cluster cluster_{{.seed = 1}};
  std::string ended_;
};

TEST_F(ArchiveTest, PagesHaveItBeforeAllOthersInOrder) {
  const std::string pending = create();
  for (const std::size_t limit : {kMany / 2, kMany, std::size_t{777}}) {
    const auto ids = listed({.limit = limit});
    ASSERT_THAT(ids, SizeIs(kMany + 2)) << limit;
    EXPECT_TRUE(std::ranges::is_sorted(ids)) << limit;
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << limit;
    EXPECT_EQ(ids[kMany], ended_);
    EXPECT_EQ(ids.back(), pending);
  }
}

TEST_F(ArchiveTest, AnyOfThemIsFoundById) {
  const std::string id = listed({.limit = 5000})[4321];
  EXPECT_EQ(cluster_.get(id)->metadata().name(), id);
  EXPECT_EQ(cluster_.get(id)->spec().state(), ::types::APPROVED);
  EXPECT_EQ(listed({.id = id}), std::vector{id});
  EXPECT_EQ(cluster_.entry(id, "slack").at("user"), "alice");
}

TEST_F(ArchiveTest, FiltersLeaveItOutAsAWhole) {
  const std::string pending = create();
  EXPECT_EQ(listed({.state = ::types::PENDING}), std::vector{pending});
  EXPECT_THAT(listed({.state = ::types::APPROVED}), SizeIs(kMany + 1));
}

TEST_F(ArchiveTest, ItsRecordsAreListedWithTheOthers) {
  EXPECT_THAT(*cluster_.plugin_data("access_request", "", "slack"), SizeIs(kMany + 1));
  EXPECT_THAT(*cluster_.plugin_data("access_request", "", "jira"), IsEmpty());
}

TEST_F(ArchiveTest, OtherOrdersHaveItToo) {
  EXPECT_THAT(listed({.descending = true, .limit = kMany}), SizeIs(kMany + 1));
}

}  // namespace
}  // namespace notifyd::sim
