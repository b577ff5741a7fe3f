// The conformance kit: what behaves passes, and whoever does one thing wrong fails one case, that
// one. tests/modules has the modules: one source, one build for each fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Checked {
  int exit_code = -1;
  std::string output;
  std::vector<std::string> passed, failed, skipped;  // names of cases
};

std::string name_in(const std::string& line) {
  const std::size_t begin = line.find(" - ") + 3;
  return line.substr(begin, line.find(' ', begin) - begin);
}

Checked modcheck(const std::string& arguments) {
  Checked checked;
  const std::string command = std::string(MODCHECK) + " " + arguments + " 2>&1";
  std::FILE* const pipe = popen(command.c_str(), "r");  // NOLINT(cert-env33-c): all of it is ours
  std::array<char, 4096> bytes{};
  while (const std::size_t n = std::fread(bytes.data(), 1, bytes.size(), pipe)) {
    checked.output.append(bytes.data(), n);
  }
  checked.exit_code = WEXITSTATUS(pclose(pipe));
  std::istringstream lines(checked.output);
  for (std::string line; std::getline(lines, line);) {
    const bool skipped = line.find("# SKIP") != std::string::npos;
    if (line.rfind("not ok ", 0) == 0) checked.failed.push_back(name_in(line));
    if (line.rfind("ok ", 0) == 0) {
      (skipped ? checked.skipped : checked.passed).push_back(name_in(line));
    }
  }
  return checked;
}

std::string test_module(const std::string& name) {
  return std::string(TEST_MODULES) + "/libnotify_" + name + ".so";
}

// ---- What behaves ----

struct Good {
  std::string module, config;
};
std::ostream& operator<<(std::ostream& out, const Good& good) { return out << good.module; }
class Conforms : public ::testing::TestWithParam<Good> {};

TEST_P(Conforms, InAll) {
  std::string arguments = GetParam().module;
  if (!GetParam().config.empty()) {
    arguments += std::string(" --config ") + CONFIGURATIONS + "/" + GetParam().config;
  }
  const Checked checked = modcheck(arguments);
  EXPECT_THAT(checked.failed, IsEmpty()) << checked.output;
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_GT(checked.passed.size(), 20U) << checked.output;
}

INSTANTIATE_TEST_SUITE_P(
    Modules, Conforms,
    ::testing::Values(Good{test_module("behaves"), ""},
                      Good{test_module("answers_from_a_thread"), ""},
                      Good{test_module("newer"), ""},
                      Good{std::string(BUILT_MODULES) + "/libnotify_example.so", ""},
                      Good{std::string(BUILT_MODULES) + "/libnotify_slack.so", "slack.toml"},
                      Good{std::string(BUILT_MODULES) + "/libnotify_webhook.so", "webhook.toml"}),
    [](const auto& good) {
      const std::size_t begin = good.param.module.find("libnotify_") + 10;
      return good.param.module.substr(begin, good.param.module.size() - begin - 3);
    });

TEST(Rust, Conforms) {
  const std::string module = test_module("rust");
  if (!std::filesystem::exists(module)) GTEST_SKIP() << "rustc is not installed";
  const Checked checked = modcheck(module);
  EXPECT_THAT(checked.failed, IsEmpty()) << checked.output;
  EXPECT_GT(checked.passed.size(), 20U) << checked.output;
}

TEST(Modcheck, SkipsNothingOfAModuleThatHasItAll) {
  EXPECT_THAT(modcheck(test_module("behaves")).skipped, IsEmpty());
}

// ---- What is written about the webhook module ----

std::string contents(const std::string& file) {
  std::ifstream in(std::string(SOURCE) + "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

Checked webhook_with(const std::string& config) {
  const std::string file = ::testing::TempDir() + "webhook_" + std::to_string(getpid()) + ".toml";
  std::ofstream(file) << config;
  const Checked checked = modcheck(std::string(BUILT_MODULES) + "/libnotify_webhook.so --config " +
                                   file + " --only '^(starts|delivers)$'");
  std::filesystem::remove(file);
  return checked;
}

// Every option, as its comment has it; the one place is left out for the several.
TEST(WebhookSample, WorksWithAllOfItsOptions) {
  std::string config = contents("conf.d/webhook.toml.sample");
  config = std::regex_replace(config, std::regex("\nurl = [^\n]*"), "\n");
  config =
      std::regex_replace(config, std::regex("\n#([a-z_]+ = |\\[|\\{|\"|'''| \"state)"), "\n$1");
  ASSERT_THAT(config, HasSubstr("\nfallback = "));
  const Checked checked = webhook_with(config);
  EXPECT_THAT(checked.passed, ElementsAre("starts", "delivers")) << checked.output << config;
}

TEST(WebhookPage, HasABodyThatWorks) {
  const std::string page = contents("docs/webhook.md");
  const std::size_t begin = page.find("```toml\n") + 8;
  std::string config = page.substr(begin, page.find("```", begin) - begin);
  config = std::regex_replace(config, std::regex("url = [^\n]*"), "url = \"https://example.com/\"");
  const Checked checked = webhook_with(config);
  EXPECT_THAT(checked.passed, ElementsAre("starts", "delivers")) << checked.output << config;
}

// ---- What does not ----

struct Fault {
  const char* module;
  const char* fails;
  const char* says;
};
std::ostream& operator<<(std::ostream& out, const Fault& fault) { return out << fault.module; }
class Misbehaves : public ::testing::TestWithParam<Fault> {};

TEST_P(Misbehaves, InExactlyItsOwnCase) {
  const bool hangs = std::string(GetParam().module).rfind("hangs", 0) == 0;
  const Checked checked =
      modcheck(test_module(GetParam().module) + (hangs ? " --time-limit 2" : ""));
  EXPECT_THAT(checked.failed, ElementsAre(GetParam().fails)) << checked.output;
  EXPECT_THAT(checked.output, HasSubstr(GetParam().says));
  EXPECT_EQ(checked.exit_code, 1);
}

constexpr std::array kFile{Fault{"magic", "file", "NOTIFY_MAGIC"},
                           Fault{"major", "file", "major version 7"},
                           Fault{"minor", "file", "upgrade the daemon"},
                           Fault{"size_small", "file", "size"},
                           Fault{"size_huge", "file", "size"},
                           Fault{"size_past_end", "file", "past the end"},
                           Fault{"no_symbol", "file", "does not export"},
                           Fault{"extra_export", "file", "extra_symbol"},
                           Fault{"unique", "file", "unique_symbol"},
                           Fault{"textrel", "file", "text relocations"},
                           Fault{"execstack", "file", "stack"},
                           Fault{"runpath", "file", "RUNPATH"},
                           Fault{"rpath", "file", "RPATH"},
                           Fault{"nodelete", "file", "NODELETE"}};
INSTANTIATE_TEST_SUITE_P(File, Misbehaves, ::testing::ValuesIn(kFile),
                         [](const auto& fault) { return std::string(fault.param.module); });

constexpr std::array kStart{
    Fault{"undefined", "loads", "undefined symbol: nobody_defines_this"},
    Fault{"null_create", "loads", "no create"},
    Fault{"name", "loads", "calls itself \"somebody_else\""},
    Fault{"kind", "loads", "event_mask has bit 30"},
    Fault{"no_kinds", "loads", "event_mask is 0"},
    Fault{"option_twice", "loads", "is there twice"},
    Fault{"option_type", "loads", "has type 99"},
    Fault{"exits_in_a_constructor", "loads", "was ended with exit code 0, in dlopen()"},
    Fault{"dies_in_a_constructor", "loads", "died of SIGABRT, in dlopen()"},
    Fault{"pins_itself", "unloads", "stays mapped"},
    Fault{"knows_every_extension", "unknown_extension", "gives what it cannot know"},
    Fault{"create", "starts", "create() refuses: good.token is missing"},
    Fault{"throws", "starts", "cannot do without a moon"},
    Fault{"stopped", "starts", "died of SIGTERM, in create()"},
    Fault{"hangs_in_destroy", "starts", "took longer than 2000 ms, in destroy()"},
    Fault{"needs_an_extension", "starts", "the last host function was extension()"},
    Fault{"calls_when_it_starts", "starts_offline", "create() calls the network"},
    Fault{"refuses_without_a_word", "refuses_with_words", "logs no line"}};
INSTANTIATE_TEST_SUITE_P(Start, Misbehaves, ::testing::ValuesIn(kStart),
                         [](const auto& fault) { return std::string(fault.param.module); });

constexpr std::array kAnswers{
    Fault{"never_answers", "delivers", "deliver() of REQUEST_PENDING was never answered"},
    Fault{"dies_in_deliver", "delivers", "died of SIGABRT, in deliver() of REQUEST_PENDING"},
    Fault{"exits_in_deliver", "delivers", "was ended with exit code 3, in deliver()"},
    Fault{"hangs_in_deliver", "delivers", "in deliver() of REQUEST_PENDING"},
    Fault{"throws_in_deliver", "delivers", "an exception came out of it: nobody catches this"},
    Fault{"answers_misuse", "delivers", "answered with MISUSE"},
    Fault{"answers_an_unknown_class", "delivers", "a class that abi.h does not have"},
    Fault{"answers_twice", "answers_once", "answered 2 times"},
    Fault{"answers_again_later", "answers_once", "times; each is answered once"},
    Fault{"has_a_long_receipt", "answers_fit", "at most 4096"},
    Fault{"has_a_comma_in_a_message", "answers_fit", "comma"},
    Fault{"names_nobody_as_a_recipient", "answers_fit", "has no id"},
    Fault{"never_checks", "checks", "check() was never answered"},
    Fault{"never_finds", "finds", "find() of REQUEST_PENDING was never answered"},
    Fault{"expects_a_review", "finds", "died of SIGSEGV, in find() of REQUEST_REVIEWED"},
    Fault{"dies_of_its_own_receipt", "takes_receipts_back", "died of SIGABRT"},
    Fault{"dies_of_a_foreign_receipt", "foreign_receipt", "died of SIGABRT"},
    Fault{"dies_of_an_unknown_kind", "unknown_kind", "a kind that is not in event_mask"},
    Fault{"expects_a_role", "bare_request", "died of SIGSEGV"},
    Fault{"has_a_buffer", "hostile_request", "died of SIG"},
    Fault{"logs_a_secret", "keeps_secrets", "is in a log line"},
    Fault{"keeps_a_secret_in_its_receipt", "keeps_secrets", "is in a receipt"},
    Fault{"puts_a_secret_into_a_query", "keeps_secrets", "is in the query of an address"}};
INSTANTIATE_TEST_SUITE_P(Answers, Misbehaves, ::testing::ValuesIn(kAnswers),
                         [](const auto& fault) { return std::string(fault.param.module); });

constexpr std::array kMemory{
    Fault{"reads_past_the_host", "reads_host", "touching notify_host past its end"},
    Fault{"reads_past_an_event", "reads_events", "touching notify_event past its end"},
    Fault{"reads_past_a_request", "reads_events", "touching notify_request past its end"},
    Fault{"reads_past_a_list", "reads_events", "touching a list of texts past its end"},
    Fault{"reads_past_a_text", "reads_texts", "touching a text past its end"},
    Fault{"keeps_an_options_value", "borrows_config", "touching an option's value"},
    Fault{"looks_at_an_event_later", "borrows_events", "touching notify_event"},
    Fault{"looks_at_an_http_answer_later", "borrows_http_answers",
          "touching the body of an HTTP answer"}};
INSTANTIATE_TEST_SUITE_P(Memory, Misbehaves, ::testing::ValuesIn(kMemory),
                         [](const auto& fault) { return std::string(fault.param.module); });

constexpr std::array kTrouble{
    Fault{"dies_of_a_503", "http_failures", "died of SIGABRT"},
    Fault{"calls_again_at_once", "keeps_retry_after", "calls again 0 ms after a 429"},
    Fault{"forgets_retry_after", "keeps_retry_after", "to come again in 0 ms"},
    Fault{"forgets_what_is_abandoned", "hurries", "was never answered"},
    Fault{"answers_what_is_abandoned_twice", "hurries_once", "when it was abandoned, and again"},
    Fault{"forgets_what_is_open_at_the_end", "ends_under_load", "64 tickets"},
    Fault{"shares_state", "two_instances", "died of SIGSEGV, in deliver()"},
    Fault{"wants_to_be_alone", "two_generations", "create() refuses"}};
INSTANTIATE_TEST_SUITE_P(Trouble, Misbehaves, ::testing::ValuesIn(kTrouble),
                         [](const auto& fault) { return std::string(fault.param.module); });

constexpr std::array kEnd{
    Fault{"leaves_a_thread", "leaves_no_thread", "a thread of it is still there"},
    Fault{"leaves_a_descriptor", "leaves_no_file", "/dev/null"},
    Fault{"leaves_a_signal_handler", "leaves_signals", "a signal's handler"},
    Fault{"leaves_a_signal_blocked", "leaves_signals", "the signal mask"},
    Fault{"leaves_a_locale", "leaves_settings", "changes the locale"},
    Fault{"leaves_a_umask", "leaves_settings", "changes the umask"},
    Fault{"leaves_a_directory", "leaves_settings", "changes the working directory"},
    Fault{"leaves_a_variable", "leaves_settings", "changes the environment"},
    Fault{"prints", "writes_nothing", "standard error: hello"},
    Fault{"leaves_a_threads_data", "leaves_no_thread_data", "died of SIGSEGV, in the end of a"},
    Fault{"pins_itself_when_used", "reloads", "stays mapped after dlclose(), once it was used"},
    Fault{"leaves_memory", "reloads", "memory grows by"}};
INSTANTIATE_TEST_SUITE_P(End, Misbehaves, ::testing::ValuesIn(kEnd),
                         [](const auto& fault) { return std::string(fault.param.module); });

// ---- The command ----

TEST(Modcheck, AsksOnlyWhatIsWanted) {
  const Checked checked = modcheck(test_module("leaves_a_thread") + " --only '^(finds|checks)$'");
  EXPECT_THAT(checked.passed, ElementsAre("checks", "finds"));
  EXPECT_THAT(checked.output, HasSubstr("1..2\n"));
  EXPECT_EQ(checked.exit_code, 0);
}

TEST(Modcheck, SkipsWhatAGateIsInTheWayOf) {
  const Checked checked = modcheck(test_module("never_answers"));
  EXPECT_THAT(checked.skipped, ::testing::Contains("finds"));
  EXPECT_THAT(checked.output, HasSubstr("# SKIP since delivers failed"));
}

TEST(Modcheck, SaysWhatIsWrongWithAConfiguration) {
  const Checked checked = modcheck(std::string(BUILT_MODULES) + "/libnotify_slack.so --config " +
                                   CONFIGURATIONS + "/webhook.toml");
  EXPECT_THAT(checked.failed, ElementsAre("starts"));
  EXPECT_THAT(checked.output, HasSubstr("webhook.toml:"));
}

TEST(Modcheck, ListsItsQuestions) {
  const Checked checked = modcheck("--list");
  EXPECT_THAT(checked.output, HasSubstr("answers_once: each ticket is answered once"));
  EXPECT_EQ(checked.exit_code, 0);
}

TEST(Modcheck, TellsWrongUseFromAWrongModule) {
  EXPECT_EQ(modcheck("").exit_code, 2);
  EXPECT_EQ(modcheck(test_module("behaves") + " --config /nowhere").exit_code, 2);
}

// Each case has a module that fails it.
TEST(Modcheck, HasNoCaseThatNobodyFails) {
  std::vector<std::string> failed;
  const auto add = [&failed](const auto& faults) {
    for (const Fault& fault : faults) failed.emplace_back(fault.fails);
  };
  add(kFile), add(kStart), add(kAnswers), add(kMemory), add(kTrouble), add(kEnd);
  std::istringstream list(modcheck("--list").output);
  for (std::string line; std::getline(list, line);) {
    EXPECT_THAT(failed, ::testing::Contains(line.substr(0, line.find(':'))));
  }
}

}  // namespace
