#include "sim/demo/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <csignal>

#include "base/fd.h"

namespace notifyd::sim {
namespace {

using ::testing::HasSubstr;

Result<CommandEnd> shell(const std::string& script) {
  return run_command({"/bin/sh", "-c", script});
}

TEST(Command, BothStreamsComeInTheOrderInWhichTheyWereWritten) {
  const auto end = shell("echo one; echo two >&2; echo three; exit 3");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->output, "one\ntwo\nthree\n");
}

TEST(Command, MoreThanAPipeHoldsComesWhole) {
  const auto end = shell("head -c 300000 /dev/zero | tr '\\0' x");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->output, std::string(300'000, 'x'));
}

TEST(Command, OfAProgramThatIsMissingSaysSo) {
  const auto end = run_command({"/no/such/program"});
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().message, HasSubstr("/no/such/program: No such file"));
}

TEST(Command, EndedByASignalSaysWhich) {
  const auto end = shell("kill -TERM $$; echo still here");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 128 + SIGTERM);
  EXPECT_EQ(end->output, "");
}

TEST(Command, InheritsNoDescriptors) {
  const Fd open(::dup(STDOUT_FILENO));  // without close-on-exec, as a library's may be
  const auto end = shell("test ! -e /proc/$$/fd/" + std::to_string(open.get()));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 0);
}

}  // namespace
}  // namespace notifyd::sim
