// Local users who may write where they should not, and what becomes of it.

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "support/raw_http_server.h"
#include "support/wait.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr uid_t kSomebody = 4321;
constexpr std::chrono::seconds kAtOnce{10};

void set_mode(const std::string& path, mode_t mode) { ASSERT_EQ(::chmod(path.c_str(), mode), 0); }

bool give_away(const std::string& path) {
  return ::lchown(path.c_str(), kSomebody, kSomebody) == 0;
}

// A notifier of somebody who cannot read the token, and so asks for it to be sent.
class StolenToken : public ::testing::Test {
 protected:
  StolenToken() {
    token_ = world_.dir().write("token", std::string(World::kToken) + "\n");
    evil_ =
        world_.dir().write("conf.d/evil.toml", "module = \"slack\"\n[slack]\ntoken = \"" + token_ +
                                                   "\"\napi_url = \"" + thief_.url("/") +
                                                   "\"\n[role_to_recipients]\n\"*\" = []\n");
  }

  // What start says before it ends.
  std::string refusal() {
    Process& daemon = world_.start(false);
    EXPECT_EQ(daemon.wait(kAtOnce), 1) << daemon.err();
    return daemon.err();
  }

  World world_;
  RawHttpServer thief_{[](RawConnection& connection, int) { connection.read_request(); }};
  std::string token_, evil_;
};

// What the others are compared with: nobody else can have written it, and so it does as it says.
TEST_F(StolenToken, WouldBeSentIfTheFileWereTheOperators) {
  world_.start(false);
  EXPECT_TRUE(wait_until([&] { return thief_.connections() > 0; }));
}

TEST_F(StolenToken, IsNotSentWhereEverybodyCanWriteConfD) {
  set_mode(world_.path("conf.d"), 0777);
  EXPECT_THAT(refusal(), AllOf(HasSubstr(world_.path("conf.d") + " (mode 0777"),
                               HasSubstr("run chmod go-w " + world_.path("conf.d"))));
  EXPECT_EQ(thief_.connections(), 0);
}

// As others can add to it, and would with files of their own.
TEST_F(StolenToken, IsNotSentWhereConfDIsSticky) {
  set_mode(world_.path("conf.d"), 01777);
  EXPECT_THAT(refusal(), HasSubstr(world_.path("conf.d") + " (mode 1777"));
  EXPECT_EQ(thief_.connections(), 0);
}

TEST_F(StolenToken, IsNotSentForAFileOfAnotherUser) {
  if (!give_away(evil_)) GTEST_SKIP() << "only root can give a file away";
  EXPECT_THAT(refusal(), AllOf(HasSubstr(evil_), HasSubstr("belongs to user 4321")));
  EXPECT_EQ(thief_.connections(), 0);
}

TEST_F(StolenToken, IsNotSentWhereTheConfigurationIsBelowADirectoryOfEverybody) {
  set_mode(world_.path(""), 0777);
  EXPECT_THAT(refusal(), HasSubstr("(mode 0777"));
  EXPECT_EQ(thief_.connections(), 0);
}

TEST_F(StolenToken, CheckSaysWhatStartSays) {
  set_mode(world_.path("conf.d"), 0777);
  const Finished checked = World::command({"check", "--config", world_.path("notifyd.toml")});
  EXPECT_EQ(checked.exit_code, 1);
  EXPECT_THAT(checked.err, HasSubstr(world_.path("conf.d") + " (mode 0777"));
  const std::string started = refusal();
  std::istringstream lines(checked.err);
  for (std::string line; std::getline(lines, line);) EXPECT_THAT(started, HasSubstr(line));
}

TEST(HostileFiles, ATokenThatOthersCanReadIsSaidAndOneThatTheyCanWriteIsRefused) {
  WorldOptions options;
  World world(options);
  const std::string token = world.dir().write("token", World::kToken);
  const std::string conf = world.dir().write(
      "conf.d/slack.toml", "[slack]\ntoken = \"" + token + "\"\napi_url = \"" +
                               world.slack.base_url() + "\"\n[role_to_recipients]\n\"*\" = []\n");
  const auto check = [&] {
    return World::command({"check", "--config", world.path("notifyd.toml")});
  };
  EXPECT_THAT(check().err, Not(HasSubstr("warning")));
  set_mode(token, 0644);
  EXPECT_THAT(check().err,
              HasSubstr("warning: " + conf + ":2:9: slack.token: " + token +
                        " holds a secret and can be read by everybody; run chmod go= " + token));
  set_mode(token, 0622);
  const Finished refused = check();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr(token + " (mode 0622"));
}

// What people keep beside it, and what was put there to lead a sweep astray.
TEST(HostileFiles, NeitherStartNorModulesRemovesWhatIsNotOurs) {
  World world;
  world.dir().write("run/modules.backup-2026/libnotify_slack.so", "x");
  world.dir().write("run/modules.d/sub/keep", "x");
  world.dir().write("elsewhere/keep", "x");
  set_mode(world.path("run"), 0700);
  fs::create_directory_symlink(world.path("elsewhere"), world.path("run/modules.abc123"));
  const auto all_there = [&] {
    return fs::exists(world.path("run/modules.backup-2026/libnotify_slack.so")) &&
           fs::exists(world.path("run/modules.d/sub/keep")) &&
           fs::exists(world.path("elsewhere/keep")) &&
           fs::is_symlink(world.path("run/modules.abc123"));
  };
  const std::string config = world.path("notifyd.toml");
  EXPECT_EQ(World::command({"modules", "--config", config}).exit_code, 0);
  EXPECT_TRUE(all_there());
  EXPECT_EQ(World::command({"check", "--config", config}).exit_code, 0);
  EXPECT_TRUE(all_there());
  world.start();
  world.terminate();
  EXPECT_TRUE(all_there());
}

TEST(HostileFiles, CommandsThatOnlyLookLeaveNothing) {
  World world;
  for (const char* command : {"check", "modules"}) {
    const Finished ran = World::command({command, "--config", world.path("notifyd.toml")});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  }
  EXPECT_FALSE(fs::exists(world.path("run")));
}

TEST(HostileFiles, AKilledDaemonsCopiesAreSweptByTheNextStartAndByNoOtherCommand) {
  World world;
  world.start();
  world.kill();
  const auto copies = [&] {
    return std::ranges::count_if(fs::directory_iterator(world.path("run")), [](const auto& entry) {
      return entry.path().filename().string().starts_with("modules.");
    });
  };
  ASSERT_EQ(copies(), 1);
  World::command({"modules", "--config", world.path("notifyd.toml")});
  EXPECT_EQ(copies(), 1);
  world.start();
  world.terminate(1);
  EXPECT_EQ(copies(), 0);
}

TEST(HostileFiles, ARuntimeDirBelowADirectoryOfEverybodyIsRefusedWithTheComponent) {
  World world;
  fs::create_directories(world.path("run"));
  WorldOptions options;
  fs::create_directories(world.path("open/run"));
  set_mode(world.path("open"), 0777);
  world.dir().write("notifyd.toml", "modules_dir = \"" + options.modules_dir +
                                        "\"\nruntime_dir = \"" + world.path("open/run") +
                                        "\"\n[teleport]\naddr = \"" + world.auth.address() +
                                        "\"\nidentity = \"" + world.path("identity") + "\"\n");
  Process& daemon = world.start(false);
  EXPECT_EQ(daemon.wait(kAtOnce), 1) << daemon.err();
  EXPECT_THAT(daemon.err(), HasSubstr("runtime_dir: " + world.path("open/run") + ": " +
                                      world.path("open") + " (mode 0777"));
  EXPECT_TRUE(fs::is_empty(world.path("open/run")));
}

// The default one: /tmp/teleport-notifyd-1000 can be made by anybody before we do.
TEST(HostileFiles, ADefaultRuntimeDirOfAnotherUserIsSaidAndNotUsed) {
  World world;
  const WorldOptions options;
  fs::create_directories(world.path("state"));
  if (!give_away(world.path("state"))) GTEST_SKIP() << "only root can give a directory away";
  world.dir().write("notifyd.toml", "modules_dir = \"" + options.modules_dir +
                                        "\"\n[teleport]\naddr = \"" + world.auth.address() +
                                        "\"\nidentity = \"" + world.path("identity") + "\"\n");
  const Process& daemon = world.start(true, {{"STATE_DIRECTORY", world.path("state")}});
  EXPECT_THAT(daemon.err(), AllOf(HasSubstr("WARN  modules are loaded from memory"),
                                  HasSubstr("belongs to user 4321")));
  EXPECT_TRUE(fs::is_empty(world.path("state")));
  const std::string id = world.request();
  EXPECT_TRUE(
      world.eventually([&] { return world.announcement("#access-requests", id).has_value(); }));
}

TEST(HostileFiles, ALogThatIsAPipeIsRefusedAtOnce) {
  WorldOptions options;
  World world(options);
  ASSERT_EQ(::mkfifo(world.path("log").c_str(), 0600), 0);
  world.dir().write("notifyd.toml", "modules_dir = \"" + options.modules_dir +
                                        "\"\n[log]\noutput = \"" + world.path("log") +
                                        "\"\n[teleport]\nidentity = \"" + world.path("identity") +
                                        "\"\n");
  Process& daemon = world.start(false);
  EXPECT_EQ(daemon.wait(kAtOnce), 1);
  EXPECT_THAT(daemon.err(), HasSubstr(world.path("log") + " is a pipe"));
}

}  // namespace
}  // namespace notifyd::test
