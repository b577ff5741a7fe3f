#include "chaos/run.h"

#include <algorithm>
#include <ostream>
#include <thread>

namespace notifyd::chaos {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr Millis kTick{20};
constexpr Millis kLook{1000};
constexpr seconds kSayAgain{30};

std::string in_seconds(Millis time) {
  std::string text = std::to_string(duration<double>(time).count());
  return text.substr(0, text.find('.') + 2) + " s";
}

const Side& side_of(const TroubleKind* kind) {
  for (const Side& side : sides()) {
    if (kind >= side.kinds.data() && kind < side.kinds.data() + side.kinds.size()) return side;
  }
  throw std::logic_error("a trouble of no side");
}

}  // namespace

Run::Run(const RunOptions& options, std::ostream& out)
    : options_(options),
      out_(out),
      troubles_(plan_troubles(options.seed, options.length)),
      stage_(options.stage, options.seed),
      lives_(stage_.world.cluster, plan_lives(options.seed, options.requests, options.length)),
      began_(Clock::now()) {}

Verdict Run::play() {
  for (Replica& replica : stage_.replicas) replica.start();
  for (const Event& event : events()) {
    for (; elapsed() < event.at; std::this_thread::sleep_for(kTick)) stage_.poll();
    event.happens();
  }
  const Verdict first = converge("what still waits for a decision is announced");
  if (!first.converged()) return first;
  lives_.end_all();
  return converge("all are decided");
}

std::vector<Run::Event> Run::events() {
  std::vector<Event> all;
  for (const Trouble& trouble : troubles_) {
    const std::string name = side_of(trouble.kind).name + ": " + trouble.kind->name;
    all.push_back({trouble.at, [this, &trouble, name] {
                     say(name + " for " + in_seconds(trouble.until - trouble.at));
                     trouble.kind->begin(stage_, trouble.seed);
                   }});
    all.push_back({trouble.until, [this, &trouble] { trouble.kind->end(stage_); }});
  }
  for (const Act& act : lives_.acts()) {
    all.push_back({act.at, [this, &act] { lives_.act(act); }});
  }
  std::ranges::stable_sort(all, {}, &Event::at);
  return all;
}

// Looks again and again: how long it takes depends on waits that the daemons had reason for.
Verdict Run::converge(const std::string& what) {
  const Millis from = elapsed();
  Millis said = from;
  Verdict now = verdict(stage_, lives_);
  while (!now.converged() && elapsed() - from < options_.converge_within) {
    if (elapsed() - said >= kSayAgain) {
      said = elapsed();
      say("waiting: lost " + std::to_string(now.lost()) + ", wrong " + std::to_string(now.wrong()) +
          ", worked on " + std::to_string(now.unsettled.size()));
    }
    const Millis next = elapsed() + kLook;
    for (; elapsed() < next; std::this_thread::sleep_for(kTick)) stage_.poll();
    now = verdict(stage_, lives_);
  }
  say(what + (now.converged() ? ": right after " : ": NOT right after ") +
      in_seconds(elapsed() - from));
  return now;
}

void Run::say(const std::string& what) {
  out_ << "  " << in_seconds(elapsed()) << "  " << what << std::endl;
}

Millis Run::elapsed() const { return duration_cast<Millis>(Clock::now() - began_); }

}  // namespace notifyd::chaos
