#include "sim/demo/daemon.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace notifyd::sim {
namespace {

namespace fs = std::filesystem;

// Longer than the daemon gives itself to finish what is in flight.
constexpr std::chrono::seconds kPatience{20};
constexpr std::chrono::milliseconds kPoll{20};

fs::path new_directory() {
  std::string path = (fs::temp_directory_path() / "notifyd-demo-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make " + path);
  }
  return path;  // 0700
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result.push_back('\\');
    result.push_back(c);
  }
  return result + "\"";
}

std::string line(const std::string& key, const std::string& value) {
  return key + " = " + quoted(value) + "\n";
}

std::string host_config(const fs::path& directory, const World& world, const DemoOptions& options) {
  std::string text;
  if (!options.modules_dir.empty()) {
    text += line("modules_dir", fs::absolute(options.modules_dir).string());
  }
  return text + line("conf_d", (directory / "conf.d").string()) +
         line("runtime_dir", (directory / "run").string()) + "\n[teleport]\n" +
         line("addr", world.auth.address()) + line("identity", (directory / "identity").string()) +
         "\n[log]\n" + line("output", "stderr") +
         line("severity", options.verbose ? "debug" : "info");
}

std::string slack_config(const World& world) {
  return "[slack]\n" + line("token", world.slack_token()) +
         line("api_url", world.slack.base_url()) +
         "\n[role_to_recipients]\n"
         "\"*\" = \"access-requests\"\n"
         "\"prod-admin\" = [\"prod-approvals\", \"carol@example.com\"]\n"
         "\"dba\" = [\"access-requests\", \"dave@example.com\"]\n";
}

class SpawnActions {
 public:
  SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  void write_to(int fd, const std::string& file) {
    ::posix_spawn_file_actions_addopen(&actions_, fd, file.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       0600);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// A group of its own, so that Ctrl-C reaches only the demo, which then asks the daemon to finish;
// and none of the demo's blocked signals.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

DaemonProcess::DaemonProcess(const World& world, const DemoOptions& options)
    : directory_(new_directory()) {
  if (!options.verbose) {
    log_ = options.log_file.empty() ? directory_ / "daemon.log" : fs::absolute(options.log_file);
  }
  write_config(world, options);
  spawn(options);
}

DaemonProcess::~DaemonProcess() {
  stop();
  std::error_code ignored;
  if (!keep_) fs::remove_all(directory_, ignored);
}

void DaemonProcess::write_config(const World& world, const DemoOptions& options) {
  fs::create_directory(directory_ / "conf.d");
  const Credentials credentials = world.pki.issue_client("access-plugin");
  write_private_file((directory_ / "identity").string(), world.pki.identity_file(credentials));
  write_private_file((directory_ / "notifyd.toml").string(),
                     host_config(directory_, world, options));
  write_private_file((directory_ / "conf.d/slack.toml").string(), slack_config(world));
}

void DaemonProcess::spawn(const DemoOptions& options) {
  std::vector<std::string> arguments = {options.daemon, "start", "--config",
                                        (directory_ / "notifyd.toml").string()};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  SpawnActions actions;
  if (!log_.empty()) actions.write_to(STDERR_FILENO, log_.string());
  const SpawnAttributes attributes;
  const int error =
      ::posix_spawn(&pid_, argv[0], actions.get(), attributes.get(), argv.data(), environ);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "cannot start " + options.daemon);
  }
}

bool DaemonProcess::reap(int flags) {
  if (pid_ < 0) return true;
  if (::waitpid(pid_, &status_, flags) != pid_) return false;
  pid_ = -1;
  return true;
}

std::optional<std::string> DaemonProcess::ended() {
  if (!reap(WNOHANG)) return std::nullopt;
  if (WIFSIGNALED(status_)) {
    return "the daemon was ended by signal " + std::to_string(WTERMSIG(status_));
  }
  return "the daemon ended with exit code " + std::to_string(WEXITSTATUS(status_));
}

void DaemonProcess::stop() {
  if (reap(WNOHANG)) return;
  ::kill(pid_, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!reap(WNOHANG)) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(pid_, SIGKILL);
    std::this_thread::sleep_for(kPoll);
  }
}

std::string DaemonProcess::keep_log() {
  keep_ = true;
  return log_.string();
}

}  // namespace notifyd::sim
