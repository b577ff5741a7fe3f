#include "support/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/wait.h"

namespace notifyd::test {
namespace {

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> all(strings.size() + 1, nullptr);  // ends with a nullptr
  std::ranges::transform(strings, all.begin(), [](std::string& s) { return s.data(); });
  return all;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (added.count(std::string(text.substr(0, text.find('=')))) == 0) all.emplace_back(text);
  }
  for (const auto& [key, value] : added) all.push_back(key + "=" + value);
  return all;
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Process::Process(std::vector<std::string> command,
                 const std::map<std::string, std::string>& environment) {
  auto variables = environment_with(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kCreate = O_WRONLY | O_CREAT | O_APPEND;
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, dir_.path("out").c_str(), kCreate,
                                   0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, dir_.path("err").c_str(), kCreate,
                                   0600);
  const int error = posix_spawnp(&pid_, command.at(0).c_str(), &actions, nullptr,
                                 pointers(command).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + command[0]);
}

Process::~Process() {
  if (!running()) return;
  signal(SIGKILL);
  wait();
}

void Process::signal(int number) const { ::kill(pid_, number); }

bool Process::running() {
  if (exit_code_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  exit_code_ = exit_code_of(status);
  return false;
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
  wait_until([this] { return !running(); }, limit);
  return exit_code_;
}

std::string Process::out() const { return contents(dir_.path("out")); }
std::string Process::err() const { return contents(dir_.path("err")); }

Finished run(std::vector<std::string> command,
             const std::map<std::string, std::string>& environment) {
  Process process(std::move(command), environment);
  const auto code = process.wait(std::chrono::seconds(60));
  if (!code) throw std::runtime_error("did not end");
  return {*code, process.out(), process.err()};
}

}  // namespace notifyd::test
