#include "daemon/inspection.h"

#include <gmock/gmock.h>

#include "support/installation.h"

namespace notifyd::daemon {
namespace {

using std::chrono::hours;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class InspectionTest : public testing::Test {
 protected:
  InspectionTest() { here_.write("conf.d/good.toml", ""); }

  Inspection inspected() {
    return inspect(config::load_notifyd_config(here_.path("notifyd.toml")));
  }

  test::Installation here_;
};

TEST_F(InspectionTest, SaysThatTwoSectionsAreOfOneCluster) {
  std::string sections = "modules_dir = \"" + here_.path("modules") + "\"\nruntime_dir = \"" +
                         here_.path("run") + "\"\n";
  for (const char* name : {"a", "b"}) {
    sections +=
        std::string("[teleport.") + name + "]\nidentity = \"" + here_.path("identity") + "\"\n";
  }
  here_.write("notifyd.toml", sections);
  EXPECT_THAT(inspected().warnings,
              ElementsAre(AllOf(HasSubstr("[teleport.a] and [teleport.b] have identities of the "
                                          "same cluster"),
                                EndsWith("remove one of them"))));
}

TEST_F(InspectionTest, FindsWhatWouldRun) {
  const Inspection found = inspected();
  EXPECT_THAT(found.faults.lines(), IsEmpty());
  EXPECT_FALSE(found.stuck);
  EXPECT_THAT(found.warnings, IsEmpty());
  ASSERT_THAT(found.clusters, SizeIs(1));
  const InspectedCluster& cluster = found.clusters.front();
  EXPECT_EQ(cluster.address, "auth.example.com");
  ASSERT_TRUE(cluster.identity);
  EXPECT_EQ(cluster.identity->file, here_.path("identity"));
  EXPECT_EQ(cluster.identity->facts.user, "access-plugin");
  EXPECT_GT(cluster.identity->left, hours(23));
  ASSERT_EQ(found.notifiers.size(), 1U);
  EXPECT_EQ(found.notifiers[0].name, "good");
  EXPECT_EQ(found.notifiers[0].version, "1.2");
  EXPECT_EQ(found.notifiers[0].file, here_.path("conf.d/good.toml"));
}

TEST_F(InspectionTest, GoesOnAfterAFaultAndKeepsWhatItFound) {
  here_.install("create");
  here_.write("conf.d/create.toml", "");
  here_.write("conf.d/zz.toml", "module = \"good\"\n");
  here_.identity_valid_until(std::chrono::system_clock::now() + hours(5));
  const Inspection found = inspected();
  EXPECT_THAT(found.faults.lines(), ElementsAre(StartsWith(here_.path("conf.d/create.toml"))));
  ASSERT_EQ(found.warnings.size(), 1U);
  EXPECT_THAT(found.warnings[0], HasSubstr("ends in 4 hours"));
  EXPECT_EQ(found.notifiers.size(), 2U) << "those that would run";
}

TEST_F(InspectionTest, FindsEverythingThatIsWrongWhateverPartFindsIt) {
  here_.write("notifyd.toml", "modules_dir = \"" + here_.path("modules") +
                                  "\"\n[teleport]\nidentity = \"/nowhere/id\"\naddr = \"a b\"\n"
                                  "adr = \"c\"\n[log]\noutput = \"/nowhere/log\"\n");
  here_.write("conf.d/chta.toml", "");
  here_.write("conf.d/good.toml", "[good]\nwait = \"soon\"\n");
  here_.write("conf.d/work.toml", "module = \"good\"\n[good]\ntokn = \"t\"\nodd = 1\n");
  const std::string host = here_.path("notifyd.toml"), conf = here_.path("conf.d/");
  EXPECT_THAT(inspected().faults.lines(),
              ElementsAre(StartsWith(host + ":4:8: teleport.addr \"a b\""),
                          StartsWith(host + ":5:1: unknown key \"adr\""),
                          StartsWith(conf + "good.toml:2:8: good.wait is no duration"),
                          StartsWith(conf + "work.toml:3:1: unknown key \"tokn\""),
                          StartsWith(conf + "work.toml:4:7: good.odd must be"),
                          StartsWith(host + ":3:12: /nowhere/id: cannot be read"),
                          StartsWith(host + ":7:10: log.output: /nowhere"),
                          StartsWith(conf + "chta.toml:1:1: no module \"chta\"")));
}

TEST_F(InspectionTest, JudgesTheNotifiersOfAFileThatIsNoToml) {
  here_.write("notifyd.toml", "[teleport\n");
  here_.write("conf.d/good.toml", "[log]\n");
  EXPECT_THAT(inspected().faults.lines(),
              ElementsAre(StartsWith(here_.path("notifyd.toml") + ":1:10: a section header"),
                          StartsWith(here_.path("conf.d/good.toml") + ":1:2: [log] holds")));
}

}  // namespace
}  // namespace notifyd::daemon
