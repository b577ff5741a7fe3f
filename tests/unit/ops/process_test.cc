#include "ops/process.h"

#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace notifyd::ops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Each runs in a process of its own: what is set cannot be unset.
class ProcessDeathTest : public testing::Test {
 protected:
  ProcessDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

[[noreturn]] void end(bool good) { ::_exit(good ? 0 : 1); }

rlim_t core_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  return limit.rlim_cur;
}

TEST_F(ProcessDeathTest, LeavesNoCoreDump) {
  EXPECT_EXIT(
      {
        prepare_process();
        end(::prctl(PR_GET_DUMPABLE) == 0 && core_limit() == 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(ProcessDeathTest, LeavesOneWhenAskedTo) {
  EXPECT_EXIT(
      {
        ::prctl(PR_SET_DUMPABLE, 1);
        ::setenv(kCoreDumpsVariable, "1", 1);
        prepare_process();
        end(::prctl(PR_GET_DUMPABLE) == 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(ProcessDeathTest, SurvivesABrokenPipe) {
  EXPECT_EXIT(
      {
        prepare_process();
        int ends[2];
        if (::pipe(ends) != 0) end(false);
        ::close(ends[0]);
        end(::write(ends[1], "x", 1) == -1);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(ProcessDeathTest, MakesFilesThatAreNotForTheWorld) {
  EXPECT_EXIT(
      {
        prepare_process();
        end(::umask(0) == 027);
      },
      testing::ExitedWithCode(0), "");
}

class Lines : public LogSink {
 public:
  explicit Lines(Severity severity = Severity::kDebug) : severity_(severity) {}
  bool enabled(Severity severity) const override { return severity == severity_; }
  void write(Severity, std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;

 private:
  const Severity severity_;
};

TEST_F(ProcessDeathTest, WritesNoKeysOfItsConnectionsDownAndSaysSo) {
  EXPECT_EXIT(
      {
        ::setenv("SSLKEYLOGFILE", "/dev/null", 1);
        prepare_process();
        const auto warnings = std::make_shared<Lines>(Severity::kWarn);
        note_ignored_environment(Log(warnings));
        end(::getenv("SSLKEYLOGFILE") == nullptr && warnings->lines.size() == 1 &&
            warnings->lines[0].find("variable=SSLKEYLOGFILE") != std::string::npos);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Process, FailFastOfTheChartsIsNotedAndNotUsed) {
  const auto sink = std::make_shared<Lines>();
  ::unsetenv("TELEPORT_PLUGIN_FAIL_FAST");
  note_ignored_environment(Log(sink));
  EXPECT_THAT(sink->lines, IsEmpty());
  ::setenv("TELEPORT_PLUGIN_FAIL_FAST", "true", 1);
  note_ignored_environment(Log(sink));
  ::unsetenv("TELEPORT_PLUGIN_FAIL_FAST");
  EXPECT_THAT(sink->lines, ElementsAre(HasSubstr("variable=TELEPORT_PLUGIN_FAIL_FAST")));
}

}  // namespace
}  // namespace notifyd::ops
