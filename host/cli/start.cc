// `start`: configuration and log, then the daemon.
#include "cli/commands.h"
#include "cli/version.h"
#include "ops/process.h"

namespace notifyd::cli {
namespace {

config::HostConfig load_for_daemon(const Arguments& arguments) {
  config::HostConfig config = load_config(arguments);
  if (arguments.debug) config.log.severity = Severity::kDebug;
  return config;
}

// What a person should know before anything else is in the log.
void announce(const Arguments& arguments, const config::HostConfig& config, const Log& log) {
  log.info("starting", {{"program", version_text(name_of(arguments.persona))},
                        {"config", config.file},
                        {"notifiers", config.instances.size()}});
  if (arguments.debug) log.debug("severity is debug because of --debug");
  for (const std::string& warning : config.warnings) log.warn(warning);
  ops::note_ignored_environment(log);
}

// Opens the log that the file wants, or else stderr: that it cannot be had is said there.
std::shared_ptr<ops::DaemonLog> open_log(config::HostConfig& config) {
  auto log = ops::open_log(config.log);
  if (log) return *std::move(log);
  config.faults.add(log.error().in(config.log.output_at.str()), config.log.output_at,
                    config::FoundIn::kMachine);
  config.log.output = "stderr";
  return *ops::open_log(config.log);
}

// In the messages themselves: as fields they would be quoted, and their own quotes escaped.
// Also on stderr when the log is elsewhere: whoever started it by hand looks there.
int fatal(const config::Faults& faults, const config::HostConfig& config, const Log& log, Io io) {
  for (const std::string& line : faults.lines()) log.error("cannot start: " + line);
  log.error("cannot start: " + faults.count());
  return config.log.output == "stderr" ? kFailed : failed(faults, io);
}

}  // namespace

int start(const Arguments& arguments, Io io, const RunDaemon& run_daemon) {
  config::HostConfig config = load_for_daemon(arguments);
  const auto sink = open_log(config);
  const Log log(sink);
  announce(arguments, config, log);
  const auto say_why = [&](const config::Faults& why) { return fatal(why, config, log, io); };
  const daemon::DaemonOptions options{
      .program = version_text(name_of(arguments.persona)),
      .rehearsal = arguments.rehearsal,
      .read_config = [&arguments] { return load_for_daemon(arguments); }};
  const config::Faults faults = run_daemon(config, options, sink, [&](const config::Faults& why) {
    say_why(why);
    io.err.flush();
  });
  return faults.empty() ? kOk : say_why(faults);
}

}  // namespace notifyd::cli
