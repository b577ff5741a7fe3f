#include "module/trial.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/fd.h"
#include "base/spawn.h"
#include "base/text.h"
#include "base/time_text.h"

namespace notifyd::modules {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 65'536;
constexpr std::size_t kLastWords = 300;
constexpr int kLookMs = 5;
constexpr std::string_view kMemoryPath = "/proc/self/fd/";

// A copy in memory is found by the number of its descriptor.
int memory_of(const std::string& path) {
  int number = -1;
  if (path.starts_with(kMemoryPath)) {
    std::from_chars(path.data() + kMemoryPath.size(), path.data() + path.size(), number);
  }
  return number;
}

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
  ChildFiles files;
  // First what keeps its number: the others go to low ones, which it cannot have.
  if (const int memory = memory_of(trial.copy); memory >= 0) files.give(memory, memory);
  files.give_nothing(STDIN_FILENO, O_RDONLY);
  files.give_nothing(STDOUT_FILENO, O_WRONLY);
  files.give(errors->write.get(), STDERR_FILENO);
  files.give(phases->write.get(), kTrialPipe);
  std::vector<std::string> words{trial.program};
  words.insert(words.end(), trial.arguments.begin(), trial.arguments.end());
  auto pid = spawn(std::move(words), files);
  if (!pid) return std::move(pid).error();
  return Child(*pid, *std::move(phases), *std::move(errors));
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
