#include "daemon/rehearsal.h"

#include <algorithm>

#include "config/secret.h"
#include "module/trial.h"

namespace notifyd::daemon {
namespace {

constexpr std::size_t kShortestSecret = 6;  // hiding less would garble ordinary words

enum Word { kWhat, kForm, kConfig, kInstance, kModule, kCopy, kWords };

void hide(std::string& text, const std::string& value) {
  if (value.size() < kShortestSecret) return;
  for (auto at = text.find(value); at != std::string::npos; at = text.find(value)) {
    text.replace(at, value.size(), "[...]");
  }
}

// Any text of a file may be a secret, or name a file that holds one.
void hide_values(std::string& text, const config::Tree& tree) {
  for (const auto& [key, child] : tree) hide_values(text, child);
  const std::string& value = tree.data().text;
  if (value.empty()) return;
  if (config::names_a_file(value)) {
    if (const auto secret = config::read_secret(value)) hide(text, *secret);
  } else {
    hide(text, value);
  }
}

config::HostConfig read(const std::string& form, const std::string& file) {
  return form == "upstream" ? config::load_upstream_config(file)
                            : config::load_notifyd_config(file);
}

}  // namespace

Result<> rehearse(const std::string& program, const config::HostConfig& config,
                  const config::InstanceConfig& instance, const std::string& copy) {
  if (program.empty()) return Done{};
  modules::Trial trial;
  trial.program = program;
  trial.arguments = {kRehearsal,      config.upstream_form ? "upstream" : "notifyd",
                     config.file,     instance.name,
                     instance.module, copy};
  trial.module = instance.module;
  trial.copy = copy;
  auto done = modules::try_out(trial);
  if (done) return done;
  std::string message = done.error().message;
  hide_values(message, instance.tree);
  return Error{done.error().code, std::move(message)};
}

int play_rehearsal(const std::vector<std::string>& arguments) {
  using modules::TrialPhase;
  if (arguments.size() != kWords) return 2;
  modules::say(TrialPhase::kStarting);
  const config::HostConfig config = read(arguments[kForm], arguments[kConfig]);
  const auto instance =
      std::ranges::find(config.instances, arguments[kInstance], &config::InstanceConfig::name);
  modules::say(TrialPhase::kLoading);
  auto library = modules::Library::of_copy(arguments[kCopy], arguments[kModule]);
  if (library && instance != config.instances.end()) {
    config::Faults faults;
    auto checked = config::check_instance(*instance, (*library)->info().options, faults);
    // What is wrong the daemon finds by itself.
    if (faults.empty()) {
      modules::play(*std::move(library), instance->name, std::move(checked.settings),
                    instance->allow_insecure);
    }
  }
  modules::say(TrialPhase::kEnd);
  return 0;
}

}  // namespace notifyd::daemon
