// What reloads cost, what they delay, and what is left of them.
//
//   reload_bench [--reloads N] [--rate REQUESTS_PER_SECOND] [--seconds N]
//
// Two builds of the Slack module take turns while requests come in steadily: first one swap a
// second, beside as many seconds without any; then one after another without a pause. In the end
// every request has one message; memory, threads, descriptors and maps are those of the beginning.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "chaos/shown.h"
#include "figures.h"
#include "ops/control_socket.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

namespace fs = std::filesystem;

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr char kChannel[] = "#access-requests";
constexpr std::size_t kWarmUp = 100;
constexpr std::size_t kMostPending = 1'000;  // a cluster does not fill without an end

struct Settings {
  std::size_t reloads = 10'000;
  unsigned rate = 50;
  unsigned seconds = 30;
};

// Requests at a steady rate, from a thread of their own; the oldest are gone once there are many.
class Load {
 public:
  Load(World& world, unsigned rate)
      : world_(world),
        pause_(std::chrono::nanoseconds(seconds(1)) / rate),
        thread_([this] { run(); }) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() { end(); }

  // What was asked, and when, by id.
  using Asked = std::unordered_map<std::string, system_clock::time_point>;
  const Asked& end() {
    ends_ = true;
    if (thread_.joinable()) thread_.join();
    return asked_;
  }

 private:
  void run() {
    for (auto next = steady_clock::now(); !ends_; next += pause_) {
      std::this_thread::sleep_until(next);
      const auto now = system_clock::now();
      pending_.push_back(world_.request());
      asked_.emplace(pending_.back(), now);
      if (pending_.size() <= kMostPending) continue;
      static_cast<void>(world_.cluster.remove(pending_.front()));
      pending_.pop_front();
    }
  }

  World& world_;
  const steady_clock::duration pause_;
  std::atomic<bool> ends_ = false;
  Asked asked_;
  std::deque<std::string> pending_;
  std::thread thread_;  // last: it uses the above
};

WorldOptions quiet(const TempDir& modules) {
  WorldOptions options;
  options.slack_options = "pace = \"obey\"\nnotify_requester = false\n";
  options.log_severity = "info";
  options.modules_dir = modules.path();
  return options;
}

class Bench {
 public:
  explicit Bench(const Settings& settings) : settings_(settings), world_(quiet(modules_)) {
    std::ifstream file(fs::path(NOTIFYD_MODULES_DIR) / "libnotify_slack.so", std::ios::binary);
    builds_[0].assign(std::istreambuf_iterator<char>(file), {});
    builds_[1] = builds_[0] + "another build";
    swap();
    world_.start();
  }

  void unchanged() {
    std::vector<double> times;
    for (int i = 0; i < 50; ++i) times.push_back(reload());
    print("a reload that changes nothing", times);
  }

  void delays(bool swaps) {
    Load load(world_, settings_.rate);
    std::vector<double> times;
    const auto start = steady_clock::now();
    for (unsigned second = 1; second <= settings_.seconds; ++second) {
      if (swaps) {
        swap();
        times.push_back(reload());
      }
      std::this_thread::sleep_until(start + seconds(second));
    }
    const std::string rate = std::to_string(settings_.rate) + " requests a second, ";
    print(swaps ? "a reload with another module" : "", times);
    judge(load.end(), rate + (swaps ? "a swap each second" : "no swaps"));
  }

  void one_after_another() {
    if (settings_.reloads == 0) return;
    Load load(world_, settings_.rate);
    std::vector<double> times;
    std::string after_warm_up;
    for (std::size_t i = 0; i < settings_.reloads; ++i) {
      swap();
      times.push_back(reload());
      if (i == std::min(kWarmUp, settings_.reloads - 1)) after_warm_up = size();
    }
    const Load::Asked& asked = load.end();
    print(std::to_string(settings_.reloads) + " reloads, one after another", times);
    judge(asked, "requests beside them");
    std::printf("after %zu: %s\nat the end: %s\n", std::min(kWarmUp, settings_.reloads),
                after_warm_up.c_str(), size().c_str());
  }

 private:
  // Puts the other build in place.
  void swap() {
    const std::string path = modules_.path("libnotify_slack.so");
    std::ofstream(path, std::ios::binary) << builds_[swaps_++ % 2];
    fs::permissions(path, fs::perms(0755));
  }

  double reload() const {
    const auto before = steady_clock::now();
    const auto answer = ops::ask_daemon(world_.path("run/control.sock"), "reload", seconds(60));
    if (!answer || answer->find("\"good\":true") == std::string::npos) {
      throw std::runtime_error("a reload failed: " + (answer ? *answer : answer.error().message));
    }
    return in_ms(steady_clock::now() - before);
  }

  // Waits for all that were asked, here and before, and says how long they took.
  void judge(const Load::Asked& asked, const std::string& what) {
    all_asked_ += asked.size();
    wait_until(
        [&] {
          return static_cast<std::size_t>(world_.workspace.counters()["chat.postMessage"].ok) >=
                 all_asked_;
        },
        seconds(120));
    std::unordered_map<std::string, std::size_t> shown;
    std::vector<double> delays;
    for (const sim::SlackMessage& message : world_.messages(kChannel)) {
      const auto found = asked.find(chaos::mark_of(message, "request_id"));
      if (found == asked.end() || ++shown[found->first] > 1) continue;
      delays.push_back(in_ms(posted_at(message) - found->second));
    }
    std::size_t messages = 0;
    for (const auto& [id, count] : shown) messages += count;
    print(what + ", from event to post", delays);
    std::printf("%zu requests: lost %zu, doubled %zu\n", asked.size(), asked.size() - shown.size(),
                messages - shown.size());
  }

  std::string proc(const std::string& name) {
    return "/proc/" + std::to_string(world_.daemon().pid()) + "/" + name;
  }
  std::string size() {
    std::ifstream status(proc("status"));
    long memory = 0;
    long threads = 0;
    for (std::string word; status >> word;) {
      if (word == "VmRSS:") status >> memory;
      if (word == "Threads:") status >> threads;
    }
    std::ifstream maps(proc("maps"));
    const auto lines = std::count(std::istreambuf_iterator<char>(maps), {}, '\n');
    const auto files = std::distance(fs::directory_iterator(proc("fd")), fs::directory_iterator());
    return std::to_string(memory / 1024) + " MiB, " + std::to_string(threads) + " threads, " +
           std::to_string(files) + " descriptors, " + std::to_string(lines) + " maps";
  }

  const Settings settings_;
  TempDir modules_;
  World world_;
  std::string builds_[2];
  std::size_t swaps_ = 0, all_asked_ = 0;
};

void measure(const Settings& settings) {
  Bench bench(settings);
  bench.unchanged();
  bench.delays(false);
  bench.delays(true);
  bench.one_after_another();
}

}  // namespace
}  // namespace notifyd::test

int main(int argc, char** argv) {
  notifyd::test::Settings settings;
  CLI::App app("What reloads cost, what they delay, and what is left of them");
  app.add_option("--reloads", settings.reloads, "how many one after another");
  app.add_option("--rate", settings.rate, "requests a second")->check(CLI::Range(1, 1000));
  app.add_option("--seconds", settings.seconds, "with a swap each second, and as many without");
  CLI11_PARSE(app, argc, argv);
  notifyd::test::measure(settings);
  return 0;
}
