#include "sim/demo/command.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/fd.h"
#include "base/spawn.h"

namespace notifyd::sim {
namespace {

std::string all_of(const Fd& from) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t n = ::read(from.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<CommandEnd> run_command(std::vector<std::string> words) {
  auto output = make_pipe();
  if (!output) return std::move(output).error();
  ChildFiles files;
  files.give_nothing(STDIN_FILENO, O_RDONLY);
  files.give(output->write.get(), STDOUT_FILENO);
  files.give(output->write.get(), STDERR_FILENO);
  files.close_all_from(STDERR_FILENO + 1);
  const Result<pid_t> pid = spawn(std::move(words), files);
  if (!pid) return pid.error();
  output->write = Fd();  // so that reading ends with the command
  CommandEnd end;
  end.output = all_of(output->read);
  end.exit_code = wait_for(*pid);
  return end;
}

}  // namespace notifyd::sim
