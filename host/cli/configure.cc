// `configure`: sample configuration on stdout.
#include "cli/commands.h"
#include "cli/option_text.h"
#include "cli/samples.h"

namespace notifyd::cli {
namespace {

Result<std::string> module_sample(const Arguments& arguments) {
  const auto dirs = module_dirs(arguments);
  if (!dirs) return dirs.error();
  const auto options = daemon::module_options(*dirs, arguments.module);
  if (!options) return options.error();
  return sample_conf(arguments.module, *options);
}

}  // namespace

int configure(const Arguments& arguments, Io io) {
  if (arguments.persona == Persona::kUpstream) {
    io.out << sample_teleport_slack_toml();
    return kOk;
  }
  if (arguments.module.empty()) {
    io.out << sample_notifyd_toml();
    return kOk;
  }
  const auto sample = module_sample(arguments);
  if (!sample) return failed(sample.error(), io);
  io.out << *sample;
  return kOk;
}

}  // namespace notifyd::cli
