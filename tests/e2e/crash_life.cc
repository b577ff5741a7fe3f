#include "e2e/crash_life.h"

#include <csignal>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "support/world.h"

namespace notifyd::test {
namespace {

using std::chrono::seconds;

constexpr char kChannel[] = "#access-requests";
constexpr char kReviewer[] = "bob@example.com";
constexpr char kRequester[] = "alice@example.com";
constexpr std::size_t kAtOnce = 8;  // they wait for claims to end most of the time
constexpr seconds kPatience{90};

WorldOptions options() {
  WorldOptions options;
  options.program = NOTIFYD_MORTAL_PROGRAM;
  options.slack_options = "pace = \"obey\"\n";
  options.roles = "\"*\" = [\"#access-requests\", \"bob@example.com\"]\n";
  options.host_options = "[delivery]\nclaim_time = \"5s\"\n";  // the shortest
  return options;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

class Life {
 public:
  explicit Life(std::size_t crash_at) : world_(options()), log_(world_.path("points")) {
    daemon_ = &world_.start(
        false, {{"NOTIFYD_CRASH_AT", std::to_string(crash_at)}, {"NOTIFYD_CRASH_LOG", log_}});
  }

  CrashLife live() {
    if (bad_.empty()) play();
    if (bad_.empty()) look_for_doubled();
    CrashLife life{lines_of(log_), died_, bad_};
    if (!bad_.empty()) life.bad += "\n" + logs_ + daemon_->err();
    return life;
  }

 private:
  void play() {
    reach("it is followed", [&] { return world_.auth.open_streams() > 0; });
    id_ = world_.request([](sim::NewRequest& what) { what.thresholds = {{2, 2}}; });
    reach("all are told", [&] { return everywhere("PENDING") && settled(); });
    world_.review(id_, "carol@example.com", true);
    reach("each has the reply", [&] {
      return replies() == std::vector<std::size_t>{1, 1, 1} && settled();
    });
    world_.review(id_, kReviewer, true);
    reach("each has the second reply, the end and the reaction", [&] {
      return replies() == std::vector<std::size_t>{2, 2, 2} && everywhere("APPROVED") &&
             reacted() && verdicts() == 1 && settled();
    });
  }

  // Waits for it, and starts the daemon again when it has died.
  void reach(const std::string& what, const std::function<bool()>& holds) {
    if (!bad_.empty()) return;
    const bool reached = wait_until(
        [&] {
          revive();
          return holds();
        },
        kPatience);
    if (!reached) bad_ = "it never comes so far that " + what + ": " + state();
  }

  void revive() {
    if (daemon_->running()) return;
    if (daemon_->wait() != 128 + SIGKILL || std::exchange(died_, true)) bad_ = "it ended by itself";
    logs_ += daemon_->err() + "---- died, started again ----\n";
    daemon_ = &world_.start(false);
  }

  // ---- What there is to see ----

  bool everywhere(const std::string& status) const {
    return std::ranges::all_of(places_, [&](const std::string& place) {
      return world_.status(place, id_).find(status) != std::string::npos;
    });
  }

  std::vector<std::size_t> replies() const {
    std::vector<std::size_t> counts;
    for (const std::string& place : places_) counts.push_back(world_.replies(place, id_).size());
    return counts;
  }

  bool reacted() const {
    return std::ranges::all_of(places_, [&](const std::string& place) {
      const auto message = world_.announcement(place, id_);
      return message && message->reacted("white_check_mark");
    });
  }

  // New messages to who asked, besides the announcement.
  std::size_t verdicts() const { return world_.messages(kRequester).size() - 1; }

  bool settled() const {
    const auto entry = world_.cluster.entry(id_, "slack");
    const auto ours = entry.find("notifyd");
    return ours != entry.end() && ours->second.find("\"try\"") == std::string::npos &&
           ours->second.find("\"claim\"") == std::string::npos;
  }

  std::string state() const {
    std::string text;
    for (const std::string& place : places_) {
      text += place + ": " + std::to_string(world_.messages(place).size()) + " messages, " +
              std::to_string(world_.replies(place, id_).size()) + " replies, status " +
              world_.status(place, id_) + "; ";
    }
    const auto entry = world_.cluster.entry(id_, "slack");
    const auto ours = entry.find("notifyd");
    return text + "record " + (ours == entry.end() ? "none" : ours->second);
  }

  void look_for_doubled() {
    for (const std::string& place : places_) {
      const std::size_t wanted = place == kRequester ? 2 : 1;
      if (world_.messages(place).size() != wanted) bad_ = "doubled in " + place + ": " + state();
    }
    for (const sim::Violation& violation : world_.workspace.invariants()) {
      if (violation.rule == "doubled") bad_ = violation.detail;
    }
  }

  const std::vector<std::string> places_{kChannel, kReviewer, kRequester};
  World world_;
  const std::string log_;
  Process* daemon_;
  std::string id_, bad_, logs_;
  bool died_ = false;
};

std::string where(std::size_t point, const CrashLife& life) {
  const std::string kind = life.points.empty() ? "never reached" : life.points.back();
  return "crash at point " + std::to_string(point) + ", " + kind;
}

}  // namespace

CrashLife live_through(std::size_t crash_at) { return Life(crash_at).live(); }

CrashLives crash_at_each(std::size_t points) {
  std::atomic<std::size_t> next{1};
  std::mutex mutex;
  CrashLives lives;  // guarded by mutex
  const auto work = [&] {
    for (std::size_t point = next++; point <= points; point = next++) {
      const CrashLife life = live_through(point);
      const std::lock_guard lock(mutex);
      lives.died += life.died ? 1 : 0;
      if (!life.bad.empty()) lives.bad.push_back(where(point, life) + ": " + life.bad);
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < kAtOnce; ++i) workers.emplace_back(work);
  workers.clear();
  return lives;
}

}  // namespace notifyd::test
