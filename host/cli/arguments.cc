#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <utility>

#include "cli/version.h"

namespace notifyd::cli {
namespace {

constexpr const char* kUpstreamConfig = "/etc/teleport-slack.toml";
constexpr const char* kNotifydConfig = "/etc/teleport-notifyd/notifyd.toml";

// CLI11 binds options to variables, so the parser and what it fills live together.
class Parser {
 public:
  explicit Parser(Persona persona) : app_(about(persona), name_of(persona)) {
    arguments_.persona = persona;
    app_.set_version_flag("--version", version_text(name_of(persona)), "Print the version");
    app_.set_help_flag("-h,--help", "Print this help");
    app_.require_subcommand(0, 1);  // none is told apart from an unknown one in parse()
    add_start();
    add_check();
    add_reload();
    add_status();
    add_configure();
    if (persona == Persona::kNotifyd) add_modules();
    add(Command::kVersion, "version", "Print the version");
    app_.footer("COMMAND --help tells more. Exit codes: 0 good, 1 failed, 2 wrong command line.");
  }

  std::variant<Arguments, Stop> parse(std::vector<std::string> words) {
    std::ranges::reverse(words);  // as CLI11 wants them
    try {
      app_.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
      return stop(error);
    }
    const auto chosen = app_.get_subcommands();
    if (chosen.empty()) return Stop{kUsage, app_.help()};
    return arguments_for(commands_.at(chosen.front()));
  }

 private:
  static std::string about(Persona persona) {
    return persona == Persona::kUpstream
               ? "Tells Slack about Teleport's Access Requests, with teleport-slack's own "
                 "configuration file."
               : "Follows Teleport's Access Requests and hands them to notifier modules.";
  }

  bool upstream() const { return arguments_.persona == Persona::kUpstream; }

  CLI::App* add(Command command, const std::string& name, const std::string& help) {
    CLI::App* sub = app_.add_subcommand(name, help);
    commands_.emplace(sub, command);
    return sub;
  }

  void add_config(CLI::App* sub) {
    const std::string fallback = upstream() ? kUpstreamConfig : kNotifydConfig;
    sub->add_option("-c,--config", start_config_, "Configuration file")->default_str(fallback);
    start_config_ = fallback;
  }

  Arguments arguments_for(Command command) {
    arguments_.command = command;
    const bool has_default = command == Command::kStart || command == Command::kCheck ||
                             command == Command::kReload || command == Command::kStatus;
    if (has_default) arguments_.config = start_config_;
    return arguments_;
  }

  void add_start() {
    CLI::App* sub = add(Command::kStart, "start", "Run until SIGTERM or SIGINT");
    add_config(sub);
    sub->add_flag("-d,--debug", arguments_.debug, "Log at severity debug, whatever [log] says");
  }

  void add_check() {
    CLI::App* sub = add(Command::kCheck, "check",
                        "Check the configuration and show what would run, and how Teleport is "
                        "reached; 1 if something must be mended");
    add_config(sub);
    sub->add_flag("--offline", arguments_.offline, "Do not ask Teleport");
  }

  void add_reload() {
    CLI::App* sub = add(Command::kReload, "reload",
                        "Have the daemon that runs read its configuration and modules anew; 1 if "
                        "something must be mended, and then everything goes on as before");
    add_config(sub);
    sub->add_flag("--no-wait", arguments_.no_wait, "Do not wait for what comes of it");
  }

  void add_status() {
    CLI::App* sub = add(Command::kStatus, "status", "Ask the daemon that runs how it is");
    add_config(sub);
    sub->add_flag("--json", arguments_.json, "Print it as JSON");
  }

  void add_modules_dir(CLI::App* sub) {
    auto* dir = sub->add_option("--modules-dir", arguments_.modules_dir,
                                "Where the modules are (default: beside this program)");
    sub->add_option("-c,--config", arguments_.config, "Take modules_dir from this notifyd.toml")
        ->excludes(dir);
  }

  void add_configure() {
    if (upstream()) {
      add(Command::kConfigure, "configure", "Print a sample teleport-slack.toml");
      return;
    }
    CLI::App* sub = add(Command::kConfigure, "configure",
                        "Print a sample notifyd.toml, or with MODULE a sample for conf.d");
    sub->add_option("MODULE", arguments_.module, "Name of a module, such as slack");
    add_modules_dir(sub);
  }

  void add_modules() {
    add_modules_dir(add(Command::kModules, "modules",
                        "List the modules: name, version, ABI, and what can be configured"));
  }

  Stop stop(const CLI::ParseError& error) const {
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected();
    std::ostringstream out, err;
    const bool good = app_.exit(error, out, err) == 0;
    return good ? Stop{kOk, out.str()} : Stop{kUsage, err.str()};
  }

  // CLI11 names them in the order in which it would have taken them: backwards.
  Stop unexpected() const {
    std::string text = "not expected:";
    for (const std::string& word : app_.remaining(true)) text += " " + word;
    return {kUsage, text + "\nRun with --help for more information.\n"};
  }

  Arguments arguments_;
  std::string start_config_;  // has a default, which `modules` must not take for a wish
  std::map<const CLI::App*, Command> commands_;
  CLI::App app_;
};

// `help [COMMAND]`, as teleport-slack has it, is `[COMMAND] --help`.
void turn_help_around(std::vector<std::string>& words) {
  if (words.empty() || words.front() != "help") return;
  words.erase(words.begin());
  words.emplace_back("--help");
}

}  // namespace

Persona persona_of(const std::string& program) {
  return std::filesystem::path(program).filename() == "teleport-slack" ? Persona::kUpstream
                                                                       : Persona::kNotifyd;
}

const char* name_of(Persona persona) {
  return persona == Persona::kUpstream ? "teleport-slack" : "teleport-notifyd";
}

std::variant<Arguments, Stop> parse_arguments(const std::vector<std::string>& line) {
  std::vector<std::string> words(line.begin() + (line.empty() ? 0 : 1), line.end());
  turn_help_around(words);
  return Parser(persona_of(line.empty() ? "" : line.front())).parse(std::move(words));
}

}  // namespace notifyd::cli
