#include "sim/demo/notifier_panel.h"

#include <utility>
#include <vector>

#include "sim/demo/command.h"

namespace notifyd::sim {
namespace {

constexpr const char* kModule = "module";
constexpr const char* kRouting = "routing";

Json outcome(bool good, const std::string& command, const std::string& text) {
  return {{"good", good}, {"command", command}, {"text", text}};
}

Json buttons(const Setup& setup) {
  const std::string also = std::string("#") + Installation::kAlsoTold;
  return Json::array({
      {{"id", kModule},
       {"label", setup.blue ? "Swap back to the first build" : "Swap in the blue build"}},
      {{"id", kRouting},
       {"label", setup.dba_also ? "Stop sending dba to " + also : "Send dba to " + also + " too"}},
  });
}

Json facts(const Setup& setup, const std::string& directory) {
  const std::string also = setup.dba_also ? std::string("#") + Installation::kAlsoTold + ", " : "";
  return Json::array({{{"name", "Role dba"}, {"value", "#access-requests, " + also + "Dave"}},
                      {{"name", "Files"}, {"value", directory}}});
}

}  // namespace

std::vector<std::string> NotifierPanel::command(const char* verb) const {
  return {installation_.program(), verb, "--config", installation_.config()};
}

void NotifierPanel::look() {
  const std::scoped_lock one_at_a_time(looking_);
  std::vector<std::string> words = command("status");
  words.emplace_back("--json");
  const Result<CommandEnd> end = run_command(std::move(words));
  Json status = end && end->exit_code == 0 ? Json::parse(end->output, nullptr, false) : Json();
  const bool told = status.is_object();
  std::string trouble = end ? end->output : end.error().message;
  change([&](State& state) {
    state.status = told ? std::move(status) : Json();
    state.trouble = told ? "" : std::move(trouble);
  });
}

Json NotifierPanel::view() const {
  const std::scoped_lock lock(mutex_);
  return shown();
}

Json NotifierPanel::shown() const {
  return {{"status", state_.status},
          {"trouble", state_.trouble},
          {"facts", facts(state_.setup, installation_.directory())},
          {"buttons", buttons(state_.setup)},
          {"busy", state_.busy},
          {"outcome", state_.outcome}};
}

Result<Json> NotifierPanel::act(const std::string& button) {
  if (button != kModule && button != kRouting) {
    return Error{Errc::kNotFound, "there is no such button"};
  }
  Setup setup;
  bool busy = false;
  change([&](State& state) {
    setup = state.setup;
    busy = std::exchange(state.busy, true);
  });
  if (busy) return Error{Errc::kConflict, "a reload is under way; wait for its outcome"};
  bool& turned = button == kModule ? setup.blue : setup.dba_also;
  turned = !turned;
  const Json came_of_it = try_setup(setup);
  look();
  change([&](State& state) {
    state.busy = false;
    state.outcome = came_of_it;
    if (came_of_it["good"] == true) state.setup = setup;
  });
  return came_of_it;
}

// What failed is tried again by the next press, since what the daemon runs is the setup before.
Json NotifierPanel::try_setup(const Setup& setup) const {
  const Result<> applied = installation_.apply(setup);
  return applied ? reload() : outcome(false, "", applied.error().message);
}

Json NotifierPanel::reload() const {
  const std::string said = "teleport-notifyd reload";
  const Result<CommandEnd> end = run_command(command("reload"));
  if (!end) return outcome(false, said, end.error().message);
  return outcome(end->exit_code == 0, said, end->output);
}

void NotifierPanel::on_change(std::function<void()> changed) {
  const std::scoped_lock lock(mutex_);
  state_.changed = std::move(changed);
}

// Only what makes a difference is told: status is asked for every second.
template <class F>
void NotifierPanel::change(F&& how) {
  std::function<void()> tell;
  {
    const std::scoped_lock lock(mutex_);
    const Json before = shown();
    how(state_);
    if (shown() != before) tell = state_.changed;
  }
  if (tell) tell();
}

}  // namespace notifyd::sim
