// The command line, read: the only part that knows CLI11.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace notifyd::cli {

// The same program under two names.
enum class Persona { kNotifyd, kUpstream };
Persona persona_of(const std::string& program);  // argv[0]
const char* name_of(Persona persona);

enum class Command { kStart, kCheck, kReload, kStatus, kConfigure, kModules, kVersion };

struct Arguments {
  Persona persona = Persona::kNotifyd;
  Command command = Command::kStart;
  std::string config;       // "" for `modules` and `configure` without --config
  std::string modules_dir;  // "" when not given
  std::string module;       // of `configure`
  bool debug = false;
  bool no_wait = false;   // of `reload`
  bool json = false;      // of `status`
  bool offline = false;   // of `check`
  std::string rehearsal;  // not from the line: see run_line()
};

inline constexpr int kOk = 0, kFailed = 1, kUsage = 2;

// Nothing to run: help was asked for, or the line makes no sense.
struct Stop {
  int code = kOk;
  std::string text;  // for stdout when the code is kOk, else for stderr
};

// `line` begins with the program's name.
std::variant<Arguments, Stop> parse_arguments(const std::vector<std::string>& line);

}  // namespace notifyd::cli
