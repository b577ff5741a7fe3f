#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "chaos/life_plan.h"
#include "chaos/trouble.h"
#include "chaos/ways.h"

namespace notifyd::chaos {
namespace {

using std::chrono::minutes;

auto as_tuple(const Act& act) {
  return std::tuple(act.at, act.kind, act.life, act.author, act.approves);
}

auto as_tuple(const Trouble& trouble) {
  return std::tuple(trouble.at, trouble.until, trouble.kind, trouble.seed);
}

template <class T>
auto as_tuples(const std::vector<T>& all) {
  std::vector<decltype(as_tuple(all.front()))> tuples;
  tuples.reserve(all.size());
  for (const T& each : all) tuples.push_back(as_tuple(each));
  return tuples;
}

TEST(LifePlan, ASeedGivesTheSamePlanAgain) {
  const auto again = [] { return as_tuples(plan_lives(7, 50, minutes(1)).acts); };
  EXPECT_EQ(again(), again());
}

TEST(LifePlan, AnotherSeedGivesAnother) {
  EXPECT_NE(as_tuples(plan_lives(7, 50, minutes(1)).acts),
            as_tuples(plan_lives(8, 50, minutes(1)).acts));
}

TEST(LifePlan, EachBeginsOnceAndBeforeAllElse) {
  const LifePlan plan = plan_lives(7, 50, minutes(1));
  std::map<std::size_t, int> begun;
  for (const Act& act : plan.acts) {
    if (act.kind == Act::Kind::kCreate) {
      EXPECT_EQ(begun[act.life]++, 0);
    } else {
      EXPECT_EQ(begun[act.life], 1);
    }
  }
  EXPECT_EQ(begun.size(), 50U);
}

TEST(TroublePlan, ASeedGivesTheSamePlanAgain) {
  const auto again = [] { return as_tuples(plan_troubles(7, minutes(2))); };
  EXPECT_EQ(again(), again());
}

TEST(TroublePlan, ALongerRunBeginsLikeAShorterOne) {
  const auto brief = plan_troubles(7, minutes(1));
  const auto longer = plan_troubles(7, minutes(2));
  ASSERT_GT(longer.size(), brief.size());
  for (std::size_t i = 0; i < brief.size(); ++i) EXPECT_EQ(brief[i].at, longer[i].at);
}

TEST(TroublePlan, EverySideHasTroublesAndAllOfThemEnd) {
  const auto troubles = plan_troubles(7, minutes(5));
  for (const Side& side : sides()) {
    EXPECT_TRUE(std::ranges::any_of(troubles, [&](const Trouble& trouble) {
      return trouble.kind >= side.kinds.data() && trouble.kind <= &side.kinds.back();
    })) << side.name;
  }
  for (const Trouble& trouble : troubles) EXPECT_LE(trouble.until, minutes(5));
}

TEST(WayPlan, EachReplicaTakesAllWaysInTurnAndNoneThatAnotherTakesThen) {
  std::set<std::string> taken;
  for (std::size_t life = 0; life < ways().size(); ++life) {
    const Way& way = way_of(7, 0, life);
    EXPECT_NE(way.name, way_of(7, 1, life).name);
    EXPECT_EQ(way.name, way_of(7, 0, life + ways().size()).name);
    taken.insert(way.name);
  }
  EXPECT_EQ(taken.size(), ways().size());
}

}  // namespace
}  // namespace notifyd::chaos
