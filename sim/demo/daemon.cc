#include "sim/demo/daemon.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/spawn.h"

namespace notifyd::sim {
namespace {

// Longer than the daemon gives itself to finish what is in flight.
constexpr std::chrono::seconds kPatience{20};
constexpr std::chrono::milliseconds kPoll{20};

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

// 0 once the program runs: then exec has closed the other end.
int reported(Pipe& pipe) {
  pipe.write = Fd();
  int error = 0;
  ssize_t n = 0;
  do {
    n = ::read(pipe.read.get(), &error, sizeof error);
  } while (n < 0 && errno == EINTR);
  return n == sizeof error ? error : 0;
}

}  // namespace

DaemonProcess::DaemonProcess(const Installation& installation) {
  const std::string& program = installation.program();
  const std::string log = installation.log();
  std::vector<std::string> arguments = {program, "start", "--config", installation.config()};
  std::vector<char*> argv(arguments.size() + 1, nullptr);  // ends with a nullptr
  std::ranges::transform(arguments, argv.begin(), [](std::string& each) { return each.data(); });
  Result<Pipe> pipe = make_pipe();
  if (!pipe) throw std::runtime_error(pipe.error().message);
  const Launch launch{argv.data(), log.empty() ? nullptr : log.c_str(), ::getpid(),
                      pipe->write.get()};
  // The kernel ends the daemon with the thread that forks: the demo's main thread.
  pid_ = ::fork();
  if (pid_ == 0) run_child(launch);
  const int error = pid_ < 0 ? errno : reported(*pipe);
  if (error != 0) reap(0);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "cannot start " + program);
  }
}

DaemonProcess::~DaemonProcess() { stop(); }

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

}  // namespace notifyd::sim
