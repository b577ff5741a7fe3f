// notify-modcheck: asks a module what the daemon relies on, one child process per question, and
// says in TAP what it found. See docs/modules.md.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <regex>

#include "cases.h"
#include "child.h"

namespace {

using conformance::Case;
using conformance::Verdict;

struct Options {
  conformance::Target target;
  std::string only = ".*";
  unsigned limit_s = 30;
  bool list = false;
};

// 0: go on. Else the exit code, less one.
int read_options(int argc, char** argv, Options& options) {
  CLI::App app{
      "Asks a module of teleport-notifyd what the daemon relies on, each question in a process of "
      "its own. Its output is TAP."};
  app.add_option("module", options.target.module, "libnotify_<name>.so");
  app.add_option("--config", options.target.config,
                 "a file as it would stand in conf.d; without one required values are made up")
      ->check(CLI::ExistingFile);
  app.add_option("--only", options.only, "ask what this regular expression matches the name of");
  app.add_option("--time-limit", options.limit_s, "seconds that each question may take")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_flag("--list", options.list, "print the names of all questions");
  try {
    app.parse(argc, argv);
    if (!options.list && options.target.module.empty()) throw CLI::RequiredError("module");
  } catch (const CLI::ParseError& e) {
    return 1 + (app.exit(e) == 0 ? 0 : 2);
  }
  return 0;
}

void print(std::size_t number, const Case& asked, const Verdict& verdict) {
  const bool failed = verdict.kind == Verdict::Kind::kFail;
  std::cout << (failed ? "not ok " : "ok ") << number << " - " << asked.id;
  if (verdict.kind == Verdict::Kind::kSkip) std::cout << " # SKIP " << verdict.why;
  std::cout << "\n";
  if (failed) std::cout << "# wanted: " << asked.says << "\n# found: " << verdict.why << "\n";
  std::cout << std::flush;
}

Verdict ask(const Case& asked, const Options& options) {
  return conformance::run_in_child(
      [&] {
        asked.run(options.target);
        return Verdict{};
      },
      std::chrono::seconds(options.limit_s));
}

int run(const std::vector<Case>& cases, const Options& options) {
  const std::regex only(options.only);
  const auto wanted = [&](const Case& c) { return std::regex_search(c.id, only); };
  const auto total = std::count_if(cases.begin(), cases.end(), wanted);
  std::cout << "TAP version 13\n1.." << total << "\n";
  std::size_t number = 0;
  std::string closed;  // by which gate
  bool good = true;
  for (const Case& asked : cases) {
    if (!wanted(asked) && !(asked.gate && closed.empty())) continue;
    const Verdict verdict = closed.empty()
                                ? ask(asked, options)
                                : Verdict{Verdict::Kind::kSkip, "since " + closed + " failed"};
    const bool failed = verdict.kind == Verdict::Kind::kFail;
    if (asked.gate && failed) closed = asked.id;
    if (wanted(asked))
      print(++number, asked, verdict);
    else if (failed)
      std::cout << "# " << asked.id << " failed: " << verdict.why << "\n";
    good = good && !failed;
  }
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (const int end = read_options(argc, argv, options); end != 0) return end - 1;
  const std::vector<Case> cases = conformance::all_cases();
  if (options.list) {
    for (const Case& one : cases) std::cout << one.id << ": " << one.says << "\n";
    return 0;
  }
  try {
    return run(cases, options);
  } catch (const std::exception& e) {
    std::cerr << "notify-modcheck: " << e.what() << "\n";
    return 2;
  }
}
