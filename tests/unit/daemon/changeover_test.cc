#include "daemon/changeover.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "sim/teleport/auth_server.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/pki.h"
#include "support/fake_engine.h"
#include "support/temp_dir.h"
#include "support/wait.h"

namespace notifyd::daemon {
namespace {

namespace fs = std::filesystem;

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// Files as an operator has them, what runs by them, and the Auth Service that it follows.
class ChangeoverTest : public testing::Test {
 protected:
  ChangeoverTest() {
    sim::write_private_file(dir_.path("identity"),
                            pki_.identity_file(pki_.issue_client("notifyd")));
    for (const char* name : {"conf.d", "modules"}) fs::create_directory(dir_.path(name));
    write_host(auth_.address());
    now_ = config::load_notifyd_config(dir_.path("notifyd.toml"));
    config::Faults faults;
    add_clusters(clusters_, engine_, *http_, now_, delivery_, log_, faults);
    EXPECT_THAT(faults.lines(), IsEmpty());
    clusters_.start();
    EXPECT_TRUE(until([&] { return follows(""); }));
  }

  void write_host(const std::string& address, const std::string& runtime_dir = "run",
                  const std::string& more_of_teleport = "") const {
    write_sections(section("teleport", address) + more_of_teleport, runtime_dir);
  }
  void write_sections(const std::string& sections, const std::string& runtime_dir = "run") const {
    dir_.write("notifyd.toml", "modules_dir = \"" + dir_.path("modules") + "\"\nruntime_dir = \"" +
                                   dir_.path(runtime_dir) + "\"\n" + sections);
  }
  std::string section(const std::string& name, const std::string& address,
                      const std::string& identity = "identity") const {
    return "[" + name + "]\naddr = \"" + address + "\"\nidentity = \"" + dir_.path(identity) +
           "\"\n";
  }
  bool follows(const std::string& cluster) const {
    const Cluster* const found = clusters_.find(cluster);
    return found != nullptr && found->connected();
  }
  std::vector<std::string> told(const std::string& cluster) const {
    const Cluster* const found = clusters_.find(cluster);
    return found == nullptr ? std::vector<std::string>{} : found->instances();
  }
  std::string address() const { return clusters_.describe().front().address; }
  std::string module_file(const std::string& module) const {
    return dir_.path("modules/libnotify_" + module + ".so");
  }
  // An instance of one of tests/modules, which is put in place.
  void write_instance(const std::string& module, const std::string& token) const {
    fs::copy_file(TEST_MODULES "/libnotify_" + module + ".so", module_file(module),
                  fs::copy_options::overwrite_existing);
    const std::string section = module == "never_checks" ? module : "good";
    dir_.write("conf.d/" + module + ".toml", "[" + section + "]\ntoken = \"" + token + "\"\n");
  }

  // One changeover to what the files say; true: it has taken over.
  bool change(const std::string& fault_found_elsewhere = "") {
    const config::HostConfig next = config::load_notifyd_config(dir_.path("notifyd.toml"));
    Changeover changeover(
        {engine_, workshop_, *http_, delivery_, fleet_, clusters_, log_, "", staging_}, now_, next);
    if (!fault_found_elsewhere.empty()) {
      changeover.add(Error{Errc::kInvalid, fault_found_elsewhere}, {next.file, 1, 1});
    }
    std::optional<bool> good;
    notify::Scope running;
    running.run([](notify::Task<bool> task, std::optional<bool>* out) -> notify::Task<> {
      *out = co_await task;
    }(changeover.run(), &good));
    EXPECT_TRUE(until([&] { return good.has_value(); }));
    faults_ = changeover.faults().lines();
    changes_ = changeover.changes();
    if (good.value_or(false)) now_ = next;
    return good.value_or(false);
  }
  // Runs the engine until it holds. Its clock moves only when `tick_` is set.
  template <class Condition>
  bool until(Condition condition) {
    return test::wait_until([&] {
      engine_.advance(tick_);
      return condition();
    });
  }
  modules::Instance* only_instance() const {
    const auto all = fleet_.instances();
    return all.size() == 1 ? all.front() : nullptr;
  }

  test::TempDir dir_;
  sim::Pki pki_;
  sim::Cluster teleport_{sim::ClusterOptions{}};
  sim::AuthServer auth_{teleport_, pki_, sim::AuthServerOptions{}};

  const Log log_;
  Millis tick_{0};
  test::FakeEngine engine_{std::chrono::system_clock::now()};
  std::unique_ptr<net::Http> http_ = net::make_curl_http({}, Log());
  Workshop workshop_{engine_};
  const delivery::DeliveryOptions delivery_{.owner = "this-test"};
  std::shared_ptr<modules::Staging> staging_ = *modules::Staging::in_memory();
  Fleet fleet_{engine_, *http_, workshop_, delivery_, log_};
  Clusters clusters_{engine_};
  config::HostConfig now_;
  std::vector<std::string> faults_, changes_;  // of the last changeover
};

TEST_F(ChangeoverTest, StartsWhatIsNew) {
  write_instance("good", "a");
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, ElementsAre("good: started, version 1.2"));
  EXPECT_THAT(fleet_.names(), ElementsAre("good"));
}

TEST_F(ChangeoverTest, LeavesAloneWhatIsUnchanged) {
  write_instance("good", "a");
  ASSERT_TRUE(change());
  const modules::Instance* const before = only_instance();
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, IsEmpty());
  EXPECT_EQ(only_instance(), before);
}

TEST_F(ChangeoverTest, ReplacesWhatHasOtherSettings) {
  write_instance("good", "a");
  ASSERT_TRUE(change());
  const modules::Instance* const before = only_instance();
  write_instance("good", "b");
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, ElementsAre("good: replaced, version 1.2"));
  EXPECT_NE(only_instance(), before);
}

TEST_F(ChangeoverTest, ReplacesWhatHasAnotherBuildOfItsModule) {
  write_instance("good", "a");
  ASSERT_TRUE(change());
  std::ofstream(module_file("good"), std::ios::app) << "another build";
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, ElementsAre("good: replaced, version 1.2"));
}

TEST_F(ChangeoverTest, EndsWhatHasNoFileAnyMore) {
  write_instance("good", "a");
  ASSERT_TRUE(change());
  fs::remove(dir_.path("conf.d/good.toml"));
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, ElementsAre("good: ended, its file is gone"));
  EXPECT_THAT(fleet_.names(), IsEmpty());
}

// "create" refuses to start, whatever its file says.
TEST_F(ChangeoverTest, ChangesNothingIfOneOfManyDoesNotStart) {
  write_instance("good", "a");
  ASSERT_TRUE(change());
  const modules::Instance* const before = only_instance();
  write_instance("good", "b");
  write_instance("create", "c");
  EXPECT_FALSE(change());
  EXPECT_THAT(faults_, ElementsAre(HasSubstr("conf.d/create.toml:2:9: good.token is missing")));
  EXPECT_EQ(only_instance(), before);
  EXPECT_EQ(fleet_.status().at(0).generation, 1U);
  fs::remove(dir_.path("conf.d/create.toml"));
  EXPECT_TRUE(change());
  EXPECT_EQ(fleet_.status().at(0).generation, 2U);
}

TEST_F(ChangeoverTest, EndsNothingWhereAnotherFileIsWrong) {
  write_instance("good", "a");
  ASSERT_TRUE(change());
  fs::remove(dir_.path("conf.d/good.toml"));
  dir_.write("conf.d/missing.toml", "");
  EXPECT_FALSE(change());
  EXPECT_THAT(fleet_.names(), ElementsAre("good"));
}

TEST_F(ChangeoverTest, SaysAllThatIsWrongInFilesAndOfModules) {
  write_instance("create", "c");
  dir_.write("conf.d/broken.toml", "[broken\n");
  EXPECT_FALSE(change());
  EXPECT_THAT(faults_, testing::UnorderedElementsAre(
                           StartsWith(dir_.path("conf.d/broken.toml:1:")),
                           HasSubstr("conf.d/create.toml:2:9: good.token is missing")));
}

TEST_F(ChangeoverTest, ChangesNothingIfSomethingElseIsWrong) {
  write_instance("good", "a");
  EXPECT_FALSE(change("the log cannot be opened"));
  EXPECT_THAT(faults_, ElementsAre(HasSubstr("the log cannot be opened")));
  EXPECT_THAT(fleet_.names(), IsEmpty());
}

TEST_F(ChangeoverTest, TakesANotifierWhoseFarSideDoesNotAnswer) {
  write_instance("never_checks", "a");
  tick_ = Millis(100);
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, ElementsAre("warning: " + dir_.path("conf.d/never_checks.toml") +
                                        ": it could not be checked: no answer within 10s",
                                    StartsWith("never_checks: started")));
}

TEST_F(ChangeoverTest, KeepsTheConnectionWhereTheNewAddressDoesNotAnswer) {
  write_instance("good", "a");
  write_host("127.0.0.1:1");
  EXPECT_FALSE(change());
  EXPECT_THAT(faults_, ElementsAre(HasSubstr("127.0.0.1:1")));
  EXPECT_EQ(address(), auth_.address());
  EXPECT_THAT(fleet_.names(), IsEmpty());
}

TEST_F(ChangeoverTest, MovesToAnAddressThatAnswers) {
  const sim::AuthServer proxy(teleport_, pki_, sim::AuthServerOptions{});
  write_host(proxy.address());
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, ElementsAre("connects to Teleport at " + proxy.address() + " as notifyd"));
  EXPECT_EQ(address(), proxy.address());
  clusters_.clear();  // before the server that it follows
}

TEST_F(ChangeoverTest, FollowsAClusterWhoseSectionIsNew) {
  write_instance("good", "a");
  write_sections(section("teleport.a", auth_.address()) + section("teleport.b", auth_.address()));
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_,
              Contains("[teleport.b]: connects to Teleport at " + auth_.address() + " as notifyd"));
  EXPECT_THAT(changes_, Contains("followed no more, its section is gone"));
  EXPECT_TRUE(until([&] { return follows("a") && follows("b"); }));
  EXPECT_EQ(clusters_.find(""), nullptr);
  EXPECT_THAT(told("b"), ElementsAre("good"));
}

TEST_F(ChangeoverTest, FollowsNoNewClusterWhereOneOfThemDoesNotAnswer) {
  write_sections(section("teleport.a", auth_.address()) + section("teleport.b", "127.0.0.1:1"));
  EXPECT_FALSE(change());
  EXPECT_THAT(faults_, ElementsAre(AllOf(HasSubstr("notifyd.toml:7:8: [teleport.b]: "),
                                         HasSubstr("127.0.0.1:1"))));
  EXPECT_TRUE(follows(""));
  EXPECT_EQ(clusters_.find("a"), nullptr);
}

TEST_F(ChangeoverTest, TellsAnInstanceOfTheClustersThatItsFileNames) {
  write_instance("good", "a");
  write_sections(section("teleport.a", auth_.address()) + section("teleport.b", auth_.address()));
  ASSERT_TRUE(change());
  dir_.write("conf.d/good.toml", "clusters = [\"b\"]\n[good]\ntoken = \"a\"\n");
  ASSERT_TRUE(change());
  EXPECT_THAT(told("a"), IsEmpty());
  EXPECT_THAT(told("b"), ElementsAre("good"));
}

TEST_F(ChangeoverTest, LeavesAloneAClusterThatIsUnchangedAndBrokenAlready) {
  write_sections(section("teleport.a", auth_.address()) + section("teleport.b", auth_.address()));
  ASSERT_TRUE(change());
  write_instance("good", "a");
  clusters_.clear();
  const std::string broken = section("teleport.b", auth_.address(), "nowhere");
  write_sections(section("teleport.a", auth_.address()) + broken);
  now_ = config::load_notifyd_config(dir_.path("notifyd.toml"));
  config::Faults faults;
  add_clusters(clusters_, engine_, *http_, now_, delivery_, log_, faults);
  ASSERT_THAT(faults.lines(), IsEmpty());
  clusters_.start();
  ASSERT_TRUE(until([&] { return follows("a"); }));
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, Contains(StartsWith("good: started")));
  EXPECT_FALSE(follows("b"));
}

TEST_F(ChangeoverTest, WhereNoClusterCanBeUsedAllOfThemAreFaults) {
  write_sections(section("teleport.a", auth_.address(), "nowhere") +
                 section("teleport.b", auth_.address(), "nowhere_either"));
  Clusters none(engine_);
  config::Faults faults;
  add_clusters(none, engine_, *http_, config::load_notifyd_config(dir_.path("notifyd.toml")),
               delivery_, log_, faults);
  EXPECT_THAT(faults.lines(), ElementsAre(HasSubstr("/nowhere"), HasSubstr("/nowhere_either")));
}

TEST_F(ChangeoverTest, ConnectsAnewWhereTheFileOfAProxysCasHasOthers) {
  const std::string line = "ca_file = \"" + dir_.write("ca.pem", pki_.ca_pem()) + "\"\n";
  write_host(auth_.address(), "run", line);
  ASSERT_TRUE(change());
  ASSERT_THAT(changes_, ElementsAre(StartsWith("connects to Teleport")));
  ASSERT_TRUE(change());
  ASSERT_THAT(changes_, IsEmpty()) << "nothing has changed";
  dir_.write("ca.pem", sim::Pki().ca_pem());
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, ElementsAre(StartsWith("connects to Teleport")));
}

TEST_F(ChangeoverTest, ChangesNothingWhereAProxysCasAreGone) {
  write_instance("good", "a");
  const std::string line = "ca_file = \"" + dir_.write("ca.pem", pki_.ca_pem()) + "\"\n";
  write_host(auth_.address(), "run", line);
  ASSERT_TRUE(change());
  fs::remove(dir_.path("conf.d/good.toml"));
  dir_.write("ca.pem", "");
  EXPECT_FALSE(change());
  EXPECT_THAT(faults_, ElementsAre(StartsWith(dir_.path("notifyd.toml") +
                                              ":6:11: teleport.ca_file: " + dir_.path("ca.pem") +
                                              " holds no certificate")));
  EXPECT_THAT(fleet_.names(), ElementsAre("good"));
}

TEST_F(ChangeoverTest, NamesWhatTakesARestart) {
  write_host(auth_.address(), "elsewhere");
  ASSERT_TRUE(change());
  EXPECT_THAT(changes_, ElementsAre(AllOf(
                            StartsWith("warning: " + dir_.path("notifyd.toml:2:")),
                            HasSubstr("takes a restart; until then it is " + dir_.path("run")))));
}

}  // namespace
}  // namespace notifyd::daemon
