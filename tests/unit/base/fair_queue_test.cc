#include "notify/fair_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace notify {
namespace {

using ::testing::ElementsAre;

class FairQueueTest : public ::testing::Test {
 protected:
  static constexpr int kHigh = 0, kLow = 1;

  std::uint64_t add(const std::string& who, const std::string& what, int rank = kHigh,
                    const std::string& line = "C1") {
    return queue.add(line, rank, who, what);
  }
  std::vector<std::string> serve_all() {
    std::vector<std::string> order;
    while (const std::uint64_t number = queue.next()) order.push_back(*queue.serve(number));
    return order;
  }

  FairQueue<int, std::string> queue;
};

TEST_F(FairQueueTest, RequestersTakeTurnsAndEachGoesInItsOwnOrder) {
  for (const char* what : {"a1", "a2", "a3"}) add("alice", what);
  for (const char* what : {"b1", "b2"}) add("bob", what);
  EXPECT_THAT(serve_all(), ElementsAre("a1", "b1", "a2", "b2", "a3"));
}

TEST_F(FairQueueTest, WhoComesNewIsNextHoweverManyAnotherHasWaiting) {
  for (int i = 0; i < 10'000; ++i) add("alice", "a");
  queue.serve(queue.next());
  const std::uint64_t new_one = add("bob", "b");
  EXPECT_EQ(queue.next(), new_one);
}

TEST_F(FairQueueTest, WhoComesAgainAndAgainDoesNotKeepTheOthersFromTheirTurn) {
  for (int i = 0; i < 10; ++i) add("alice", "a");
  std::string order;
  for (int i = 0; i < 6; ++i) {
    add("bob", "b");  // has none waiting each time, and so could pass for new
    order += *queue.serve(queue.next());
    order += *queue.serve(queue.next());
  }
  EXPECT_EQ(order, "abababababab");
}

TEST_F(FairQueueTest, ATurnThatNobodyHadToWaitForCounts) {
  queue.served("alice");
  add("alice", "a");
  add("bob", "b");
  EXPECT_THAT(serve_all(), ElementsAre("b", "a"));
}

TEST_F(FairQueueTest, TheBetterRankGoesFirstWhoeverItIs) {
  add("alice", "a low", kLow);
  add("bob", "b1");
  add("bob", "b2");
  EXPECT_THAT(serve_all(), ElementsAre("b1", "b2", "a low"));
}

TEST_F(FairQueueTest, ATurnInOneLineCountsInAll) {
  for (const char* line : {"C1", "C2", "C3"}) add("alice", std::string("a ") + line, kHigh, line);
  add("bob", "b C3", kHigh, "C3");  // behind one of hers, were it for this line alone
  EXPECT_THAT(serve_all(), ElementsAre("a C1", "b C3", "a C2", "a C3"));
}

TEST_F(FairQueueTest, ALineThatIsClosedIsPassedOverUntilItIsOpen) {
  add("alice", "a", kHigh, "C1");
  add("bob", "b", kLow, "C2");
  queue.set_line("C1", false);
  EXPECT_EQ(queue.line_of(queue.next()), "C2");
  EXPECT_NE(queue.next("C1"), 0U);
  queue.set_line("C1", true);
  EXPECT_EQ(queue.line_of(queue.next()), "C1");
}

TEST_F(FairQueueTest, ALineThatIsBehindGoesAfterItsEquals) {
  add("alice", "a", kHigh, "C1");
  add("bob", "b", kHigh, "C2");
  add("carol", "c", kLow, "C3");
  queue.set_line("C1", true, 1);
  EXPECT_THAT(serve_all(), ElementsAre("b", "a", "c"));
}

TEST_F(FairQueueTest, WhoLeavesIsPassedOverAndCostsItsRequesterNoTurn) {
  const std::uint64_t first = add("alice", "a1");
  add("alice", "a2");
  add("bob", "b");
  EXPECT_EQ(queue.remove(first), "a1");
  EXPECT_EQ(queue.remove(first), std::nullopt);
  EXPECT_EQ(queue.waiting_in("C1"), 2U);
  EXPECT_THAT(serve_all(), ElementsAre("a2", "b"));
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next("C1"), 0U);
}

TEST_F(FairQueueTest, AnybodysTurnIsRememberedAcrossAThousandOthers) {
  queue.served("alice");
  for (std::size_t i = 1; i < queue.kRemembered; ++i) queue.served(std::to_string(i));
  add("alice", "a");
  add("bob", "b");
  EXPECT_THAT(serve_all(), ElementsAre("b", "a"));
  for (std::size_t i = 0; i < 2 * queue.kRemembered; ++i) queue.served(std::to_string(i));
  add("alice", "a");  // forgotten by now, and so as good as new
  add("carol", "c");
  EXPECT_THAT(serve_all(), ElementsAre("a", "c"));
}

}  // namespace
}  // namespace notify
