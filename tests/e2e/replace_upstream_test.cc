// Taking the place of teleport-slack: its configuration file, its records in Teleport, and back
// again.

#include <gmock/gmock.h>
#include <csignal>

#include "support/world.h"

namespace notifyd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kChannel[] = "#access-requests";
constexpr char kAlice[] = "alice@example.com";

// As upstream's guide has it, with the addresses of this world.
std::string upstream_file(const World& world, const std::string& more = "",
                          const std::string& token = World::kToken) {
  return "# example teleport-slack configuration TOML file\n[teleport]\naddr = \"" +
         world.auth.address() + "\"\nidentity = \"" + world.path("identity") +
         "\"\nrefresh_identity = true\n\n[slack]\ntoken = \"" + token + "\"\napiurl = \"" +
         world.slack.base_url() +
         "\"\n\n[role_to_recipients]\n\"*\" = \"access-requests\"\n\"dev\" = "
         "[\"bob@example.com\"]\n\n"
         "[log]\noutput = \"stderr\"\nseverity = \"INFO\"\n" +
         more;
}

std::string teleport_slack() {
  const std::string program = World::program();
  return program.substr(0, program.rfind('/') + 1) + "teleport-slack";
}

bool follows(Process& daemon) {
  return wait_until(
      [&] { return daemon.err().find("following Access Requests") != std::string::npos; });
}

TEST(ReplaceUpstream, RunsItsConfigurationFileUnchanged) {
  World world;
  Process daemon({teleport_slack(), "start", "--config",
                  world.dir().write("teleport-slack.toml", upstream_file(world))});
  ASSERT_TRUE(follows(daemon)) << daemon.err();
  const std::string id = world.request();
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }))
      << daemon.err();
  const std::string dev = world.request([](sim::NewRequest& r) { r.roles = {"dev"}; });
  EXPECT_TRUE(
      world.eventually([&] { return world.announcement("bob@example.com", dev).has_value(); }));
  EXPECT_FALSE(world.announcement(kChannel, dev));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
}

TEST(ReplaceUpstream, KeysOfOlderReleasesGetAWarningThatTheyDoNothing) {
  World world;
  const std::string old = "[http]\nlisten_addr = \":8081\"\n[http.basic_auth]\nusername = \"a\"\n";
  Process daemon({teleport_slack(), "start", "--config",
                  world.dir().write("teleport-slack.toml", upstream_file(world, old))});
  ASSERT_TRUE(follows(daemon)) << daemon.err();
  EXPECT_THAT(daemon.err(), HasSubstr("[http] does nothing"));
}

TEST(ReplaceUpstream, ReadsTheTokenFromAFile) {
  World world;
  const std::string token = world.dir().write("token", std::string(World::kToken) + "\n");
  Process daemon({teleport_slack(), "start", "--config",
                  world.dir().write("teleport-slack.toml", upstream_file(world, "", token))});
  const std::string id = world.request();
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
}

// A message as teleport-slack leaves it: posted, and recorded as channel/ts.
std::string posted_by_upstream(World& world, const std::string& id) {
  const std::string channel = world.workspace.channel(kChannel)->id;
  const std::string ts =
      world.workspace.say(world.workspace.bot().user_id, kChannel, "request " + id);
  const auto written = world.cluster.update_plugin_data({"access_request",
                                                         id,
                                                         "slack",
                                                         {{"user", kAlice},
                                                          {"roles", "editor"},
                                                          {"request_reason", "because"},
                                                          {"messages", channel + "/" + ts}},
                                                         {}});
  EXPECT_TRUE(written.ok()) << written.error().message;
  return ts;
}

TEST(ReplaceUpstream, TakesOverMessagesAndEditsThemInPlace) {
  World world;
  const std::string id = world.request();
  const std::string ts = posted_by_upstream(world, id);
  world.start();
  world.resolve(id, true, "okay");
  EXPECT_TRUE(world.eventually([&] {
    const auto message = world.workspace.message(kChannel, ts);
    return message && block_text(*message, 2).find("APPROVED") != std::string::npos;
  }));
  EXPECT_THAT(world.messages(kChannel), SizeIs(1)) << "not announced again";
  EXPECT_TRUE(world.eventually([&] { return world.messages(kAlice).size() == 1; }))
      << "who asked is told";
}

TEST(ReplaceUpstream, AnnouncesWhatUpstreamRecordedAndNeverPosted) {
  World world;
  const std::string id = world.request();
  ASSERT_TRUE(world.cluster
                  .update_plugin_data(
                      {"access_request", id, "slack", {{"user", kAlice}, {"roles", "editor"}}, {}})
                  .ok());
  world.start();
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
}

TEST(ReplaceUpstream, LeavesARecordThatUpstreamCanGoOnWith) {
  World world;
  world.start();
  const std::string id = world.request([](sim::NewRequest& r) { r.thresholds = {{2, 2}}; });
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
  world.review(id, "bob@example.com", true);
  ASSERT_TRUE(wait_until([&] {
    auto entry = world.cluster.entry(id, "slack");
    return entry["reviews_count"] == "1" && entry.count("messages") == 1;
  }));
  const auto entry = world.cluster.entry(id, "slack");
  const auto message = world.announcement(kChannel, id);
  EXPECT_EQ(entry.at("user"), kAlice);
  EXPECT_EQ(entry.at("roles"), "editor");
  EXPECT_THAT(entry.at("messages"), HasSubstr(message->channel + "/" + message->ts));
  EXPECT_EQ(entry.count("resolution"), 0U);
  world.resolve(id, false);
  EXPECT_TRUE(
      wait_until([&] { return world.cluster.entry(id, "slack")["resolution"] == "DENIED"; }));
}

TEST(ReplaceUpstream, VersionAndSampleAreUpstreams) {
  const Finished version = run({teleport_slack(), "version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, ::testing::StartsWith("teleport-slack v"));
  const Finished sample = run({teleport_slack(), "configure"});
  EXPECT_EQ(sample.exit_code, 0);
  EXPECT_THAT(sample.out, HasSubstr("[role_to_recipients]"));
}

}  // namespace
}  // namespace notifyd::test
