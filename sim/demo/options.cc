#include "sim/demo/options.h"

#include <CLI/CLI.hpp>
#include <filesystem>

namespace notifyd::sim {
namespace {

namespace fs = std::filesystem;

constexpr int kUsage = 2;

fs::path folder_of_this_program() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

// Where the build has it, which does not install it.
std::string find_blue_build() {
  return (folder_of_this_program() / "../modules-blue").lexically_normal();
}

// Where the daemon would look by itself.
std::string find_modules(const std::string& daemon) {
  std::error_code error;
  const fs::path folder = fs::canonical(daemon, error).parent_path();
  return (folder / "../lib/teleport-notifyd/modules").lexically_normal();
}

// Beside this program, or in bin/ beside the folder that holds it.
std::string find_daemon() {
  std::error_code error;
  const fs::path here = folder_of_this_program();
  for (const fs::path& folder : {here, here.parent_path() / "bin", here / "../../bin"}) {
    const fs::path candidate = (folder / "teleport-notifyd").lexically_normal();
    if (fs::exists(candidate, error)) return candidate;
  }
  return "";
}

}  // namespace

std::optional<DemoOptions> parse_options(int argc, char** argv, int& exit_code) {
  DemoOptions options;
  CLI::App app(
      "teleport-notifyd at work: a simulated Teleport cluster, a simulated Slack workspace, "
      "the real daemon between them, and a web page to play with",
      "notifyd-demo");
  app.add_flag("--once", options.once,
               "play one request through without a browser and print what Slack shows");
  app.add_option("--port", options.port, "port of the page (default: any that is free)")
      ->check(CLI::Range(0, 65535));
  app.add_option("--daemon", options.daemon, "path of teleport-notifyd")->check(CLI::ExistingFile);
  app.add_option("--modules", options.modules_dir,
                 "directory that the daemon's modules are copied from (default: the daemon's own)")
      ->check(CLI::ExistingDirectory);
  app.add_flag("--rate-limits", options.rate_limits, "Slack enforces its published rate limits");
  app.add_flag("--through-proxy", options.through_proxy,
               "the daemon reaches the cluster through its proxy, as from outside");
  app.add_flag("--verbose", options.verbose, "show the daemon's log, debug lines too");
  app.add_option("--log", options.log_file, "file for the daemon's log");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : kUsage;
    return std::nullopt;
  }
  if (options.daemon.empty()) options.daemon = find_daemon();
  if (!options.daemon.empty()) {
    if (options.modules_dir.empty()) options.modules_dir = find_modules(options.daemon);
    options.blue_dir = find_blue_build();
    return options;
  }
  std::cerr << "notifyd-demo: teleport-notifyd is not beside this program; say where it is with "
               "--daemon PATH\n";
  exit_code = kUsage;
  return std::nullopt;
}

}  // namespace notifyd::sim
