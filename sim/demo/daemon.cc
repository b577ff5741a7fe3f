#include "sim/demo/daemon.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
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

// What the child needs, all of it made before the fork: the demo has threads, so between fork and
// exec only async-signal-safe calls are allowed, and none that allocates.
struct Launch {
  char* const* argv;
  const char* log;  // nullptr: the demo's own stderr
  pid_t parent;
  int report;  // where errno goes when there is no daemon; exec closes it
};

bool log_to(const char* file) {
  if (file == nullptr) return true;
  const int fd = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return fd >= 0 && ::dup2(fd, STDERR_FILENO) >= 0;
}

// A group of its own, so that Ctrl-C reaches only the demo, which then asks the daemon to finish;
// none of the demo's blocked signals; and no life after the demo, however that ends.
bool become_child(const Launch& launch) {
  sigset_t none;
  sigemptyset(&none);
  if (::setpgid(0, 0) != 0 || ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  // The demo may have ended before the line above.
  if (::getppid() != launch.parent) ::_exit(1);
  return log_to(launch.log) && ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

[[noreturn]] void run_child(const Launch& launch) {
  if (become_child(launch)) ::execv(launch.argv[0], launch.argv);
  const int error = errno;
  // When this cannot be written either, the exit code has to do.
  const ssize_t written = ::write(launch.report, &error, sizeof error);
  ::_exit(written == sizeof error ? 127 : 126);
}

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
    }
  }
  ~Pipe() {
    close_writing();
    ::close(ends[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void close_writing() {
    if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
  }

  std::array<int, 2> ends{-1, -1};
};

// 0 once the program runs: then exec has closed the other end.
int reported(Pipe& pipe) {
  pipe.close_writing();
  int error = 0;
  ssize_t n = 0;
  do {
    n = ::read(pipe.ends[0], &error, sizeof error);
  } while (n < 0 && errno == EINTR);
  return n == sizeof error ? error : 0;
}

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
  std::vector<char*> argv(arguments.size() + 1, nullptr);  // ends with a nullptr
  std::ranges::transform(arguments, argv.begin(), [](std::string& each) { return each.data(); });
  Pipe pipe;
  const Launch launch{argv.data(), log_.empty() ? nullptr : log_.c_str(), ::getpid(), pipe.ends[1]};
  // The kernel ends the daemon with the thread that forks: the demo's main thread.
  pid_ = ::fork();
  if (pid_ == 0) run_child(launch);
  const int error = pid_ < 0 ? errno : reported(pipe);
  if (error != 0) reap(0);
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
