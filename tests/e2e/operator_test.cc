// What an operator sees: what is said when something is wrong, what is never said, and how it
// stops.

#include <gmock/gmock.h>
#include <csignal>

#include <filesystem>

#include "support/world.h"

namespace notifyd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kChannel[] = "#access-requests";

Finished check(const World& world) {
  return World::command({"check", "--config", world.path("notifyd.toml")});
}

bool says(const Process& daemon, const std::string& text) {
  return wait_until([&] { return daemon.err().find(text) != std::string::npos; });
}

TEST(Operator, CheckSaysWhatWouldRun) {
  World world;
  const Finished result = check(world);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(world.auth.address()));
  EXPECT_THAT(result.out, HasSubstr("slack"));
  EXPECT_THAT(result.out, HasSubstr("role_to_recipients: 1"));
  EXPECT_THAT(result.out, Not(HasSubstr(World::kToken)));
}

TEST(Operator, CheckNamesAnExpiredCertificateAndWhatToRun) {
  World world;
  const auto now = std::chrono::system_clock::now();
  world.write_identity(world.pki.issue_client(
      "notifyd", {"access-plugin"}, now - std::chrono::hours(48), now - std::chrono::hours(24)));
  const Finished result = check(world);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("expired"));
  EXPECT_THAT(result.err, HasSubstr("tctl auth sign"));
}

TEST(Operator, CheckPointsAtAnUnknownKeyAndTheNearestOne) {
  WorldOptions options;
  options.slack_options = "tokn = \"x\"\n";
  World world(options);
  const Finished result = check(world);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("slack.toml:4:1: "));
  EXPECT_THAT(result.err, HasSubstr("\"token\""));
}

// Whoever mends one thing at a time starts the daemon as often as there are things to mend.
TEST(Operator, CheckAndStartSayAllThatIsWrongAtOnce) {
  WorldOptions options;
  options.slack_options = "notify_requestor = true\npace = \"warp\"\n";
  options.roles = "editor = 5\n";
  World world(options);
  std::filesystem::remove(world.path("identity"));
  world.dir().write("conf.d/broken.toml", "[slack\n");
  const std::string conf = world.path("conf.d/");
  const std::vector<std::string> wrong{conf + "broken.toml:1:7: a section header is not",
                                       conf + "slack.toml:4:1: unknown key \"notify_requestor\"",
                                       conf + "slack.toml:5:8: slack.pace must be",
                                       conf + "slack.toml:6:1: role_to_recipients has no \"*\"",
                                       conf + "slack.toml:7:10: role_to_recipients.\"editor\"",
                                       world.path("identity") + ": cannot be read",
                                       "6 things to mend"};
  const auto says_all = [&](const std::string& text) {
    std::size_t at = 0;
    for (const std::string& what : wrong) {
      at = text.find(what, at);
      EXPECT_NE(at, std::string::npos) << what << "\n--- in ---\n" << text;
      if (at == std::string::npos) return;
    }
  };
  const Finished checked = check(world);
  EXPECT_EQ(checked.exit_code, 1);
  says_all(checked.err);
  Process& daemon = world.start(false);
  EXPECT_EQ(daemon.wait(), 1);
  says_all(daemon.err());
}

TEST(Operator, CheckWantsADefaultForRoles) {
  WorldOptions options;
  options.roles = "editor = \"access-requests\"\n";
  World world(options);
  const Finished result = check(world);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("\"*\""));
}

TEST(Operator, SigtermEndsItCleanly) {
  World world;
  world.start();
  world.terminate();
}

// One instance of each of these test modules in place of Slack's.
void use_test_modules(const World& world, const std::vector<std::string>& modules,
                      const std::string& log_options = "") {
  std::filesystem::remove(world.path("conf.d/slack.toml"));
  for (const std::string& module : modules) world.dir().write("conf.d/" + module + ".toml", "");
  world.dir().write("notifyd.toml",
                    "modules_dir = \"" TEST_MODULES "\"\nconf_d = \"" + world.path("conf.d") +
                        "\"\nruntime_dir = \"" + world.path("run") + "\"\n[teleport]\naddr = \"" +
                        world.auth.address() + "\"\nidentity = \"" + world.path("identity") +
                        "\"\n[log]\nseverity = \"debug\"\n" + log_options);
}

struct Fault {
  const char *module, *said;
};
class ModuleOnTrial : public ::testing::TestWithParam<Fault> {};

TEST_P(ModuleOnTrial, IsRefusedBeforeItCanHarmTheDaemon) {
  World world;
  use_test_modules(world, {GetParam().module});
  const std::string said = std::string("libnotify_") + GetParam().module + ".so: module " +
                           GetParam().module + " " + GetParam().said;
  const Finished checked = check(world);
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.err, HasSubstr(said));
  Process& daemon = world.start(false);
  EXPECT_EQ(daemon.wait(), 1) << daemon.err();
  EXPECT_THAT(daemon.err(), HasSubstr(said));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ModuleOnTrial,
    ::testing::Values(
        Fault{"crash_in_create",
              "crashed (SIGABRT) in create() in a process of its own, where it "
              "was tried first; its last words: about to crash"},
        Fault{"exit_in_constructor",
              "ended the whole process (exit code 0) while it was being loaded"},
        Fault{"leak_thread", "leaves something behind after destroy(): a thread of it goes on"},
        Fault{"leak_key", "leaves something behind after destroy(): it keeps a pthread key"},
        Fault{"change_locale", "leaves something behind after destroy(): it changed the locale"},
        Fault{"change_signal",
              "leaves something behind after destroy(): it changed what SIGUSR1 does"},
        Fault{"change_directory",
              "leaves something behind after destroy(): it changed the working directory"}),
    [](const auto& fault) { return std::string(fault.param.module); });

TEST(Operator, SigtermWhileModulesAreLoadedEndsItCleanlyToo) {
  World world;
  use_test_modules(world, {"stopped"});
  Process& daemon = world.start(false);
  EXPECT_EQ(daemon.wait(), 0) << daemon.err();
  EXPECT_THAT(daemon.err(), HasSubstr("stopped"));
}

// Both hold it up: one in the middle of a delivery, the other when it is to end.
TEST(Operator, SigtermEndsItInTimeHoweverManyModulesDoNotComeBack) {
  World world;
  use_test_modules(world, {"hangs_in_deliver", "hangs_in_destroy"});
  Process& daemon = world.start();
  world.request();
  ASSERT_TRUE(says(daemon, "hangs in deliver"));
  daemon.signal(SIGTERM);
  // It promises 15 s, and systemd kills it after 20.
  EXPECT_EQ(daemon.wait(std::chrono::seconds(18)), 0) << daemon.err();
  const std::string log = daemon.err();
  const std::size_t first = log.find("module does not come back");
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_NE(log.find("module does not come back", first + 1), std::string::npos) << log;
}

TEST(Operator, AStartThatFailsIsNotHeldUpByAModuleThatDoesNotComeBack) {
  World world;
  use_test_modules(world, {"hangs_in_destroy"});
  world.dir().write("conf.d/refuses.toml", "module = \"create\"\n");
  Process& daemon = world.start(false);
  EXPECT_EQ(daemon.wait(), 1) << daemon.err();
  EXPECT_THAT(daemon.err(), HasSubstr("cannot start: "));
  EXPECT_THAT(daemon.err(), HasSubstr("refused to start"));
}

// Whoever started it by hand looks at the terminal, not at the log.
TEST(Operator, AStartThatFailsWithAModuleThatDoesNotComeBackSaysWhyOnStderrToo) {
  World world;
  use_test_modules(world, {"hangs_in_destroy"}, "output = \"" + world.path("log") + "\"\n");
  world.dir().write("conf.d/refuses.toml", "module = \"create\"\n");
  Process& daemon = world.start(false);
  EXPECT_EQ(daemon.wait(), 1);
  EXPECT_THAT(daemon.err(), HasSubstr("refused to start"));
}

TEST(Operator, CheckIsNotHeldUpByAModuleThatDoesNotComeBack) {
  World world;
  use_test_modules(world, {"hangs_in_destroy"});
  const Finished result = check(world);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("warning: a module does not come back"));
  EXPECT_THAT(result.out, HasSubstr("notifier   hangs_in_destroy"));
}

// All that was sent is on record by then, so nothing is worth more of the operator's time.
TEST(Operator, ASignalWhileOnlyModulesAreWaitedForEndsIt) {
  World world;
  use_test_modules(world, {"hangs_in_destroy"});
  Process& daemon = world.start();
  daemon.signal(SIGTERM);
  ASSERT_TRUE(says(daemon, "connection to Teleport ends"));
  ASSERT_TRUE(wait_until(
      [&] {
        daemon.signal(SIGTERM);
        return !daemon.running();
      },
      std::chrono::seconds(10)));
  EXPECT_EQ(daemon.wait(), 128 + SIGTERM);
}

// What hands work to an instance refers to it, and must not outlive it.
TEST(Operator, SigtermEndsTheConnectionBeforeAnyModule) {
  World world;
  use_test_modules(world, {"hangs_in_destroy"});
  Process& daemon = world.start();
  daemon.signal(SIGTERM);
  ASSERT_TRUE(says(daemon, "module does not come back"));
  const std::string log = daemon.err();
  EXPECT_LT(log.find("connection to Teleport ends"), log.find("module does not come back"));
}

TEST(Operator, SigtermFinishesWhatIsInFlight) {
  World world;
  world.start();
  const int delay = world.slack.faults().add(
      sim::Fault::delay(std::chrono::milliseconds(500)).on("chat.postMessage"));
  const std::string id = world.request();
  ASSERT_TRUE(wait_until([&] { return world.slack.faults().hits(delay) > 0; }));
  world.terminate();
  const auto message = world.announcement(kChannel, id);
  ASSERT_TRUE(message);
  EXPECT_THAT(world.cluster.entry(id, "slack")["messages"],
              HasSubstr(message->channel + "/" + message->ts));
}

TEST(Operator, SighupDoesNotEndIt) {
  World world;
  Process& daemon = world.start();
  daemon.signal(SIGHUP);
  ASSERT_TRUE(wait_until([&] { return daemon.err().find("reloaded") != std::string::npos; }));
  const std::string id = world.request();
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
}

TEST(Operator, TheTokenIsInNoLog) {
  World world;
  Process& daemon = world.start();
  const std::string id = world.request();
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
  world.workspace.edit_token(World::kToken,
                             [](sim::SlackToken& t) { t.refusal = "token_revoked"; });
  world.request();
  ASSERT_TRUE(wait_until([&] { return daemon.err().find("token_revoked") != std::string::npos; }));
  world.terminate();
  EXPECT_THAT(daemon.err() + daemon.out(), Not(HasSubstr(World::kToken)));
  EXPECT_THAT(daemon.err() + daemon.out(), Not(HasSubstr("PRIVATE KEY")));
}

TEST(Operator, ARefusedTokenParksTheQueueAndAGoodOneResumesIt) {
  World world;
  Process& daemon = world.start();
  world.workspace.edit_token(World::kToken, [](sim::SlackToken& t) { t.refusal = "invalid_auth"; });
  const std::string id = world.request();
  ASSERT_TRUE(wait_until([&] { return daemon.err().find("parked") != std::string::npos; }))
      << daemon.err();
  EXPECT_THAT(daemon.err(), HasSubstr("slack.token"));
  world.workspace.edit_token(World::kToken, [](sim::SlackToken& t) { t.refusal.clear(); });
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); },
                               std::chrono::seconds(60)));
}

TEST(Operator, AMissingReactionScopeIsSaidOnceAndLeftOut) {
  WorldOptions options;
  options.scopes.erase("reactions:write");
  World world(options);
  Process& daemon = world.start();
  for (int i = 0; i < 3; ++i) {
    const std::string id = world.request();
    ASSERT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
    world.resolve(id, true);
    ASSERT_TRUE(world.eventually(
        [&] { return world.status(kChannel, id).find("APPROVED") != std::string::npos; }));
    ASSERT_TRUE(
        wait_until([&] { return world.cluster.entry(id, "slack")["resolution"] == "APPROVED"; }));
  }
  world.terminate();
  const std::string log = daemon.err();
  const std::size_t said = log.find("reactions:write");
  EXPECT_NE(said, std::string::npos);
  EXPECT_EQ(log.find("reactions:write", said + 1), std::string::npos) << log;
  EXPECT_LE(world.workspace.journal("reactions.add").size(), 1U);
}

TEST(Operator, AWrongChannelIsNamedAndStopsNoOther) {
  WorldOptions options;
  options.roles = "\"*\" = [\"no-such-channel\", \"access-requests\"]\n";
  World world(options);
  Process& daemon = world.start();
  const std::string id = world.request();
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
  ASSERT_TRUE(wait_until(
      [&] { return daemon.err().find("recipient can't be reached") != std::string::npos; }));
  EXPECT_THAT(daemon.err(), HasSubstr("no-such-channel"));
}

// The advice in the log was followed; what still waits is announced, not only what comes next.
TEST(Operator, AChannelThatWasMendedGetsWhatStillWaitsAtSighup) {
  WorldOptions options;
  options.roles = "\"*\" = [\"made-later\"]\n";
  World world(options);
  Process& daemon = world.start();
  const std::string id = world.request();
  ASSERT_TRUE(says(daemon, "recipient can't be reached, trying again now and then"));
  world.workspace.add_channel("made-later");
  daemon.signal(SIGHUP);
  EXPECT_TRUE(world.eventually([&] { return world.announcement("#made-later", id).has_value(); }));
  EXPECT_TRUE(says(daemon, "recipient is reached after all"));
}

TEST(Operator, AChannelThatWasMendedGetsWhatStillWaitsAtTheNextStart) {
  WorldOptions options;
  options.roles = "\"*\" = [\"made-later\"]\n";
  World world(options);
  const std::string id = world.request();
  ASSERT_TRUE(says(world.start(), "recipient can't be reached, trying again now and then"));
  world.terminate();
  world.workspace.add_channel("made-later");
  world.start();
  EXPECT_TRUE(world.eventually([&] { return world.announcement("#made-later", id).has_value(); }));
}

TEST(Operator, TwoWorkspacesAreTwoFiles) {
  World world;
  sim::Workspace second;
  second.add_channel("ops");
  second.add_token("xoxb-second-0123456789");
  sim::SlackServer second_server(second);
  world.dir().write(
      "conf.d/emea.toml",
      "module = \"slack\"\n[slack]\ntoken = \"xoxb-second-0123456789\"\napi_url = \"" +
          second_server.base_url() + "\"\n[role_to_recipients]\n\"*\" = \"ops\"\n");
  world.start();
  const std::string id = world.request();
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
  EXPECT_TRUE(second.wait_for([&] { return second.messages("#ops").size() == 1; }));
  EXPECT_TRUE(wait_until([&] {
    return world.cluster.entry(id, "emea").count("messages") == 1 &&
           world.cluster.entry(id, "slack").count("messages") == 1;
  }));
}

std::size_t times_said(const Process& daemon, const std::string& text) {
  const std::string said = daemon.err();
  std::size_t times = 0;
  for (std::size_t at = said.find(text); at != std::string::npos; at = said.find(text, at + 1)) {
    ++times;
  }
  return times;
}

TEST(Operator, ARenewedIdentityIsTakenOverWithoutAGap) {
  WorldOptions options;
  options.teleport_options = "refresh_identity = true\nrefresh_identity_interval = \"1s\"\n";
  World world(options);
  Process& daemon = world.start();
  world.write_identity(world.pki.issue_client("notifyd"));
  ASSERT_TRUE(wait_until([&] { return times_said(daemon, "following Access Requests") == 2; }))
      << daemon.err();
  const std::string id = world.request();
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
  EXPECT_THAT(daemon.err(), Not(HasSubstr("no connection to Teleport")));
}

TEST(Operator, AnotherUsersIdentityIsRefusedAndTheOldOneStays) {
  WorldOptions options;
  options.teleport_options = "refresh_identity = true\nrefresh_identity_interval = \"1s\"\n";
  World world(options);
  Process& daemon = world.start();
  world.write_identity(world.pki.issue_client("mallory"));
  ASSERT_TRUE(says(daemon, "is refused")) << daemon.err();
  EXPECT_THAT(daemon.err(), HasSubstr("user mallory of cluster"));
  EXPECT_THAT(daemon.err(), HasSubstr("reload it to accept"));
  const std::string id = world.request();
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
  EXPECT_EQ(times_said(daemon, "following Access Requests"), 1U);
}

TEST(Operator, ListsModules) {
  const Finished result = World::command({"modules"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("slack"));
  EXPECT_THAT(result.out, HasSubstr("role_to_recipients"));
}

TEST(Operator, UsageErrorsExitWithTwo) {
  EXPECT_EQ(World::command({}).exit_code, 2);
  EXPECT_EQ(World::command({"dance"}).exit_code, 2);
  EXPECT_EQ(World::command({"start", "--nonsense"}).exit_code, 2);
  EXPECT_EQ(World::command({"--help"}).exit_code, 0);
}

}  // namespace
}  // namespace notifyd::test
