// What an operator does while the daemon runs: edits files, puts modules in place, and reloads.

#include <gmock/gmock.h>
#include <csignal>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/world.h"

namespace notifyd::test {
namespace {

namespace fs = std::filesystem;

using std::chrono::seconds;
using ::testing::HasSubstr;

WorldOptions own_modules() {
  WorldOptions options;
  options.slack_options = "pace = \"obey\"\n";
  return options;
}

class Reload : public ::testing::Test {
 protected:
  Reload() {
    fs::create_directories(world.path("modules"));
    fs::copy_file(fs::path(NOTIFYD_MODULES_DIR) / "libnotify_slack.so", module_file());
    fs::permissions(module_file(), fs::perms(0755));
    write_host();
    world.start();
  }
  std::string module_file() const { return world.path("modules/libnotify_slack.so"); }
  void write_host(const std::string& more = "") {
    world.dir().write("notifyd.toml",
                      "modules_dir = \"" + world.path("modules") + "\"\nconf_d = \"" +
                          world.path("conf.d") + "\"\nruntime_dir = \"" + world.path("run") +
                          "\"\n[teleport]\naddr = \"" + world.auth.address() + "\"\nidentity = \"" +
                          world.path("identity") + "\"\n[log]\nseverity = \"debug\"\n" + more);
  }
  std::string slack_toml(const std::string& channel, const std::string& more = "") const {
    return "[slack]\ntoken = \"" + std::string(World::kToken) + "\"\napi_url = \"" +
           world.slack.base_url() + "\"\npace = \"obey\"\n" + more +
           "[role_to_recipients]\n\"*\" = \"" + channel + "\"\n";
  }
  Finished reload() const {
    return World::command({"reload", "--config", world.path("notifyd.toml")});
  }
  std::string status() const {
    return World::command({"status", "--config", world.path("notifyd.toml")}).out;
  }
  bool announced(const std::string& where, const std::string& id) const {
    return world.eventually([&] { return world.announcement(where, id).has_value(); });
  }
  // Another build of the module: the same code with another content.
  void change_module() const { std::ofstream(module_file(), std::ios::app) << "another build"; }

  World world{own_modules()};
};

TEST_F(Reload, OfWhatIsUnchangedChangesNothing) {
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("nothing has changed"));
  EXPECT_THAT(status(), HasSubstr("generation 1 "));
}

// logrotate may do it every hour, in a cluster with very many requests.
TEST_F(Reload, OfWhatIsUnchangedListsNothingAnew) {
  const auto lists = [this] { return world.auth.calls(sim::AuthMethod::kListAccessRequests); };
  const auto before = lists();
  ASSERT_EQ(reload().exit_code, 0);
  ASSERT_TRUE(announced("#access-requests", world.request()));
  EXPECT_EQ(lists(), before);
  change_module();
  ASSERT_EQ(reload().exit_code, 0);
  EXPECT_TRUE(wait_until([&] { return lists() > before; }));
}

TEST_F(Reload, SendsWhatComesWhereTheNewRoutesSay) {
  world.workspace.add_channel("other");
  world.dir().write("conf.d/slack.toml", slack_toml("other"));
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("slack: replaced"));
  EXPECT_TRUE(announced("#other", world.request()));
  EXPECT_THAT(status(), HasSubstr("generation 2 "));
}

TEST_F(Reload, KeepsMessagesOfTheGenerationBeforeTrue) {
  const std::string id = world.request();
  ASSERT_TRUE(announced("#access-requests", id));
  change_module();
  ASSERT_EQ(reload().exit_code, 0);
  world.resolve(id, true);
  EXPECT_TRUE(world.eventually(
      [&] { return world.status("#access-requests", id).find("APPROVED") != std::string::npos; }));
}

TEST_F(Reload, WithAnErrorChangesNothingAndSaysAllOfThem) {
  world.dir().write("conf.d/slack.toml", "[slack]\ntokn = \"x\"\n");
  world.dir().write("conf.d/another.toml", "[slack\n");
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("slack.toml:2:1: unknown key \"tokn\""));
  EXPECT_THAT(done.err, HasSubstr("another.toml:1:"));
  EXPECT_THAT(done.err, HasSubstr("everything goes on as before"));
  EXPECT_TRUE(announced("#access-requests", world.request()));
  EXPECT_THAT(status(), HasSubstr("reload     failed"));
}

TEST_F(Reload, WithATokenThatSlackRefusesChangesNothing) {
  world.workspace.add_token("xoxb-refused-0123456789");
  world.workspace.edit_token("xoxb-refused-0123456789",
                             [](sim::SlackToken& token) { token.refusal = "invalid_auth"; });
  std::string text = slack_toml("access-requests");
  text.replace(text.find(World::kToken), std::string(World::kToken).size(),
               "xoxb-refused-0123456789");
  world.dir().write("conf.d/slack.toml", text);
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("invalid_auth"));
  EXPECT_TRUE(announced("#access-requests", world.request()));
}

TEST_F(Reload, StartsANotifierWhoseFileIsNewAndEndsOneWhoseFileIsGone) {
  world.workspace.add_channel("second");
  world.dir().write("conf.d/second.toml", "module = \"slack\"\n" + slack_toml("second"));
  ASSERT_EQ(reload().exit_code, 0);
  const std::string id = world.request();
  EXPECT_TRUE(announced("#second", id));
  EXPECT_TRUE(announced("#access-requests", id));
  fs::remove(world.path("conf.d/second.toml"));
  const Finished done = reload();
  EXPECT_THAT(done.out, HasSubstr("second: ended"));
  const std::string next = world.request();
  EXPECT_TRUE(announced("#access-requests", next));
  EXPECT_FALSE(world.announcement("#second", next));
}

TEST_F(Reload, ANotifierThatComesLaterAnnouncesWhatIsPending) {
  const std::string id = world.request();
  ASSERT_TRUE(announced("#access-requests", id));
  world.workspace.add_channel("second");
  world.dir().write("conf.d/second.toml", "module = \"slack\"\n" + slack_toml("second"));
  ASSERT_EQ(reload().exit_code, 0);
  EXPECT_TRUE(announced("#second", id));
}

TEST_F(Reload, AModuleThatIsCopiedOverInPlaceIsNoticedByItsContents) {
  change_module();
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("slack: replaced"));
}

TEST_F(Reload, AModuleThatIsTruncatedChangesNothing) {
  fs::resize_file(module_file(), 1000);
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("libnotify_slack.so"));
  EXPECT_TRUE(announced("#access-requests", world.request()));
}

TEST_F(Reload, AModuleThatIsNotTheOneThatWasMeantIsRefused) {
  world.dir().write("conf.d/slack.toml",
                    "sha256 = \"" + std::string(64, '0') + "\"\n" + slack_toml("access-requests"));
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("is not the module that was meant: its sha256 is "));
  const std::string told = "its sha256 is ";
  const std::string sum = done.err.substr(done.err.find(told) + told.size(), 64);
  world.dir().write("conf.d/slack.toml",
                    "sha256 = \"" + sum + "\"\n" + slack_toml("access-requests"));
  EXPECT_EQ(reload().exit_code, 0);
}

TEST_F(Reload, StatusNamesWhoCannotBeReachedAndTheLastError) {
  world.dir().write("conf.d/slack.toml", slack_toml("no-such-channel"));
  ASSERT_EQ(reload().exit_code, 0);
  world.request();
  ASSERT_TRUE(wait_until([&] {
    return world.daemon().err().find("recipient can't be reached") != std::string::npos;
  }));
  const std::string said = status();
  EXPECT_THAT(said, HasSubstr("can't be reached, tried again now and then: #no-such-channel"));
  EXPECT_THAT(said, HasSubstr("channel_not_found"));
}

TEST_F(Reload, AModuleThatNoFileNamesIsUnused) {
  fs::copy_file(fs::path(NOTIFYD_MODULES_DIR) / "libnotify_example.so",
                world.path("modules/libnotify_example.so"));
  ASSERT_EQ(reload().exit_code, 0);
  EXPECT_THAT(status(), HasSubstr("unused     module example"));
}

TEST_F(Reload, SighupReloadsToo) {
  world.workspace.add_channel("other");
  world.dir().write("conf.d/slack.toml", slack_toml("other"));
  world.daemon().signal(SIGHUP);
  ASSERT_TRUE(
      wait_until([&] { return world.daemon().err().find("reloaded") != std::string::npos; }));
  EXPECT_TRUE(announced("#other", world.request()));
}

TEST_F(Reload, OfAnAddressThatDoesNotAnswerKeepsTheConnection) {
  write_host();
  std::string text;
  {
    std::ifstream file(world.path("notifyd.toml"));
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  const std::string address = world.auth.address();
  text.replace(text.find(address), address.size(), "127.0.0.1:1");
  world.dir().write("notifyd.toml", text);
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("127.0.0.1:1"));
  EXPECT_TRUE(announced("#access-requests", world.request()));
}

TEST_F(Reload, TakesARenewedIdentity) {
  world.write_identity(world.pki.issue_client("notifyd"));
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr(" as notifyd"));
  EXPECT_TRUE(announced("#access-requests", world.request()));
  EXPECT_THAT(reload().out, HasSubstr("nothing has changed"));
}

// A refresh refuses it; who reloads wants it.
TEST_F(Reload, TakesTheIdentityOfAnotherUser) {
  world.write_identity(world.pki.issue_client("notifyd-too"));
  const Finished done = reload();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr(" as notifyd-too"));
  ASSERT_TRUE(announced("#access-requests", world.request()));
  EXPECT_TRUE(
      wait_until([this] { return status().find(" as notifyd-too,") != std::string::npos; }));
}

TEST_F(Reload, TakesHowLongAClaimIsHeld) {
  write_host("[delivery]\nclaim_time = \"5s\"\n");
  ASSERT_EQ(reload().exit_code, 0);
  world.slack.faults().add(sim::Fault::delay(seconds(3)).on("chat.postMessage"));
  const std::string id = world.request();
  const auto claim_ends = [&] {
    const std::string record = world.cluster.entry(id, "slack")["notifyd"];
    const auto at = record.find("\"until\":");
    return at == std::string::npos ? 0 : std::stoll(record.substr(at + 8));
  };
  ASSERT_TRUE(wait_until([&] { return claim_ends() != 0; }));
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  EXPECT_LE(claim_ends(), now.count() + 5'000);
}

TEST_F(Reload, UnderLoadLosesAndDoublesNothing) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 5; ++j) ids.push_back(world.request());
    change_module();
    ASSERT_EQ(reload().exit_code, 0);
  }
  EXPECT_TRUE(world.eventually(
      [&] { return world.messages("#access-requests").size() >= ids.size(); }, seconds(60)));
  for (const std::string& id : ids) EXPECT_TRUE(world.announcement("#access-requests", id)) << id;
  EXPECT_EQ(world.messages("#access-requests").size(), ids.size());
  EXPECT_THAT(status(), HasSubstr("generation 21 "));
}

TEST_F(Reload, WhatIsReplacedIsUnmapped) {
  if (std::getenv("NOTIFYD_KEEP_MODULES") != nullptr) GTEST_SKIP() << "modules are to stay mapped";
  for (int i = 0; i < 5; ++i) {
    change_module();
    ASSERT_EQ(reload().exit_code, 0);
  }
  const std::string maps = "/proc/" + std::to_string(world.daemon().pid()) + "/maps";
  const auto mapped = [&] {
    std::ifstream file(maps);
    std::set<std::string> copies;
    for (std::string line; std::getline(file, line);) {
      const auto at = line.find("slack.");
      if (at != std::string::npos && line.ends_with(".so")) copies.insert(line.substr(at));
    }
    return copies.size();
  };
  EXPECT_TRUE(wait_until([&] { return mapped() == 1; })) << mapped();
}

TEST(ReloadOfNothing, ADaemonWithoutNotifiersWaitsForTheFirst) {
  World world(own_modules());
  const std::string file = world.path("conf.d/slack.toml");
  fs::rename(file, world.path("slack.toml"));
  world.start();
  const std::string id = world.request();
  fs::rename(world.path("slack.toml"), file);
  const Finished done = World::command({"reload", "--config", world.path("notifyd.toml")});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_TRUE(
      world.eventually([&] { return world.announcement("#access-requests", id).has_value(); }));
}

// The one-file form, under upstream's name.
TEST(ReloadOfUpstreamsFile, TakesWhatItSaysNow) {
  World world(own_modules());
  world.workspace.add_channel("other");
  const auto write = [&](const std::string& channel) {
    world.dir().write("teleport-slack.toml",
                      "[teleport]\naddr = \"" + world.auth.address() + "\"\nidentity = \"" +
                          world.path("identity") + "\"\n[slack]\ntoken = \"" + World::kToken +
                          "\"\napiurl = \"" + world.slack.base_url() +
                          "\"\n[role_to_recipients]\n\"*\" = \"" + channel + "\"\n");
  };
  write("access-requests");
  const std::string program = world.path("teleport-slack");
  fs::create_symlink(World::program(), program);
  const std::map<std::string, std::string> state{{"STATE_DIRECTORY", world.path("state")}};
  fs::create_directories(world.path("state"));
  const Process daemon({program, "start", "--config", world.path("teleport-slack.toml")}, state);
  ASSERT_TRUE(wait_until([&] {
    return daemon.err().find("following Access Requests") != std::string::npos;
  })) << daemon.err();
  write("other");
  const Finished done =
      run({program, "reload", "--config", world.path("teleport-slack.toml")}, state);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  const std::string id = world.request();
  EXPECT_TRUE(world.eventually([&] { return world.announcement("#other", id).has_value(); }));
}

TEST(ReloadOfNothing, WithoutADaemonSaysSo) {
  World world(own_modules());
  const Finished done = World::command({"reload", "--config", world.path("notifyd.toml")});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.err, HasSubstr("no daemon answers there"));
  EXPECT_THAT(World::command({"status", "--config", world.path("notifyd.toml")}).err,
              HasSubstr("no daemon answers there"));
}

// ---- As systemd hears of it ----

class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("bind " + path);
    }
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket() { ::close(fd_); }

  // Whether a message with this in it comes; those before it are gone then.
  bool hears(const std::string& what) {
    return wait_until([&] {
      std::array<char, 4096> buffer{};
      const ssize_t n = ::recv(fd_, buffer.data(), buffer.size(), 0);
      return n > 0 && std::string(buffer.data(), static_cast<std::size_t>(n)).find(what) !=
                          std::string::npos;
    });
  }

 private:
  int fd_;
};

// Its socket has to be there before the daemon is.
class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() : systemd(world.path("notify")) {
    world.start(true, {{"NOTIFY_SOCKET", world.path("notify")}, {"WATCHDOG_USEC", "200000"}});
  }
  World world{own_modules()};
  NotifySocket systemd;
};

TEST_F(ServiceTest, SaysWhenItIsReadyAndWhenItStops) {
  EXPECT_TRUE(systemd.hears("READY=1"));
  world.daemon().signal(SIGTERM);
  EXPECT_TRUE(systemd.hears("STOPPING=1"));
}

TEST_F(ServiceTest, SaysThatItIsAlive) {
  EXPECT_TRUE(systemd.hears("WATCHDOG=1"));
  EXPECT_TRUE(systemd.hears("WATCHDOG=1"));
}

TEST_F(ServiceTest, SaysWhenAReloadBeginsAndWhatBecameOfIt) {
  ASSERT_TRUE(systemd.hears("READY=1"));
  world.dir().write("conf.d/slack.toml", "[slack\n");
  world.daemon().signal(SIGHUP);
  EXPECT_TRUE(systemd.hears("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_TRUE(systemd.hears("the last reload failed: " + world.path("conf.d/slack.toml") + ":1:"));
}

}  // namespace
}  // namespace notifyd::test
