#include "module/trial.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/fd.h"
#include "base/system_error.h"
#include "base/text.h"
#include "base/time_text.h"

namespace notifyd::modules {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 65'536;
constexpr std::size_t kLastWords = 300;
constexpr int kLookMs = 5;
constexpr std::string_view kMemoryPath = "/proc/self/fd/";

struct Pipe {
  Fd read, write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// A copy in memory is found by the number of its descriptor.
int memory_of(const std::string& path) {
  if (!path.starts_with(kMemoryPath)) return -1;
  return std::atoi(path.c_str() + kMemoryPath.size());
}

class Actions {
 public:
  Actions() { ::posix_spawn_file_actions_init(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }

  void give(int mine, int theirs) { ::posix_spawn_file_actions_adddup2(&actions_, mine, theirs); }
  void give_nothing(int theirs, int mode) {
    ::posix_spawn_file_actions_addopen(&actions_, theirs, "/dev/null", mode, 0);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// A process group of its own, to be ended with all that it started; every signal as by default.
class Attributes {
 public:
  Attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

// What came of it.
struct Outcome {
  int status = 0;  // as waitpid() has it
  bool late = false;
  std::string said;  // on kTrialPipe
  std::string stderr_text;
};

class Child {
 public:
  Child(pid_t pid, Pipe phases, Pipe errors)
      : pid_(pid), phases_(std::move(phases.read)), errors_(std::move(errors.read)) {
    for (const Fd* fd : {&phases_, &errors_}) ::fcntl(fd->get(), F_SETFL, O_NONBLOCK);
  }

  Outcome wait(Clock::time_point deadline) {
    Outcome outcome;
    for (;;) {
      const pid_t ended = ::waitpid(pid_, &outcome.status, WNOHANG);
      take(phases_, outcome.said);
      take(errors_, outcome.stderr_text);
      if (ended != 0) break;
      if (Clock::now() >= deadline && !std::exchange(outcome.late, true)) ::kill(-pid_, SIGKILL);
      std::array<pollfd, 2> readable{pollfd{phases_.get(), POLLIN, 0},
                                     pollfd{errors_.get(), POLLIN, 0}};
      ::poll(readable.data(), readable.size(), kLookMs);
    }
    ::kill(-pid_, SIGKILL);  // what it left behind
    return outcome;
  }

 private:
  static void take(const Fd& from, std::string& to) {
    std::array<char, 4096> buffer{};
    for (ssize_t n = 0; (n = ::read(from.get(), buffer.data(), buffer.size())) > 0;) {
      to.append(buffer.data(), static_cast<std::size_t>(n));
      if (to.size() > kMostOutput) to.erase(0, to.size() - kMostOutput);
    }
  }

  const pid_t pid_;
  Fd phases_, errors_;
};

Result<Child> start(const Trial& trial) {
  auto phases = make_pipe();
  if (!phases) return std::move(phases).error();
  auto errors = make_pipe();
  if (!errors) return std::move(errors).error();
  Actions actions;
  // First what keeps its number: the others go to low ones, which it cannot have.
  if (const int memory = memory_of(trial.copy); memory >= 0) actions.give(memory, memory);
  actions.give_nothing(STDIN_FILENO, O_RDONLY);
  actions.give_nothing(STDOUT_FILENO, O_WRONLY);
  actions.give(errors->write.get(), STDERR_FILENO);
  actions.give(phases->write.get(), kTrialPipe);
  const Attributes attributes;
  std::vector<std::string> words{trial.program};
  words.insert(words.end(), trial.arguments.begin(), trial.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, trial.program.c_str(), actions.get(), attributes.get(),
                                   arguments.data(), ::environ);
  if (failed != 0) {
    errno = failed;
    return system_error("starting " + trial.program);
  }
  return Child(pid, *std::move(phases), *std::move(errors));
}

TrialPhase phase_of(char letter) { return static_cast<TrialPhase>(letter); }

const char* words(TrialPhase phase) {
  switch (phase) {
    case TrialPhase::kCreating:
      return "in create()";
    case TrialPhase::kDestroying:
      return "in destroy()";
    case TrialPhase::kUnloading:
      return "while it was being unloaded";
    default:
      break;
  }
  return "while it was being loaded";
}

// The end of what it wrote to stderr, on one line.
std::string last_words(const Outcome& outcome) {
  std::string_view end = trim(outcome.stderr_text);
  if (end.size() > kLastWords) end.remove_prefix(end.size() - kLastWords);
  return end.empty() ? "" : "; its last words: " + visible(one_line(end, kLastWords));
}

std::string what_happened(const Outcome& outcome, const Trial& trial) {
  if (outcome.late) return "did not come back within " + duration_text(trial.limit);
  if (WIFSIGNALED(outcome.status)) {
    const char* const name = ::sigabbrev_np(WTERMSIG(outcome.status));
    return "crashed (SIG" + std::string(name != nullptr ? name : "?") + ")";
  }
  return "ended the whole process (exit code " + std::to_string(WEXITSTATUS(outcome.status)) + ")";
}

}  // namespace

Result<> try_out(const Trial& trial) {
  auto child = start(trial);
  if (!child) return std::move(child).error().in("trying it out in a process of its own");
  const Outcome outcome = child->wait(Clock::now() + trial.limit);
  const std::string module = "module " + trial.module + " ";
  if (const auto fault = outcome.said.find(static_cast<char>(TrialPhase::kFault));
      fault != std::string::npos) {
    std::string_view what = std::string_view(outcome.said).substr(fault + 1);
    what = what.substr(0, what.find('\n'));
    return invalid(module + "leaves something behind after destroy(): " + visible(what) +
                   "; a module that does that cannot be replaced while the daemon runs");
  }
  const bool ended = outcome.said.ends_with(static_cast<char>(TrialPhase::kEnd));
  const bool good = WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0;
  if (good && ended && !outcome.late) return Done{};
  const auto phase = outcome.said.empty() ? TrialPhase::kStarting : phase_of(outcome.said.back());
  return invalid(module + what_happened(outcome, trial) + " " + words(phase) +
                 " in a process of its own, where it was tried first" + last_words(outcome));
}

}  // namespace notifyd::modules
