#include "process_state.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <thread>

namespace conformance {
namespace {

namespace fs = std::filesystem;

std::size_t threads_now() {
  const fs::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

}  // namespace

// A joined thread is in the list for a moment more.
std::size_t threads() {
  for (int i = 0; i < 20 && threads_now() > 1; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return threads_now();
}

std::map<int, std::string> open_files() {
  std::map<int, std::string> files;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string to = fs::read_symlink(entry.path(), gone).string();
    const bool ours = to.find("/proc/") == 0;  // the directory that is being read
    if (!gone && !ours) files[std::stoi(entry.path().filename().string())] = to;
  }
  return files;
}

std::string signal_state() {
  std::string out;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0) continue;
    out.append(reinterpret_cast<const char*>(&action.sa_sigaction), sizeof action.sa_sigaction);
  }
  sigset_t mask{};
  sigprocmask(SIG_SETMASK, nullptr, &mask);
  for (int signal = 1; signal < NSIG; ++signal) out += sigismember(&mask, signal) == 1 ? '1' : '0';
  return out;
}

std::map<std::string, std::string> settings() {
  const mode_t mask = umask(0);
  umask(mask);
  std::string environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    environment += std::string(*entry) + '\n';
  }
  std::error_code gone;
  return {{"the locale", std::setlocale(LC_ALL, nullptr)},
          {"the working directory", fs::current_path(gone).string()},
          {"the umask", std::to_string(mask)},
          {"the environment", environment}};
}

}  // namespace conformance
