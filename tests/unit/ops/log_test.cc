#include "ops/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>
#include <vector>

#include "support/hostile_texts.h"
#include "support/temp_dir.h"

namespace notifyd::ops {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class LogTest : public testing::Test {
 protected:
  std::shared_ptr<DaemonLog> open(Severity severity = Severity::kInfo) {
    auto log = open_log({path_, severity});
    EXPECT_TRUE(log.ok());
    return *log;
  }
  static std::string contents(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::string contents() const { return contents(path_); }

  test::TempDir dir_;
  std::string path_ = dir_.path("x.log");
};

TEST_F(LogTest, LineHasTimeSeverityMessageAndFields) {
  Log(open()).with({{"instance", "slack"}}).info("announced", {{"request", "a b"}});
  EXPECT_THAT(contents(), MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\."
                                       "[0-9]{3}Z INFO  announced request=\"a b\" "
                                       "instance=slack\n"));
}

TEST_F(LogTest, SeveritiesAreWrittenFiveWide) {
  const Log log(open(Severity::kDebug));
  log.debug("a");
  log.info("a");
  log.warn("a");
  log.error("a");
  EXPECT_THAT(contents(), HasSubstr("Z DEBUG a\n"));
  EXPECT_THAT(contents(), HasSubstr("Z INFO  a\n"));
  EXPECT_THAT(contents(), HasSubstr("Z WARN  a\n"));
  EXPECT_THAT(contents(), HasSubstr("Z ERROR a\n"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheSeverity) {
  const Log log(open(Severity::kWarn));
  log.info("quiet");
  log.warn("loud");
  EXPECT_THAT(contents(), Not(HasSubstr("quiet")));
  EXPECT_THAT(contents(), HasSubstr("loud"));
  EXPECT_FALSE(log.enabled(Severity::kInfo));
}

TEST_F(LogTest, AppendsToTheFile) {
  dir_.write("x.log", "before\n");
  Log(open()).info("after");
  EXPECT_THAT(contents(), testing::StartsWith("before\n"));
  EXPECT_THAT(contents(), EndsWith("INFO  after\n"));
}

TEST_F(LogTest, FileIsNotForTheWorld) {
  open();
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07137U, 0U);
}

TEST_F(LogTest, LineStaysOneLineAndFormatsNothing) {
  Log(open()).info("one\ntwo {} %v\x1b[1m");
  EXPECT_THAT(contents(), EndsWith("INFO  one two {} %v␛[1m\n"));
}

// Whatever a requester, a server or a module wrote, and wherever it comes to stand.
TEST_F(LogTest, LetsNoneOf651InjectedLinesThrough) {
  const auto sink = open();
  const Log log(sink);
  const auto line_of = [&](const std::function<void()>& say) {
    const std::size_t before = contents().size();
    say();
    return contents().substr(before);
  };
  int injected = 0, through = 0;
  for (const std::string& text : test::hostile_texts()) {
    const std::string quoted = "\"" + text + "\"";
    for (const auto& say : std::vector<std::function<void()>>{
             [&] { log.info(text); }, [&] { log.warn("cannot reach " + quoted); },
             [&] {
               log.info("announced", {{"request", text}});
             },
             [&] {
               log.info("announced", {{"reason", quoted}, {"recipient", "#dev"}});
             },
             [&] {
               log.with({{"instance", text}}).info("announced");
             },
             [&] {
               log.error("refused", {{"detail", "x " + text}, {"label", text}});
             },
             [&] { log.say(Severity::kInfo, "as a module says it: " + text); }}) {
      ++injected;
      const std::string line = line_of(say);
      const bool good = line.ends_with('\n') && test::let_through(line, "\n").empty() &&
                        std::ranges::count(line, '\n') == 1;
      through += good ? 0 : 1;
      EXPECT_TRUE(good) << test::let_through(line, "\n") << " in " << line;
    }
  }
  EXPECT_EQ(injected, 651);
  EXPECT_EQ(through, 0);
}

TEST_F(LogTest, GoesOnInANewFileAfterReopen) {
  const auto sink = open();
  const Log log(sink);
  log.info("first");
  std::filesystem::rename(path_, dir_.path("x.log.1"));
  log.info("second");
  ASSERT_TRUE(sink->reconfigure({path_}).ok());
  log.info("third");
  EXPECT_THAT(contents(dir_.path("x.log.1")), HasSubstr("second\n"));
  EXPECT_THAT(contents(), EndsWith("third\n"));
  EXPECT_THAT(contents(), Not(HasSubstr("second")));
}

TEST_F(LogTest, GoesOnAtTheSeverityThatItIsGiven) {
  const auto sink = open();
  ASSERT_TRUE(sink->reconfigure({path_, Severity::kError}).ok());
  Log(sink).info("not any more");
  Log(sink).error("still here");
  EXPECT_THAT(contents(), Not(HasSubstr("not any more")));
  EXPECT_THAT(contents(), HasSubstr("still here"));
}

TEST_F(LogTest, GoesOnInTheOldFileWhenReopenFails) {
  path_ = dir_.path("sub/x.log");
  dir_.write("sub/x.log", "");
  const auto sink = open();
  std::filesystem::rename(dir_.path("sub"), dir_.path("moved"));
  EXPECT_FALSE(sink->reconfigure({path_}).ok());
  Log(sink).info("still here");
  EXPECT_THAT(contents(dir_.path("moved/x.log")), HasSubstr("still here"));
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
  const Log log(open());
  constexpr int kThreads = 4, kLines = 200;
  {
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([log] {
        for (int i = 0; i < kLines; ++i) log.info(std::string(300, 'x'));
      });
    }
  }
  std::istringstream lines(contents());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    ASSERT_THAT(line, EndsWith("INFO  " + std::string(300, 'x')));
  }
  EXPECT_EQ(count, kThreads * kLines);
}

TEST(Log, FileThatCannotBeOpenedIsNamedWithWhatToDo) {
  const auto log = open_log({"/nowhere/x.log", Severity::kInfo});
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().message,
            "log.output: /nowhere is no directory; make it, or name a file elsewhere, or write "
            "\"stderr\"");
}

std::string refusal(const std::string& path) {
  const auto log = open_log({path, Severity::kInfo});
  return log ? "opened" : log.error().message;
}

// Without a reader a pipe would hold up the start for ever.
TEST(Log, ThatIsAPipeIsRefusedAtOnce) {
  const test::TempDir dir;
  ASSERT_EQ(::mkfifo(dir.path("x.log").c_str(), 0600), 0);
  EXPECT_THAT(refusal(dir.path("x.log")), HasSubstr(dir.path("x.log") + " is a pipe"));
  EXPECT_THAT(judge_log({dir.path("x.log")}).error().message, HasSubstr("is a pipe"));
}

TEST(Log, ThatIsADirectoryIsRefused) {
  const test::TempDir dir;
  EXPECT_THAT(refusal(dir.path()), HasSubstr(" is a directory; write the path of a file in it"));
}

TEST(Log, MayGoNowhere) { EXPECT_EQ(refusal("/dev/null"), "opened"); }

TEST(Log, FollowsALinkOfTheOperators) {
  const test::TempDir dir;
  std::filesystem::create_symlink("real.log", dir.path("x.log"));
  EXPECT_EQ(refusal(dir.path("x.log")), "opened");
  EXPECT_TRUE(std::filesystem::exists(dir.path("real.log")));
}

TEST(Log, WhereAnybodyCanPlantALinkIsRefused) {
  const test::TempDir dir;
  ASSERT_EQ(::chmod(dir.path().c_str(), 0777), 0);
  EXPECT_THAT(refusal(dir.path("x.log")), HasSubstr(" (mode 0777, user "));
  EXPECT_FALSE(std::filesystem::exists(dir.path("x.log")));
}

TEST(Log, FollowsNoLinkThatSomebodyElsePlanted) {
  const test::TempDir dir;
  const std::string victim = dir.write("victim", "before\n");
  std::filesystem::create_symlink(victim, dir.path("x.log"));
  if (::lchown(dir.path("x.log").c_str(), 4321, 4321) != 0) GTEST_SKIP() << "needs root";
  ASSERT_EQ(::chmod(dir.path().c_str(), 01777), 0);
  EXPECT_THAT(refusal(dir.path("x.log")), HasSubstr("belongs to user 4321"));
  EXPECT_EQ(std::filesystem::file_size(victim), 7U);
}

TEST(Log, IsNoSecondNameOfAFileWhereOthersCanGiveOne) {
  const test::TempDir dir;
  const std::string victim = dir.write("victim", "before\n");
  std::filesystem::create_hard_link(victim, dir.path("x.log"));
  ASSERT_EQ(::chmod(dir.path().c_str(), 01777), 0);
  EXPECT_THAT(refusal(dir.path("x.log")), HasSubstr("is a second name of another file"));
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  EXPECT_EQ(refusal(dir.path("x.log")), "opened");
}

// As images of nginx do it; what it ends in cannot be opened by its name when it is a pipe.
TEST(Log, ThatIsALinkToAStreamIsThatStream) {
  const test::TempDir dir;
  std::filesystem::create_symlink("/dev/stdout", dir.path("x.log"));
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const int before = ::dup(STDOUT_FILENO);
  ASSERT_EQ(::dup2(pipe[1], STDOUT_FILENO), STDOUT_FILENO);
  const auto log = open_log({dir.path("x.log"), Severity::kInfo});
  const auto judged = judge_log({dir.path("x.log")});
  if (log) Log(*log).info("to the pipe");
  ::dup2(before, STDOUT_FILENO);
  for (const int fd : {before, pipe[1]}) ::close(fd);
  EXPECT_TRUE(log.ok()) << log.error().message;
  EXPECT_TRUE(judged.ok()) << judged.error().message;
  std::array<char, 200> text{};
  EXPECT_GT(::read(pipe[0], text.data(), text.size()), 0);
  EXPECT_THAT(text.data(), EndsWith("INFO  to the pipe\n"));
  ::close(pipe[0]);
}

TEST(Log, ThatIsAnotherDescriptorOfOursIsRefused) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  EXPECT_THAT(refusal("/proc/self/fd/" + std::to_string(pipe[1])),
              HasSubstr("leads to descriptor " + std::to_string(pipe[1]) + " of this program"));
  for (const int fd : pipe) ::close(fd);
}

TEST(Log, ThatHasNoDeviceBehindItIsNotSaidToBeReplaced) {
  const int terminal = ::open("/dev/tty", O_WRONLY | O_NOCTTY);
  const bool there = terminal >= 0;
  if (there) ::close(terminal);
  if (there) GTEST_SKIP() << "there is a terminal";
  EXPECT_THAT(refusal("/dev/tty"), HasSubstr("/dev/tty cannot be opened for appending"));
}

TEST(Log, StreamsAreWrittenDirectly) {
  testing::internal::CaptureStdout();
  Log(*open_log({"stdout", Severity::kInfo})).info("to stdout");
  EXPECT_THAT(testing::internal::GetCapturedStdout(), EndsWith("INFO  to stdout\n"));
  testing::internal::CaptureStderr();
  Log(*open_log({"stderr", Severity::kInfo})).info("to stderr");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), EndsWith("INFO  to stderr\n"));
}

TEST(Log, StreamsNeedNoReopening) {
  EXPECT_TRUE((*open_log({"stderr", Severity::kInfo}))->reconfigure({"stderr"}).ok());
}

}  // namespace
}  // namespace notifyd::ops
