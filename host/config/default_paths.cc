#include "config/default_paths.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace notifyd::config {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "teleport-notifyd";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Surroundings surroundings() {
  std::error_code none;
  const fs::path program = fs::read_symlink("/proc/self/exe", none);
  Surroundings around;
  around.program_dir = program.parent_path().string();
  around.state_directory = variable("STATE_DIRECTORY");
  around.xdg_runtime_dir = variable("XDG_RUNTIME_DIR");
  around.temp_dir = variable("TMPDIR").empty() ? "/tmp" : variable("TMPDIR");
  around.uid = ::geteuid();
  return around;
}

std::string default_modules_dir(const Surroundings& around) {
  const fs::path relative = fs::path("../lib") / kName / "modules";
  return (fs::path(around.program_dir) / relative).lexically_normal().string();
}

std::string default_conf_d(const std::string& config_file) {
  return (fs::path(config_file).parent_path() / "conf.d").string();
}

std::string default_runtime_dir(const Surroundings& around) {
  // systemd gives several directories as one list with colons; the first is ours.
  const std::string state = around.state_directory.substr(0, around.state_directory.find(':'));
  if (!state.empty()) return state;
  if (around.uid == 0) return "/var/lib/teleport-notifyd";
  if (!around.xdg_runtime_dir.empty()) return (fs::path(around.xdg_runtime_dir) / kName).string();
  // The user's number, because /tmp is everybody's.
  return (fs::path(around.temp_dir) / (std::string(kName) + "-" + std::to_string(around.uid)))
      .string();
}

}  // namespace notifyd::config
