#include "chaos/life_plan.h"

#include <algorithm>

namespace notifyd::chaos {
namespace {

using std::chrono::seconds;

class Planner {
 public:
  Planner(std::uint64_t seed, Millis length) : random_(seed, "lives"), length_(length) {}

  void add_life() {
    life_ = plan_.requests.size();
    plan_.requests.push_back(request());
    now_ = random_.between(Millis(0), length_);
    act(Act::Kind::kCreate);
    reviews();
    end();
  }

  LifePlan take() {
    std::erase_if(plan_.acts, [this](const Act& act) { return act.at > length_; });
    std::ranges::stable_sort(plan_.acts, {}, &Act::at);
    return std::move(plan_);
  }

 private:
  sim::NewRequest request() {
    sim::NewRequest what;
    what.user = random_.pick<std::string>({"alice@example.com", "dave@example.com"});
    what.roles = random_.pick<std::vector<std::string>>(
        {{"editor"}, {"prod-admin"}, {"db"}, {"editor", "db"}, {"prod-admin", "db"}});
    // Says in logs and messages which life of the plan it is; what ids are like changes with each
    // run.
    what.reason = "life " + std::to_string(life_);
    if (random_.chance(0.3)) what.suggested_reviewers.emplace_back("carol@example.com");
    if (random_.chance(0.05)) what.suggested_reviewers.emplace_back("nobody@example.com");
    const auto votes = static_cast<std::uint32_t>(random_.between(1, 3));
    what.thresholds = {{votes, 1}};
    return what;
  }

  void reviews() {
    std::vector<std::string> authors{"bob@example.com", "carol@example.com", "erin@example.com"};
    for (int left = random_.between(-1, 3); left > 0; --left) {
      wait();
      Act& review = act(Act::Kind::kReview);
      review.author = random_.pick(authors);
      review.approves = random_.chance(0.8);
      std::erase(authors, review.author);
    }
  }

  // A third stays as it is until the end of the run.
  void end() {
    wait();
    const int lot = random_.between(0, 99);
    if (lot < 20) {
      act(Act::Kind::kResolve).approves = true;
    } else if (lot < 35) {
      act(Act::Kind::kResolve).approves = false;
    } else if (lot < 42) {  // granted, and taken back
      act(Act::Kind::kResolve).approves = true;
      wait();
      act(Act::Kind::kResolve).approves = false;
    } else if (lot < 49) {
      act(Act::Kind::kDelete);
    } else if (lot < 56) {  // granted, and the access is over
      act(Act::Kind::kResolve).approves = true;
      wait();
      act(Act::Kind::kDelete);
    } else if (lot < 63) {
      plan_.requests.back().ttl =
          std::chrono::duration_cast<seconds>(random_.about(seconds(20))) + seconds(1);
    }
  }

  void wait() {
    now_ +=
        random_.chance(0.25) ? random_.between(Millis(0), Millis(50)) : random_.about(seconds(12));
  }

  Act& act(Act::Kind kind) {
    return plan_.acts.emplace_back(Act{.at = now_, .kind = kind, .life = life_});
  }

  Random random_;
  const Millis length_;
  LifePlan plan_;
  std::size_t life_ = 0;
  Millis now_{0};
};

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> kRoutes{
      {"*", {"#access-requests"}}, {"prod-admin", {"#prod", "bob@example.com"}}, {"db", {"#prod"}}};
  return kRoutes;
}

LifePlan plan_lives(std::uint64_t seed, std::size_t count, Millis length) {
  Planner planner(seed, length);
  for (std::size_t i = 0; i < count; ++i) planner.add_life();
  return planner.take();
}

}  // namespace notifyd::chaos
