// Trials, with a shell in the child's part; and that part, in a fork of this program.
#include "module/trial.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/fd.h"
#include "module_dir.h"
#include "support/wait.h"

namespace notifyd::modules {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kTriedFirst[] = " in a process of its own, where it was tried first";
// All that a good module's child says, phase by phase.
constexpr char kGood[] = "printf slcdue >&3";

Trial shell(const std::string& script) {
  Trial trial;
  trial.program = "/bin/sh";
  trial.arguments = {"-c", script};
  trial.module = "chat";
  return trial;
}

std::string fault_of(const Trial& trial) {
  const auto tried = try_out(trial);
  return tried ? "accepted" : tried.error().message;
}

TEST(Trial, AcceptsWhatComesThroughAllPhases) { EXPECT_TRUE(try_out(shell(kGood))); }

TEST(Trial, NamesTheSignalAndThePhaseOfACrash) {
  EXPECT_EQ(fault_of(shell("printf slc >&3; kill -SEGV $$")),
            std::string("module chat crashed (SIGSEGV) in create()") + kTriedFirst);
}

TEST(Trial, NamesTheExitCodeOfAModuleThatEndsTheProcess) {
  EXPECT_EQ(fault_of(shell("printf sl >&3; exit 3")),
            std::string("module chat ended the whole process (exit code 3) while it was being "
                        "loaded") +
                kTriedFirst);
}

TEST(Trial, IsNotTakenInByAnExitWithoutAnError) {
  EXPECT_THAT(fault_of(shell("printf slcd >&3")),
              HasSubstr("ended the whole process (exit code 0) in destroy()"));
}

TEST(Trial, IsNotTakenInByAnErrorAtTheVeryEnd) {
  EXPECT_THAT(fault_of(shell("printf slcdue >&3; exit 1")), HasSubstr("(exit code 1)"));
}

TEST(Trial, EndsAChildThatDoesNotComeBack) {
  Trial trial = shell("printf slcdu >&3; sleep 1000");
  trial.limit = milliseconds(200);
  const auto before = steady_clock::now();
  EXPECT_EQ(fault_of(trial),
            std::string("module chat did not come back within 200ms while it was being unloaded") +
                kTriedFirst);
  EXPECT_LT(steady_clock::now(), before + seconds(30));
}

TEST(Trial, EndsWhatTheChildLeftBehind) {
  const test::TempDir dir;
  const std::string file = dir.path("pid");
  ASSERT_TRUE(try_out(shell("sleep 1000 >&- 2>&- 3>&- & echo $! > " + file + "; " + kGood)));
  std::string pid;
  ASSERT_TRUE(std::getline(std::ifstream(file), pid));
  // Where nobody waits for orphans it stays as a zombie.
  EXPECT_TRUE(test::wait_until([&] {
    const std::string stat = test::bytes_of("/proc/" + pid + "/stat");
    return stat.empty() || stat.find(") Z") != std::string::npos;
  }));
}

TEST(Trial, SaysWhatTheChildFoundLeftBehind) {
  EXPECT_EQ(fault_of(shell("printf 'slcd!a thread of it goes on\\n' >&3")),
            "module chat leaves something behind after destroy(): a thread of it goes on; a module "
            "that does that cannot be replaced while the daemon runs");
}

TEST(Trial, QuotesTheLastWordsOnOneLine) {
  EXPECT_THAT(fault_of(shell("printf sl >&3; printf 'no such\\nthing\\033[2J' >&2; exit 1")),
              AllOf(HasSubstr("; its last words: no such thing"), ::testing::Not(HasSubstr("\033")),
                    ::testing::Not(HasSubstr("\n"))));
}

TEST(Trial, QuotesOnlyTheEndOfManyWords) {
  const std::string fault = fault_of(
      shell("printf sl >&3; head -c 200000 /dev/zero | tr '\\0' x >&2; printf end >&2; exit 1"));
  EXPECT_THAT(fault, EndsWith("xxxend"));
  EXPECT_LT(fault.size(), 1'000U);
}

TEST(Trial, OfAProgramThatIsNotThereSaysSo) {
  Trial trial = shell("");
  trial.program = "/nowhere/program";
  EXPECT_THAT(fault_of(trial), StartsWith("trying it out in a process of its own: starting "
                                          "/nowhere/program: "));
}

TEST(Trial, GivesTheChildNothingToReadAndNowhereToPrint) {
  EXPECT_TRUE(try_out(shell(std::string("test -z \"$(cat)\" || exit 1; echo printed; ") + kGood)));
}

TEST(Trial, GivesTheChildItsSignalsAsByDefault) {
  const auto before = std::signal(SIGUSR1, SIG_IGN);
  EXPECT_THAT(fault_of(shell("kill -USR1 $$; printf slcdue >&3")), HasSubstr("crashed (SIGUSR1)"));
  std::signal(SIGUSR1, before);
}

TEST(Trial, GivesTheChildACopyInMemoryByItsNumber) {
  const Fd made(::memfd_create("copy", MFD_CLOEXEC));
  const Fd memory(::fcntl(made.get(), F_DUPFD_CLOEXEC, kTrialPipe + 1));  // as a daemon's are
  ASSERT_EQ(::write(memory.get(), "code", 4), 4);
  Trial trial = shell("");
  trial.copy = "/proc/self/fd/" + std::to_string(memory.get());
  trial.arguments = {"-c", "test \"$(cat " + trial.copy + ")\" = code && " + kGood};
  EXPECT_TRUE(try_out(trial));
}

// ---- The child's part ----

// What a child says that plays one of tests/modules.
std::string said_by(const std::string& module) {
  test::ModuleDir dir;
  const std::string path = dir.add(module);
  std::array<int, 2> phases{};
  if (::pipe2(phases.data(), O_CLOEXEC) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(phases[1], kTrialPipe);
    auto library = Library::of_copy(path, module);
    if (!library) std::_Exit(9);
    play(*std::move(library), "chat", {}, false);
    say(TrialPhase::kEnd);
    std::_Exit(0);
  }
  ::close(phases[1]);
  const Fd read_end(phases[0]);
  std::string said;
  std::array<char, 256> buffer{};
  for (ssize_t n = 0; (n = ::read(read_end.get(), buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<std::size_t>(n));
  }
  ::waitpid(child, nullptr, 0);
  return said;
}

TEST(TrialChild, CreatesDestroysAndUnloads) { EXPECT_EQ(said_by("good"), "cdue"); }

// Why, the daemon hears from the module itself.
TEST(TrialChild, OfAModuleThatRefusesToStartHasNoFault) { EXPECT_EQ(said_by("create"), "cue"); }

TEST(TrialChild, SaysWhatIsLeftBehindAndDoesNotUnload) {
  EXPECT_EQ(said_by("leak_thread"), "cd!a thread of it goes on\n");
  EXPECT_THAT(said_by("leak_key"), StartsWith("cd!it keeps a pthread key"));
}

}  // namespace
}  // namespace notifyd::modules
