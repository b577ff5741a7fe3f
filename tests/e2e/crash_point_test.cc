// The daemon dies in the middle of a request's way, at points chosen from all; crash_point_all_test
// tries every one.

#include <gmock/gmock.h>

#include <map>

#include "e2e/crash_life.h"

namespace notifyd::test {
namespace {

using ::testing::IsEmpty;

// Of each kind of point the first, the one in the middle and the last.
std::vector<std::size_t> sample(const std::vector<std::string>& points) {
  std::map<std::string, std::vector<std::size_t>> by_kind;
  for (std::size_t i = 0; i < points.size(); ++i) by_kind[points[i]].push_back(i + 1);
  std::vector<std::size_t> chosen;
  for (const auto& [kind, all] : by_kind) {
    chosen.insert(chosen.end(), {all.front(), all[all.size() / 2], all.back()});
  }
  return chosen;
}

TEST(CrashPoints, WithoutACrashALifeComesToAllKindsOfThem) {
  const CrashLife life = live_through(0);
  EXPECT_EQ(life.bad, "");
  EXPECT_FALSE(life.died);
  EXPECT_THAT(
      life.points,
      testing::IsSupersetOf(
          {"before a record is read", "after a record is read", "before a record is written",
           "after a record is written", "before an HTTP call", "after an HTTP call",
           "before an answer is given", "before an answer is taken", "after an answer is taken"}));
}

TEST(CrashPoints, NothingIsLostOrDoubledByACrashAtOneOfEachKind) {
  EXPECT_THAT(crash_at_each(sample(live_through(0).points)), IsEmpty());
}

}  // namespace
}  // namespace notifyd::test
