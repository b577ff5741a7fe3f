// What each way to Teleport costs: delay and processor time of an announcement.
//
//   ways_bench [--requests N] [--rate REQUESTS_PER_SECOND] [--rounds N]
//
// Requests come in steadily, and Slack answers at once. The ways take turns, so that what else the
// machine does falls on all of them. The simulated proxy and Auth Service run beside the daemon:
// their time is in the delays, as a network's would be, and not in the processor time.

#include <CLI/CLI.hpp>
#include <array>
#include <optional>
#include <stdexcept>
#include <thread>
#include <unordered_map>

#include "chaos/shown.h"
#include "figures.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr char kChannel[] = "#access-requests";
constexpr std::size_t kWarmUp = 50;  // code, connections and caches are there

struct Load {
  std::size_t requests = 1'000, rounds = 3;
  unsigned rate = 50;
};

// How the proxy behaves, so that the daemon takes this way; nothing: there is none.
struct Way {
  const char* name;
  std::optional<sim::ProxyQuirks> proxy;
  const char* says;  // in its log
};

sim::ProxyQuirks stripped(sim::ProxyUpgrades upgrades) {
  sim::ProxyQuirks quirks;
  quirks.alpn = sim::ProxyAlpn::kStripped;
  quirks.upgrades = upgrades;
  return quirks;
}

std::array<Way, 4> ways() {
  return {
      {{"directly", std::nullopt, "reached directly"},
       {"TLS routing", sim::ProxyQuirks{}, "by TLS routing"},
       {"upgrade, WebSocket", stripped(sim::ProxyUpgrades::kWebSocket), "by connection upgrade"},
       {"upgrade, older", stripped(sim::ProxyUpgrades::kLegacy), "by connection upgrade"}}};
}

struct Figures {
  std::vector<double> delays;  // ms
  double cpu = 0;              // s
};

class Round {
 public:
  explicit Round(const Way& way) : world_(options_for(way)) {
    if (way.proxy) world_.proxy->set_quirks(*way.proxy);
    world_.start();
    if (world_.daemon().err().find(way.says) == std::string::npos) {
      throw std::runtime_error("it took another way:\n" + world_.daemon().err());
    }
  }

  void run(const Load& load, Figures& figures) {
    ask(kWarmUp, load.rate);
    asked_.clear();
    const double before = cpu_seconds(world_.daemon());
    ask(load.requests, load.rate);
    figures.cpu += cpu_seconds(world_.daemon()) - before;
    for (const sim::SlackMessage& message : world_.messages(kChannel)) {
      const auto found = asked_.find(chaos::mark_of(message, "request_id"));
      if (found == asked_.end()) continue;
      figures.delays.push_back(in_ms(posted_at(message) - found->second));
    }
    world_.terminate();
  }

 private:
  static WorldOptions options_for(const Way& way) {
    WorldOptions options;
    options.slack_options = "pace = \"obey\"\nnotify_requester = false\n";
    options.log_severity = "info";
    options.through_proxy = way.proxy.has_value();
    return options;
  }

  // Steadily, and waits until all are announced.
  void ask(std::size_t count, unsigned rate) {
    const auto pause = std::chrono::nanoseconds(seconds(1)) / rate;
    auto next = steady_clock::now();
    for (std::size_t i = 0; i < count; ++i, next += pause) {
      std::this_thread::sleep_until(next);
      const auto now = system_clock::now();
      asked_.emplace(world_.request(), now);
    }
    posts_ += count;
    const bool done = wait_until(
        [this] {
          const int ok = world_.workspace.counters()["chat.postMessage"].ok;
          return static_cast<std::size_t>(ok) >= posts_;
        },
        seconds(60));
    if (!done) throw std::runtime_error("not all were announced");
  }

  World world_;
  std::unordered_map<std::string, system_clock::time_point> asked_;  // and when
  std::size_t posts_ = 0;
};

void measure(const Load& load) {
  const auto ways = test::ways();
  std::array<Figures, std::tuple_size_v<decltype(ways)>> figures;
  for (std::size_t round = 0; round < load.rounds; ++round) {
    for (std::size_t i = 0; i < ways.size(); ++i) Round(ways[i]).run(load, figures[i]);
  }
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const auto count = static_cast<double>(figures[i].delays.size());
    std::printf("%-18s  %.2f ms CPU each; ", ways[i].name, figures[i].cpu * 1000 / count);
    print("from event to post", figures[i].delays);
  }
}

}  // namespace
}  // namespace notifyd::test

int main(int argc, char** argv) {
  notifyd::test::Load load;
  CLI::App app("What each way to Teleport costs");
  app.add_option("--requests", load.requests, "how many in each round");
  app.add_option("--rate", load.rate, "requests a second")->check(CLI::Range(1, 1000));
  app.add_option("--rounds", load.rounds, "how often the ways take turns")
      ->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  notifyd::test::measure(load);
  return 0;
}
