// A start in a cluster that has many requests already: it looks at all of them, reads what was done
// in bulk, and does what is left.
#include <gtest/gtest.h>

#include "support/world.h"

namespace notifyd::test {
namespace {

constexpr char kChannel[] = "#access-requests";
constexpr std::size_t kPending = 60;
constexpr std::size_t kResolved = 2'200;

class CatchUp : public ::testing::Test {
 protected:
  CatchUp() : world(options()) {
    for (std::size_t i = 0; i < kPending; ++i) pending.push_back(world.request());
    for (std::size_t i = 0; i < kResolved; ++i) {
      world.request([](sim::NewRequest& what) { what.state = ::types::APPROVED; });
    }
  }

  static WorldOptions options() {
    WorldOptions options;
    options.slack_options = "pace = \"obey\"\nnotify_requester = false\n";
    return options;
  }

  std::size_t posts() const { return world.messages(kChannel).size(); }
  // The claim is given back: nothing is under way any more.
  bool at_rest(const std::string& id) const {
    const auto entry = world.cluster.entry(id, "slack");
    const auto ours = entry.find("notifyd");
    return ours != entry.end() && ours->second.find("claim") == std::string::npos;
  }
  void announce_all() {
    world.start();
    ASSERT_TRUE(wait_until([&] {
      return std::all_of(pending.begin(), pending.end(),
                         [&](const auto& id) { return at_rest(id); });
    }));
    world.terminate();
  }

  World world;
  std::vector<std::string> pending;
};

TEST_F(CatchUp, AnnouncesEveryPendingRequestAndNoResolvedOne) {
  announce_all();
  EXPECT_EQ(posts(), kPending);
}

TEST_F(CatchUp, AfterARestartItListsByPagesReadsInBulkAndWritesNothing) {
  announce_all();
  const auto calls = [&](sim::AuthMethod method) { return world.auth.calls(method); };
  const auto lists = calls(sim::AuthMethod::kListAccessRequests);
  const auto reads = calls(sim::AuthMethod::kGetPluginData);
  const auto writes = calls(sim::AuthMethod::kUpdatePluginData);
  world.start();
  const std::string last = world.request();
  ASSERT_TRUE(wait_until([&] { return at_rest(last); }));
  EXPECT_EQ(posts(), kPending + 1) << "nothing is posted twice";
  EXPECT_EQ(calls(sim::AuthMethod::kGetPluginData) - reads, 1U) << "all records in one call";
  EXPECT_EQ(calls(sim::AuthMethod::kUpdatePluginData) - writes, 2U) << "those of the new request";
  EXPECT_EQ(calls(sim::AuthMethod::kListAccessRequests) - lists, 6U)
      << "of 64, and twice as many each time, to 1,000";
}

}  // namespace
}  // namespace notifyd::test
