#include "cli/commands.h"

#include "cli/version.h"
#include "cli/visible_stream.h"
#include "config/default_paths.h"
#include "ops/runtime_dir.h"

namespace notifyd::cli {
namespace {

int version(const Arguments& arguments, Io io) {
  io.out << version_text(name_of(arguments.persona)) << '\n';
  return kOk;
}

int dispatch(const Arguments& arguments, Io io, const RunDaemon& run_daemon) {
  switch (arguments.command) {
    case Command::kStart:
      return start(arguments, io, run_daemon);
    case Command::kCheck:
      return check(arguments, io);
    case Command::kReload:
      return reload(arguments, io);
    case Command::kStatus:
      return status(arguments, io);
    case Command::kConfigure:
      return configure(arguments, io);
    case Command::kModules:
      return list(arguments, io);
    case Command::kVersion:
      break;
  }
  return version(arguments, io);
}

}  // namespace

config::HostConfig load_config(const Arguments& arguments) {
  return arguments.persona == Persona::kUpstream ? config::load_upstream_config(arguments.config)
                                                 : config::load_notifyd_config(arguments.config);
}

Result<daemon::ModuleDirs> module_dirs(const Arguments& arguments) {
  if (!arguments.config.empty()) {
    ops::look_as_owner_of(config::default_runtime_dir(config::surroundings()));
    const config::HostConfig config = load_config(arguments);
    // Of all that may be wrong in the file, only that it cannot be read matters here.
    if (!config.is_read) return invalid(config.faults.lines().front());
    return daemon::ModuleDirs{config.modules_dir, config.runtime_dir};
  }
  const config::Surroundings around = config::surroundings();
  const std::string& given = arguments.modules_dir;
  return daemon::ModuleDirs{given.empty() ? config::default_modules_dir(around) : given,
                            config::default_runtime_dir(around)};
}

int failed(const Error& error, Io io) {
  io.err << error.message << '\n';
  return kFailed;
}

int failed(const config::Faults& faults, Io io) {
  for (const std::string& line : faults.lines()) io.err << line << '\n';
  io.err << faults.count() << '\n';
  return kFailed;
}

int run_line(const std::vector<std::string>& line, Io io, const RunDaemon& run_daemon,
             const std::string& rehearsal) {
  VisibleStream out(io.out), err(io.err);
  auto parsed = parse_arguments(line);
  if (const auto* stop = std::get_if<Stop>(&parsed)) {
    (stop->code == kOk ? out : err) << stop->text;
    return stop->code;
  }
  Arguments& arguments = std::get<Arguments>(parsed);
  arguments.rehearsal = rehearsal;
  return dispatch(arguments, {out, err}, run_daemon);
}

}  // namespace notifyd::cli
