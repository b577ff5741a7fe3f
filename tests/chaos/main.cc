// notifyd-chaos: two replicas of the real daemon with the real Slack module, between simulators
// that fail in every way, while requests live their lives. Exit code 1 when afterwards Slack does
// not show what it should.

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "chaos/report.h"
#include "chaos/run.h"

namespace notifyd::chaos {
namespace {

constexpr int kUsage = 2;
constexpr double kRequestsPerMinute = 80;

struct Options {
  std::uint64_t seed = std::random_device{}();
  double minutes = 5;
  std::size_t requests = 0;
  double patience = 10;
  StageOptions stage;
  std::string logs = "build/chaos";
};

Millis minutes(double count) { return Millis(static_cast<Millis::rep>(count * 60'000)); }

RunOptions run_options(const Options& options) {
  RunOptions run;
  run.seed = options.seed;
  run.length = minutes(options.minutes);
  run.converge_within = minutes(options.patience);
  run.stage = options.stage;
  run.requests = options.requests > 0
                     ? options.requests
                     : static_cast<std::size_t>(options.minutes * kRequestsPerMinute);
  return run;
}

int play(const Options& options) {
  std::cout << "seed " << options.seed << ", " << options.minutes << " minutes" << std::endl;
  Run run(run_options(options), std::cout);
  const Verdict verdict = run.play();
  print_ways(run.stage(), std::cout);
  print_figures(verdict, std::cout);
  std::cout << "seed " << options.seed << std::endl;
  const bool good = verdict.good() && verdict.unsettled.empty();
  if (good && verdict.doubled.empty()) return 0;
  const auto folder = std::filesystem::path(options.logs) / std::to_string(options.seed);
  keep_logs(run.stage(), folder);
  std::ofstream report(folder / "report");
  print_figures(verdict, report);
  print_findings(verdict, run.stage(), report);
  std::cout << "what was found, and all logs, are in " << folder.string() << std::endl;
  if (!good) print_findings(verdict, run.stage(), std::cout);
  return good ? 0 : 1;
}

int main(int argc, char** argv) {
  Options options;
  CLI::App app("two replicas of teleport-notifyd in a world that fails at random", "notifyd-chaos");
  app.add_option("--seed", options.seed, "what the run is drawn from (default: at random)");
  app.add_option("--minutes", options.minutes, "how long things go wrong (default: 5)")
      ->check(CLI::PositiveNumber);
  app.add_option("--requests", options.requests, "how many Access Requests (default: 80 a minute)");
  app.add_option("--patience", options.patience,
                 "how many minutes it may take afterwards until all is right (default: 10)")
      ->check(CLI::PositiveNumber);
  app.add_option("--pace", options.stage.pace, "[slack] pace, and Slack's own (default: obey)")
      ->check(CLI::IsMember({"obey", "published"}));
  app.add_flag("!--without-history", options.stage.history_readable,
               "the app lacks the scopes for reading histories: what is unsure may be doubled");
  app.add_option("--logs", options.logs,
                 "where the logs of a run that failed go (default: build/chaos)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  return play(options);
}

}  // namespace
}  // namespace notifyd::chaos

int main(int argc, char** argv) {
  try {
    return notifyd::chaos::main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "notifyd-chaos: " << error.what() << '\n';
    return 1;
  }
}
