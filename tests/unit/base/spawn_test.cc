#include "base/spawn.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace notifyd {
namespace {

// As waitpid() has it.
int status_of(const std::string& script, const ChildFiles& files) {
  const auto pid = spawn({"/bin/sh", "-c", script}, files);
  EXPECT_TRUE(pid);
  int status = -1;
  if (pid) ::waitpid(*pid, &status, 0);
  return status;
}

TEST(Spawn, OfAProgramThatIsMissingSaysSo) {
  const auto pid = spawn({"/no/such/program"}, ChildFiles());
  ASSERT_FALSE(pid);
  EXPECT_EQ(pid.error().message, "starting /no/such/program: No such file or directory");
}

TEST(Spawn, APipeBringsWhatTheChildWrites) {
  auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  ChildFiles files;
  files.give(pipe->write.get(), STDOUT_FILENO);
  EXPECT_EQ(status_of("printf heard", files), 0);
  std::string heard(5, ' ');
  EXPECT_EQ(::read(pipe->read.get(), heard.data(), heard.size()), 5);
  EXPECT_EQ(heard, "heard");
}

TEST(Spawn, SignalsThatAreBlockedOrIgnoredHereEndTheChild) {
  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &terminate, &before);
  const auto handler = ::signal(SIGTERM, SIG_IGN);
  const int status = status_of("kill -TERM $$", ChildFiles());
  ::signal(SIGTERM, handler);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST(Spawn, DescriptorsWithoutCloseOnExecCanBeKeptBack) {
  const Fd open(::dup(STDOUT_FILENO));
  const std::string is_there = "test -e /proc/$$/fd/" + std::to_string(open.get());
  EXPECT_EQ(status_of(is_there, ChildFiles()), 0);
  ChildFiles files;
  files.close_all_from(STDERR_FILENO + 1);
  EXPECT_NE(status_of(is_there, files), 0);
}

}  // namespace
}  // namespace notifyd
