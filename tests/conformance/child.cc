#include "child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "memory.h"

namespace conformance {
namespace {

// Shared with the child, so that its parent can read it when the child is gone. Literals have the
// same address in both.
struct Trace {
  std::array<char, 128> doing;
  const char* volatile host_call;
  const char* volatile touched;  // memory that nobody may touch
};
Trace* trace = nullptr;
int streams = -1;

Trace* shared_trace() {
  void* const page =
      mmap(nullptr, sizeof(Trace), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::runtime_error("mmap");
  return static_cast<Trace*>(page);
}

// Leaves by the default action, so that the parent sees the signal.
void on_fault(int signal, siginfo_t* info, void*) {
  if (trace != nullptr && info->si_addr != nullptr) trace->touched = Memory::at(info->si_addr);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void watch_faults() {
  static std::array<char, 64 * 1024> stack;  // the module's own may be what is full
  stack_t alternative{};
  alternative.ss_sp = stack.data();
  alternative.ss_size = stack.size();
  sigaltstack(&alternative, nullptr);
  struct sigaction action {};
  action.sa_sigaction = &on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (const int signal : {SIGSEGV, SIGBUS}) sigaction(signal, &action, nullptr);
}

void redirect_streams() {
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) return;
  streams = fileno(file);
  dup2(streams, STDOUT_FILENO);
  dup2(streams, STDERR_FILENO);
}

Verdict judged(const std::function<Verdict()>& work) {
  try {
    return work();
  } catch (const Failed& failed) {
    return {Verdict::Kind::kFail, failed.what()};
  } catch (const Skipped& skipped) {
    return {Verdict::Kind::kSkip, skipped.what()};
  } catch (const std::exception& e) {
    return {Verdict::Kind::kFail, std::string("an exception came out of it: ") + e.what()};
  } catch (...) {
    return {Verdict::Kind::kFail, "an exception came out of it"};
  }
}

[[noreturn]] void be_child(const std::function<Verdict()>& work, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  redirect_streams();
  watch_faults();
  const Verdict verdict = judged(work);
  std::string line(1, static_cast<char>(verdict.kind));
  line += verdict.why;
  const bool told = write(report, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  _exit(told ? 0 : 1);
}

// Until the other end is closed, or `limit` is over.
bool read_report(int report, std::chrono::milliseconds limit, std::string& out) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd ready{report, POLLIN, 0};
    if (left.count() <= 0) return false;
    if (poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4096> bytes{};
    const ssize_t n = read(report, bytes.data(), bytes.size());
    if (n <= 0) return true;
    out.append(bytes.data(), static_cast<std::size_t>(n));
  }
}

std::string circumstances() {
  std::string out;
  if (trace->touched != nullptr) {
    out += std::string(", touching ") + trace->touched + " past its end or after its time";
  }
  if (trace->doing[0] != '\0') out += std::string(", in ") + trace->doing.data();
  if (trace->host_call != nullptr) {
    out += std::string("; the last host function was ") + trace->host_call + "()";
  }
  return out;
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const char* const name = sigabbrev_np(WTERMSIG(status));
    return std::string("the process died of SIG") + (name != nullptr ? name : "?");
  }
  return "the process was ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Verdict run_in_child(const std::function<Verdict()>& work, std::chrono::milliseconds limit) {
  trace = shared_trace();
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    close(pipe_ends[0]);
    be_child(work, pipe_ends[1]);
  }
  close(pipe_ends[1]);
  std::string report;
  const bool in_time = read_report(pipe_ends[0], limit, report);
  close(pipe_ends[0]);
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  Verdict verdict{Verdict::Kind::kFail, ""};
  if (!in_time) {
    verdict.why = "took longer than " + std::to_string(limit.count()) + " ms" + circumstances();
  } else if (report.empty()) {
    verdict.why = how_it_ended(status) + circumstances();
  } else {
    verdict = {static_cast<Verdict::Kind>(report.front()), report.substr(1)};
  }
  munmap(trace, sizeof(Trace));
  trace = nullptr;
  return verdict;
}

void doing(const std::string& what) {
  if (trace == nullptr) return;
  trace->doing.fill('\0');
  what.copy(trace->doing.data(), trace->doing.size() - 1);
}

void note_host_call(const char* function) {
  if (trace != nullptr) trace->host_call = function;
}

std::string written_to_streams() {
  std::fflush(nullptr);
  std::string out(4096, '\0');
  const ssize_t n = streams < 0 ? 0 : pread(streams, out.data(), out.size(), 0);
  out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return out;
}

}  // namespace conformance
