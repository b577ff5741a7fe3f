#include "sim/demo/notifier_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "demo_fixture.h"
#include "support/wait.h"

namespace notifyd::sim {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

// The daemon's command line, played by a script: it does what the test has written beside it.
class NotifierPanelTest : public ::testing::Test, protected DemoFixture {
 protected:
  NotifierPanelTest() {
    options.daemon = dir.write(
        "daemon", "#!/bin/sh\necho \"$@\" >> " + dir.path("asked") + "\n. " + dir.path() + "/$1\n");
    fs::permissions(options.daemon, fs::perms::owner_all);
    on_status(R"(echo '{"instances":[{"generation":1}],"reload":null}')");
    on_reload("echo reloaded");
    installation.emplace(world, options);
    panel.emplace(*installation);
  }

  void on_status(const std::string& script) { dir.write("status", script + "\n"); }
  void on_reload(const std::string& script) { dir.write("reload", script + "\n"); }
  std::string asked() const { return contents(dir.path("asked")); }
  Json label_of(std::size_t button) const { return panel->view()["buttons"][button]["label"]; }

  std::optional<Installation> installation;
  std::optional<NotifierPanel> panel;
};

TEST_F(NotifierPanelTest, ShowsWhatTheDaemonSaysOfItself) {
  panel->look();
  EXPECT_EQ(asked(), "status --config " + installation->config() + " --json\n");
  EXPECT_EQ(panel->view()["status"]["instances"][0]["generation"], 1);
  EXPECT_EQ(panel->view()["trouble"], "");
}

TEST_F(NotifierPanelTest, ShowsWhyThereIsNoStatus) {
  panel->look();
  on_status("echo 'no daemon answers there' >&2; exit 1");
  panel->look();
  EXPECT_TRUE(panel->view()["status"].is_null());
  EXPECT_EQ(panel->view()["trouble"], "no daemon answers there\n");
}

TEST_F(NotifierPanelTest, PutsTheOtherBuildInPlaceAndTakesItBack) {
  ASSERT_TRUE(panel->act("module"));
  EXPECT_THAT(asked(), HasSubstr("reload --config " + installation->config() + "\n"));
  EXPECT_EQ(module_of(*installation), "blue build");
  EXPECT_EQ(label_of(0), "Swap back to the first build");
  ASSERT_TRUE(panel->act("module"));
  EXPECT_EQ(module_of(*installation), "first build");
  EXPECT_EQ(label_of(0), "Swap in the blue build");
}

TEST_F(NotifierPanelTest, EditsTheRoutingAndLeavesTheModuleAsItIs) {
  ASSERT_TRUE(panel->act("module"));
  ASSERT_TRUE(panel->act("routing"));
  EXPECT_THAT(routing_of(*installation), HasSubstr("\"access-requests\", \"prod-approvals\", "));
  EXPECT_EQ(module_of(*installation), "blue build");
  EXPECT_EQ(label_of(1), "Stop sending dba to #prod-approvals");
}

TEST_F(NotifierPanelTest, WhatTheReloadSaidIsShownWordForWordWithTheStatusAfterIt) {
  on_reload("echo 'slack: replaced, version 2'; echo reloaded");
  on_status(R"(echo '{"instances":[{"generation":2}]}')");
  const auto answer = panel->act("module");
  ASSERT_TRUE(answer);
  const Json view = panel->view();
  EXPECT_EQ(view["outcome"]["good"], true);
  EXPECT_EQ(view["outcome"]["text"], "slack: replaced, version 2\nreloaded\n");
  EXPECT_EQ(view["outcome"], *answer);
  EXPECT_EQ(view["status"]["instances"][0]["generation"], 2);
}

TEST_F(NotifierPanelTest, WhatFailedIsShownAndTheNextPressTriesItAgain) {
  on_reload("echo 'x.toml:1:1: [slack is not closed' >&2; exit 1");
  ASSERT_TRUE(panel->act("module"));
  EXPECT_EQ(panel->view()["outcome"]["good"], false);
  EXPECT_EQ(panel->view()["outcome"]["text"], "x.toml:1:1: [slack is not closed\n");
  EXPECT_EQ(label_of(0), "Swap in the blue build");
  on_reload("echo reloaded");
  ASSERT_TRUE(panel->act("module"));
  EXPECT_EQ(module_of(*installation), "blue build");
  EXPECT_EQ(label_of(0), "Swap back to the first build");
}

TEST_F(NotifierPanelTest, FilesThatCannotBePlacedAreAnOutcomeWithoutAReload) {
  fs::remove_all(dir.path("blue"));
  ASSERT_TRUE(panel->act("module"));
  EXPECT_EQ(panel->view()["outcome"]["good"], false);
  EXPECT_THAT(panel->view()["outcome"]["text"].get<std::string>(), HasSubstr("is missing"));
  EXPECT_THAT(asked(), ::testing::Not(HasSubstr("reload")));
}

TEST_F(NotifierPanelTest, ASecondPressIsRefusedWhileAReloadIsUnderWay) {
  on_reload("until [ -e " + dir.path("go") + " ]; do sleep 0.01; done; echo reloaded");
  std::thread first([this] { EXPECT_TRUE(panel->act("module")); });
  EXPECT_TRUE(test::wait_until([this] { return asked().find("reload") != std::string::npos; }));
  EXPECT_EQ(panel->view()["busy"], true);
  const auto second = panel->act("routing");
  dir.write("go", "");
  first.join();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kConflict);
  EXPECT_EQ(panel->view()["busy"], false);
}

TEST_F(NotifierPanelTest, KnowsNoOtherButtons) {
  const auto answer = panel->act("self-destruct");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::kNotFound);
}

TEST_F(NotifierPanelTest, TellsOfChangesOnly) {
  int told = 0;
  panel->on_change([&] { ++told; });
  panel->look();
  panel->look();
  EXPECT_EQ(told, 1);
  on_status(R"(echo '{"instances":[]}')");
  panel->look();
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace notifyd::sim
