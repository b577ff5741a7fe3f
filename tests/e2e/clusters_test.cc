// Several Teleport clusters in one daemon.

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>

#include "support/world.h"

namespace notifyd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// A second cluster beside the world's own.
struct Another {
  explicit Another(const World& world) : auth(cluster, pki) {
    sim::write_private_file(world.path("another_identity"),
                            pki.identity_file(pki.issue_client("notifyd")));
  }
  static sim::ClusterOptions named() {
    sim::ClusterOptions options;
    options.name = "another.example.com";
    return options;
  }
  std::string request() {
    sim::NewRequest what;
    what.user = "alice@example.com";
    what.roles = {"editor"};
    return cluster.create_request(what);
  }

  sim::Pki pki{"another.example.com"};
  sim::Cluster cluster{named()};
  sim::AuthServer auth;
};

class Clusters : public ::testing::Test {
 protected:
  Clusters() {
    world_.workspace.add_channel("own");
    world_.workspace.add_channel("both");
    write_sections(own() + theirs());
    write_instances();
  }
  void write_sections(const std::string& sections) {
    world_.dir().write("notifyd.toml", std::string("modules_dir = \"") + NOTIFYD_MODULES_DIR +
                                           "\"\nconf_d = \"" + world_.path("conf.d") +
                                           "\"\nruntime_dir = \"" + world_.path("run") + "\"\n" +
                                           sections + "[log]\nseverity = \"debug\"\n");
  }
  std::string section(const std::string& name, const std::string& address,
                      const std::string& identity) const {
    return "[teleport." + name + "]\naddr = \"" + address + "\"\nidentity = \"" +
           world_.path(identity) + "\"\n";
  }
  std::string own() const { return section("own", world_.auth.address(), "identity"); }
  std::string theirs() const {
    return section("another", another_.auth.address(), "another_identity");
  }
  // `slack` is told of both, `one` of the world's own.
  void write_instances() {
    write_instance("slack", "#both", "");
    write_instance("one", "#own", "clusters = [\"own\"]\n");
  }
  void write_instance(const std::string& name, const std::string& channel,
                      const std::string& more) const {
    world_.dir().write(
        "conf.d/" + name + ".toml",
        "module = \"slack\"\n" + more + "[slack]\ntoken = \"" + std::string(World::kToken) +
            "\"\napi_url = \"" + world_.slack.base_url() +
            "\"\npace = \"obey\"\n[role_to_recipients]\n\"*\" = \"" + channel + "\"\n");
  }
  Process& start() { return world_.start(false); }
  Finished command(const std::string& name) const {
    return World::command({name, "--config", world_.path("notifyd.toml")});
  }
  bool announced(const std::string& where, const std::string& id) const {
    return world_.eventually([&] { return world_.announcement(where, id).has_value(); });
  }
  std::string text_of(const std::string& where, const std::string& id) const {
    const auto message = world_.announcement(where, id);
    return message ? block_text(*message, 1) : "";
  }

  World world_;
  Another another_{world_};
};

TEST_F(Clusters, EachMessageSaysOfWhichItIs) {
  start();
  const std::string ours = world_.request(), theirs = another_.request();
  ASSERT_TRUE(announced("#both", ours));
  ASSERT_TRUE(announced("#both", theirs));
  EXPECT_THAT(text_of("#both", ours), HasSubstr("sim.example.com"));
  EXPECT_THAT(text_of("#both", theirs), HasSubstr("another.example.com"));
}

// Made in the root cluster for what a leaf of it has.
TEST_F(Clusters, ARequestForResourcesOfALeafNamesTheLeaf) {
  start();
  const std::string id = world_.request([](sim::NewRequest& what) {
    ::types::ResourceID& node = what.resources.emplace_back();
    node.set_cluster_name("leaf.example.com");
    node.set_kind("node");
    node.set_name("db-1");
  });
  ASSERT_TRUE(announced("#both", id));
  EXPECT_THAT(text_of("#both", id), HasSubstr("sim.example.com"));
  EXPECT_THAT(text_of("#both", id), HasSubstr("/leaf.example.com/node/db-1"));
}

TEST_F(Clusters, AnInstanceIsToldOfThoseThatItsFileNames) {
  start();
  const std::string ours = world_.request(), theirs = another_.request();
  EXPECT_TRUE(announced("#own", ours));
  ASSERT_TRUE(announced("#both", theirs));
  EXPECT_FALSE(world_.announcement("#own", theirs));
}

TEST_F(Clusters, OneThatIsAwayStopsNoOther) {
  const std::string address = another_.auth.address();
  another_.auth.stop();
  start();
  EXPECT_TRUE(announced("#both", world_.request()));
  EXPECT_THAT(command("status").out,
              AllOf(HasSubstr("\nteleport   own: "),
                    HasSubstr("\nteleport   another: " + address + ": not connected")));
  const std::string missed = another_.request();
  another_.auth.start();
  EXPECT_TRUE(announced("#both", missed));
}

TEST_F(Clusters, OneWhoseIdentityIsNotThereYetStopsNoOther) {
  const std::string kept = world_.path("kept");
  std::filesystem::rename(world_.path("another_identity"), kept);
  Process& daemon = start();
  EXPECT_TRUE(announced("#both", world_.request()));
  EXPECT_THAT(daemon.err(), HasSubstr("another_identity"));
  std::filesystem::rename(kept, world_.path("another_identity"));
  EXPECT_TRUE(announced("#both", another_.request()));
}

TEST_F(Clusters, CheckSaysHowEachIsReached) {
  const Finished checked = command("check");
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_THAT(checked.out, AllOf(HasSubstr("teleport   own: "), HasSubstr("teleport   another: ")));
  another_.auth.stop();
  const Finished again = command("check");
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("is good, but Teleport another cannot be reached: "));
}

TEST_F(Clusters, ComeAndGoByReloads) {
  write_sections(own());
  start();
  ASSERT_TRUE(announced("#both", world_.request()));
  const std::string waited = another_.request();
  write_sections(own() + theirs());
  Finished reload = command("reload");
  ASSERT_EQ(reload.exit_code, 0) << reload.err;
  EXPECT_TRUE(announced("#both", waited));
  write_sections(own());
  reload = command("reload");
  ASSERT_EQ(reload.exit_code, 0) << reload.err;
  EXPECT_THAT(reload.out, HasSubstr("[teleport.another]: followed no more"));
  EXPECT_THAT(command("status").out, Not(HasSubstr("teleport   another")));
  another_.request();
  EXPECT_TRUE(announced("#both", world_.request()));
  EXPECT_THAT(world_.messages("#both"), SizeIs(3));
}

// A mistake, which doubles nothing.
TEST_F(Clusters, TwoSectionsOfTheSameOneAnnounceOnce) {
  write_sections(own() + section("again", world_.auth.address(), "identity"));
  Process& daemon = start();
  EXPECT_TRUE(wait_until([&] {
    const std::string log = daemon.err();
    return log.find("following Access Requests cluster=sim.example.com") != std::string::npos &&
           log.find("teleport=own") != std::string::npos &&
           log.find("teleport=again") != std::string::npos;
  }));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(announced("#both", world_.request()));
  world_.terminate();
  EXPECT_THAT(world_.messages("#both"), SizeIs(10));
}

}  // namespace
}  // namespace notifyd::test
