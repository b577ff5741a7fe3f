// `configure`: sample configuration on stdout.
#include "cli/commands.h"
#include "cli/lineup.h"
#include "cli/option_text.h"
#include "cli/samples.h"
#include "module/module_name.h"

namespace notifyd::cli {
namespace {

Result<std::string> module_sample(const Arguments& arguments) {
  const auto dirs = module_dirs(arguments);
  if (!dirs) return dirs.error();
  const std::string missing = missing_module(dirs->modules, arguments.module);
  if (!missing.empty()) return invalid(missing);
  const auto options = library_options(dirs->runtime, Log());
  if (!options) return options.error();
  const auto path = modules::module_path(dirs->modules, arguments.module);
  const auto library = modules::Library::load(path, *options);
  if (!library) return library.error();
  return sample_conf(arguments.module, (*library)->info().options);
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
