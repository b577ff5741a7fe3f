// `start`: configuration and log, then the daemon.
#include "cli/commands.h"
#include "cli/version.h"
#include "ops/process.h"

namespace notifyd::cli {
namespace {

// What a person should know before anything else is in the log.
void announce(const Arguments& arguments, const config::HostConfig& config, const Log& log) {
  log.info("starting", {{"program", version_text(name_of(arguments.persona))},
                        {"config", config.file},
                        {"notifiers", config.instances.size()}});
  if (arguments.debug) log.debug("severity is debug because of --debug");
  for (const std::string& warning : config.warnings) log.warn(warning);
  ops::note_ignored_environment(log);
}

// In the message itself: as a field it would be quoted, and its own quotes escaped.
// Also on stderr when the log is elsewhere: whoever started it by hand looks there.
int fatal(const Error& error, const config::HostConfig& config, const Log& log, Io io) {
  log.error("cannot start: " + error.message);
  return config.log.output == "stderr" ? kFailed : failed(error, io);
}

}  // namespace

int start(const Arguments& arguments, Io io, const RunDaemon& run_daemon) {
  auto config = load_config(arguments);
  if (!config) return failed(config.error(), io);
  if (arguments.debug) config->log.severity = Severity::kDebug;
  const auto sink = ops::open_log(config->log);
  if (!sink) return failed(sink.error().in(config->log.output_at.str()), io);
  const Log log(*sink);
  announce(arguments, *config, log);
  const auto say_why = [&](const Error& why) { return fatal(why, *config, log, io); };
  const auto ended = run_daemon(*config, *sink, [&](const Error& why) {
    say_why(why);
    io.err.flush();
  });
  return ended ? kOk : say_why(ended.error());
}

}  // namespace notifyd::cli
