// Several clusters, [teleport.NAME], and which of them an instance is told of.
#include <gmock/gmock.h>

#include "config/host_config.h"
#include "support/temp_dir.h"

namespace notifyd::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kTwo =
    "[teleport.prod]\n"
    "addr = \"prod.example.com:443\"\n"
    "identity = \"/prod\"\n"
    "[teleport.staging]\n"
    "addr = \"staging.example.com:443\"\n"
    "identity = \"/staging\"\n";

class ClustersTest : public testing::Test {
 protected:
  HostConfig load(std::string_view text) {
    return load_notifyd_config(dir_.write("notifyd.toml", text));
  }
  void instance(const std::string& file, std::string_view text = "") {
    dir_.write("conf.d/" + file, text);
  }
  std::vector<std::string> faults(std::string_view text = kTwo) {
    return load(text).faults.lines();
  }

  test::TempDir dir_;
};

TEST_F(ClustersTest, AreReadOneByOne) {
  instance("slack.toml");
  const HostConfig config = load(kTwo);
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  ASSERT_THAT(config.clusters, SizeIs(2));
  EXPECT_EQ(config.clusters[0].name, "prod");
  EXPECT_EQ(config.clusters[0].identity, "/prod");
  EXPECT_EQ(config.clusters[0].at.line, 1U);
  EXPECT_EQ(config.clusters[1].name, "staging");
  EXPECT_THAT(config.clusters[1].addrs, ElementsAre("staging.example.com:443"));
  EXPECT_EQ(config.clusters[1].at.line, 4U);
}

TEST_F(ClustersTest, OneWithoutANameIsTheOnlyOne) {
  instance("slack.toml");
  const HostConfig config = load("[teleport]\nidentity = \"/id\"\n");
  ASSERT_THAT(config.clusters, SizeIs(1));
  EXPECT_EQ(config.clusters[0].name, "");
}

TEST_F(ClustersTest, AnInstanceIsToldOfAllUnlessItsFileNamesThem) {
  instance("slack.toml");
  instance("work.toml", "module = \"slack\"\nclusters = [\"prod\"]\n");
  const HostConfig config = load(kTwo);
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_TRUE(is_told_of(config.instances[0], "prod"));
  EXPECT_TRUE(is_told_of(config.instances[0], "staging"));
  EXPECT_TRUE(is_told_of(config.instances[1], "prod"));
  EXPECT_FALSE(is_told_of(config.instances[1], "staging"));
}

TEST_F(ClustersTest, OneNameNeedsNoBrackets) {
  instance("slack.toml", "clusters = \"staging\"\n");
  EXPECT_THAT(load(kTwo).instances[0].clusters, ElementsAre("staging"));
}

TEST_F(ClustersTest, ANameThatIsNotThereIsNamedWithTheNearest) {
  instance("slack.toml", "clusters = [\"prd\"]\n");
  EXPECT_THAT(
      faults(),
      ElementsAre(dir_.path("conf.d/slack.toml") + ":1:12: clusters names \"prd\", and " +
                  dir_.path("notifyd.toml") + " has no [teleport.prd]; did you mean \"prod\"?"));
}

TEST_F(ClustersTest, CannotBeNamedWhereTheOnlyOneHasNoName) {
  instance("slack.toml", "clusters = [\"prod\"]\n");
  EXPECT_THAT(
      faults("[teleport]\nidentity = \"/id\"\n"),
      ElementsAre(HasSubstr("has one [teleport] that has no name; remove clusters, or write "
                            "[teleport.NAME] there for each cluster")));
}

class ClustersThatAreNoNames : public ClustersTest,
                               public testing::WithParamInterface<const char*> {};

TEST_P(ClustersThatAreNoNames, AreRefused) {
  instance("slack.toml", "clusters = " + std::string(GetParam()) + "\n");
  EXPECT_THAT(faults(),
              ElementsAre(HasSubstr("slack.toml:1:12: clusters must be a list of the NAMEs "
                                    "of [teleport.NAME]; write clusters = [\"prod\"], or "
                                    "remove it for all of them")));
}

INSTANTIATE_TEST_SUITE_P(Values, ClustersThatAreNoNames,
                         testing::Values("[]", "1", "[1]", "\"\"", "[\"prod\", \"\"]", "true"));

TEST_F(ClustersTest, OneThatNobodyIsToldOfIsSaid) {
  instance("slack.toml", "clusters = [\"prod\"]\n");
  EXPECT_THAT(load(kTwo).warnings,
              ElementsAre(dir_.path("notifyd.toml") +
                          ":4:1: nobody is told of the requests in [teleport.staging]; add "
                          "\"staging\" to clusters in a file of conf.d"));
}

TEST_F(ClustersTest, WhatIsMissingIsSaidOfTheSectionThatLacksIt) {
  instance("slack.toml");
  EXPECT_THAT(faults("[teleport.prod]\nidentity = \"/id\"\n[teleport.staging]\n"),
              ElementsAre(HasSubstr("notifyd.toml:3:1: [teleport.staging] has no credentials")));
}

TEST_F(ClustersTest, AMisspeltKeyIsSaidOfItsSection) {
  instance("slack.toml");
  EXPECT_THAT(faults("[teleport.prod]\nidentity = \"/id\"\nadr = \"a:443\"\n"),
              ElementsAre(HasSubstr(
                  ":3:1: unknown key \"adr\" in [teleport.prod]; did you mean \"addr\"?")));
}

TEST_F(ClustersTest, AKeyBesideTheSectionsBelongsIntoOne) {
  instance("slack.toml");
  EXPECT_THAT(faults("[teleport]\naddr = \"a:443\"\n[teleport.prod]\nidentity = \"/id\"\n"),
              ElementsAre(HasSubstr(":2:1: unknown key \"addr\" in [teleport]; it belongs under "
                                    "[teleport.prod]")));
}

TEST_F(ClustersTest, ANameThatIsNoneIsRefused) {
  instance("slack.toml");
  EXPECT_THAT(
      faults("[teleport.\"prod.eu\"]\nidentity = \"/id\"\n"),
      ElementsAre(HasSubstr(":1:11: [teleport.prod.eu]: the name of a cluster may hold letters, "
                            "digits, _ and - only; rename the section, for example to "
                            "[teleport.prod]")));
}

}  // namespace
}  // namespace notifyd::config
