#include <gmock/gmock.h>

#include "support/hostile_texts.h"
#include "unit/cli/installation.h"

namespace notifyd::cli {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;
using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Check : public testing::Test {
 protected:
  Installation here_;
};

TEST_F(Check, ShowsWhatWouldRun) {
  here_.write("conf.d/good.toml", "[good]\ntoken = \"t\"\n");
  here_.write("conf.d/work.toml", "module = \"good\"\n");
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.err, IsEmpty());
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("teleport   auth.example.com\n"),
                    HasSubstr("identity   " + here_.path("identity") + ": user access-plugin"),
                    HasSubstr("cluster sim.example.com, valid until 20"),
                    HasSubstr("notifier   good: " + here_.path("modules/libnotify_good.so") +
                              " v1.2, " + here_.path("conf.d/good.toml") + "\n"),
                    HasSubstr("notifier   work: " + here_.path("modules/libnotify_good.so")),
                    EndsWith(here_.path("notifyd.toml") +
                             " is good; neither Teleport nor a chat service was asked\n")));
}

TEST_F(Check, NamesAMistakeInTheHostsFile) {
  here_.write("conf.d/good.toml", "");
  here_.write("notifyd.toml", "modules_dir = \"" + here_.path("modules") +
                                  "\"\n[teleprt]\nidentity = \"" + here_.path("identity") + "\"\n");
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_EQ(ran.err, here_.path("notifyd.toml") +
                         ":2:2: unknown section [teleprt]; did you mean [teleport]?\n"
                         "1 thing to mend\n");
}

TEST_F(Check, NamesEverythingThereIsToMendAndCountsIt) {
  here_.install("create");
  here_.write("conf.d/create.toml", "");
  here_.write("conf.d/good.toml", "[good]\nwait = \"soon\"\n");
  here_.write("notifyd.toml", "modules_dir = \"" + here_.path("modules") +
                                  "\"\n[teleport]\nidentity = \"/nowhere/id\"\nadr = \"a:1\"\n");
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kFailed);
  std::istringstream lines(ran.err);
  std::vector<std::string> err;
  for (std::string line; std::getline(lines, line);) err.push_back(line);
  EXPECT_THAT(err, ElementsAre(StartsWith(here_.path("notifyd.toml:4:1: unknown key \"adr\"")),
                               StartsWith(here_.path("conf.d/good.toml:2:8: good.wait is no")),
                               StartsWith(here_.path("notifyd.toml:3:12: /nowhere/id: ")),
                               StartsWith(here_.path("conf.d/create.toml: module create refused")),
                               "4 things to mend"));
  EXPECT_THAT(ran.out, Not(HasSubstr("is good")));
}

TEST_F(Check, PrintsNothingFromAFileThatSteersATerminal) {
  here_.write("notifyd.toml", "\"\\u001b[2J\\u009b31m\\u202e\\u200b\" = 1\n");
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_EQ(test::let_through(ran.err, "\n"), "");
  EXPECT_THAT(ran.err, AllOf(HasSubstr("⟨U+009B⟩31m⟨U+202E⟩⟨U+200B⟩"), EndsWith("\n")));
}

TEST_F(Check, NamesAMistakeInAnInstancesFile) {
  here_.write("conf.d/good.toml", "[good]\nwait = \"soon\"\n");
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_THAT(ran.err, StartsWith(here_.path("conf.d/good.toml") +
                                  ":2:8: good.wait is no duration; write one such as"));
}

TEST_F(Check, NamesAnAddressThatIsNone) {
  here_.write("conf.d/good.toml", "");
  here_.write("notifyd.toml", "[teleport]\naddr = \"ftp://example.com\"\nidentity = \"" +
                                  here_.path("identity") + "\"\n");
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_THAT(ran.err, StartsWith(here_.path("notifyd.toml") + ":2:8: teleport.addr "));
}

TEST_F(Check, NamesAnIdentityFileThatIsMissing) {
  here_.write("conf.d/good.toml", "");
  std::filesystem::remove(here_.path("identity"));
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_THAT(ran.err, StartsWith(here_.path("notifyd.toml") + ":5:12: " + here_.path("identity")));
}

TEST_F(Check, WarnsOfAnIdentityThatOthersMayRead) {
  here_.write("conf.d/good.toml", "");
  std::filesystem::permissions(here_.path("identity"), std::filesystem::perms(0644));
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(ran.err, AllOf(StartsWith("warning: " + here_.path("notifyd.toml:5:12: ")),
                             HasSubstr("holds a secret and can be read by everybody; run chmod")));
}

TEST_F(Check, NamesAnExpiredCertificateAndWhatToRun) {
  here_.write("conf.d/good.toml", "");
  here_.identity_valid_until(system_clock::now() - hours(1));
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("expired"), HasSubstr("tctl auth sign")));
}

TEST_F(Check, WarnsAboutACertificateThatEndsSoon) {
  here_.write("conf.d/good.toml", "");
  here_.identity_valid_until(system_clock::now() + hours(5));
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kOk) << ran.err;
  EXPECT_THAT(
      ran.err,
      AllOf(ContainsRegex("^warning: the certificate in .*/identity ends in 4 hours; renew"),
            HasSubstr("tctl auth sign")));
}

TEST_F(Check, CountsTheLastHoursOfACertificateInMinutes) {
  here_.write("conf.d/good.toml", "");
  here_.identity_valid_until(system_clock::now() + std::chrono::minutes(30));
  EXPECT_THAT(here_.check().err,
              ContainsRegex("^warning: the certificate in .*/identity ends in 29 minutes; renew"));
}

TEST_F(Check, NamesALogFileThatCannotBe) {
  here_.write("conf.d/good.toml", "");
  const auto with_output = [&](const std::string& output) {
    here_.write("notifyd.toml", "[log]\noutput = \"" + output + "\"\n[teleport]\nidentity = \"" +
                                    here_.path("identity") + "\"\n");
    return here_.check().err;
  };
  const std::string at = here_.path("notifyd.toml") + ":2:10: log.output: ";
  EXPECT_THAT(with_output(here_.path("conf.d")),
              StartsWith(at + here_.path("conf.d") + " is a directory; write the path of a file"));
  EXPECT_THAT(with_output(here_.path("none/x.log")),
              StartsWith(at + here_.path("none") + " is no directory; make it"));
  with_output(here_.path("x.log"));
  EXPECT_FALSE(std::filesystem::exists(here_.path("x.log")));
}

TEST_F(Check, NamesAModuleThatRefusesToStart) {
  here_.install("create");
  here_.write("conf.d/create.toml", "");
  const auto ran = here_.check();
  EXPECT_EQ(ran.code, kFailed);
  EXPECT_THAT(ran.err, AllOf(StartsWith(here_.path("conf.d/create.toml")),
                             HasSubstr("good.token is missing")));
}

}  // namespace
}  // namespace notifyd::cli
