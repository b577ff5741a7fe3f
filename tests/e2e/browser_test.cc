// The demo's page as a person uses it: in a real browser, against the real daemon.

#include <gtest/gtest.h>
#include <csignal>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "support/browser.h"
#include "support/process.h"
#include "support/wait.h"

namespace notifyd::test {
namespace {

class DemoPage : public ::testing::Test {
 protected:
  DemoPage() {
    const std::regex said("http://[0-9.]+:[0-9]+/?");
    std::smatch url;
    std::string text;
    const bool serves =
        wait_until([&] { return text = demo_.out(), std::regex_search(text, url, said); });
    if (!serves) throw std::runtime_error("the demo did not start:\n" + demo_.out() + demo_.err());
    browser_.open(url.str());
    EXPECT_TRUE(browser_.eventually("document.querySelector('#connection.live')"));
  }
  // By itself it removes what it wrote.
  ~DemoPage() override {
    if (!demo_.running()) return;
    demo_.signal(SIGTERM);
    demo_.wait();
  }

  static std::string text_of(const std::string& css) {
    return "(document.querySelector('" + css + "')?.innerText ?? '')";
  }
  static std::string fact(const std::string& name) {
    return text_of("#notifier [data-fact=\"" + name + "\"]");
  }
  void keep_picture(const std::string& name) {
    browser_.screenshot(NOTIFYD_SCREENSHOTS "/" + name + ".png");
  }

  Process demo_{{NOTIFYD_DEMO, "--daemon", NOTIFYD_PROGRAM}};
  Browser browser_;
};

TEST_F(DemoPage, ARequestIsCreatedApprovedAndItsMessageChanges) {
  browser_.click("#create button[type=submit]");
  ASSERT_TRUE(browser_.eventually("document.querySelector('#requests .request')"));
  ASSERT_TRUE(browser_.eventually(text_of("#messages") + ".includes('PENDING')"));
  keep_picture("demo-pending");

  browser_.click("#requests .request .actions button.good");
  ASSERT_TRUE(browser_.eventually(text_of("#messages") + ".includes('APPROVED')"));
  ASSERT_TRUE(
      browser_.eventually(text_of("#messages .thread") + ".includes('reviewed the request')"));
  EXPECT_TRUE(browser_.eventually("!" + text_of("#messages") + ".includes('PENDING')"));
  keep_picture("demo-approved");

  demo_.signal(SIGTERM);
  EXPECT_EQ(demo_.wait(), 0);
}

TEST_F(DemoPage, WorksAtTheWidthOfAPhone) {
  browser_.resize(390, 844);
  browser_.click(".tabs button[data-tab=cluster]");
  browser_.click("#create button[type=submit]");
  ASSERT_TRUE(browser_.eventually("document.querySelector('#requests .request')"));
  browser_.click(".tabs button[data-tab=slack]");
  ASSERT_TRUE(browser_.eventually(text_of("#messages") + ".includes('PENDING')"));
  EXPECT_TRUE(
      browser_.run("return document.documentElement.scrollWidth <= window.innerWidth;").get<bool>())
      << "nothing sticks out at the side";
  keep_picture("demo-phone");
}

// Somebody asks for something four times a second, and the page keeps what they were told.
constexpr const char* kRequestsFlow = R"(
  const users = ['alice', 'bob', 'carol', 'dave'];
  let turn = 0;
  window.asked = [];
  window.underWay = 0;
  window.ask = async (role) => {
    const user = users[turn++ % users.length] + '@example.com';
    underWay += 1;
    const answer = await fetch('/api/requests', {
      method: 'POST', body: JSON.stringify({ user, roles: [role], reason: 'flow' }) });
    asked.push((await answer.json()).id);
    underWay -= 1;
    return asked.at(-1);
  };
  window.flow = setInterval(() => ask('editor'), 250);)";

// The IDs in the conversation that is shown, of all messages or of those with a text.
std::string ids_shown(const std::string& with = "") {
  return "[...document.querySelectorAll('#messages > .message')].map((node) => node.innerText)"
         ".filter((text) => text.includes('" +
         with + "')).map((text) => text.match(/ID: (\\S+)/)[1])";
}

TEST_F(DemoPage, AnotherBuildAndAnotherRoutingTakeOverWhileRequestsFlow) {
  ASSERT_TRUE(browser_.eventually(fact("Generation") + ".startsWith('1,')"));
  browser_.run(kRequestsFlow);
  ASSERT_TRUE(browser_.eventually(ids_shown() + ".length > 0"));
  browser_.run("window.before = " + ids_shown() + ";");

  browser_.click("#press-module");
  ASSERT_TRUE(browser_.eventually(fact("Generation") + ".startsWith('2,')"));
  EXPECT_TRUE(browser_.eventually(fact("Module") + ".startsWith('slack 0.1.0+blue ')"));
  EXPECT_TRUE(browser_.eventually(text_of("#notifier-outcome") +
                                  ".includes('slack: replaced, version 0.1.0+blue')"));
  ASSERT_TRUE(browser_.eventually(ids_shown("build 0.1.0+blue") + ".length > 2"));
  EXPECT_TRUE(browser_.eventually("before.every((id) => " + ids_shown() + ".includes(id))"));
  keep_picture("demo-blue");

  browser_.click("#press-routing");
  ASSERT_TRUE(browser_.eventually(fact("Generation") + ".startsWith('3,')"));
  browser_.run("clearInterval(flow); ask('dba').then((id) => window.dba = id);");
  browser_.click("#channels li:nth-child(2) button");  // prod-approvals
  EXPECT_TRUE(browser_.eventually("window.dba && " + ids_shown() + ".includes(dba)"));
  browser_.click("#channels li:nth-child(1) button");  // access-requests
  EXPECT_TRUE(browser_.eventually("underWay === 0 && " + ids_shown() + ".length >= asked.length",
                                  std::chrono::seconds(60)));
  EXPECT_EQ(browser_.run("return " + ids_shown() + ".sort();"),
            browser_.run("return asked.sort();"))
      << "nothing is lost, and nothing there twice";
}

TEST_F(DemoPage, AReloadThatFailsIsShownWordForWordAndChangesNothing) {
  ASSERT_TRUE(browser_.eventually(fact("Generation") + ".startsWith('1,')"));
  const std::filesystem::path files =
      browser_.run("return " + fact("Files") + ";").get<std::string>();
  std::ofstream(files / "conf.d/broken.toml") << "[slack\n";
  browser_.click("#press-module");
  ASSERT_TRUE(
      browser_.eventually(text_of("#notifier-outcome.bad") + ".includes('conf.d/broken.toml:1:')"));
  EXPECT_TRUE(browser_.eventually(text_of("#notifier-outcome") +
                                  ".includes('everything goes on as before')"));
  EXPECT_TRUE(browser_.eventually(fact("Last reload") + ".startsWith('failed')"));
  EXPECT_TRUE(browser_.eventually(fact("Module") + ".startsWith('slack 0.1.0 ')"));

  std::filesystem::remove(files / "conf.d/broken.toml");
  browser_.click("#press-module");
  EXPECT_TRUE(browser_.eventually(fact("Module") + ".startsWith('slack 0.1.0+blue ')"));
}

}  // namespace
}  // namespace notifyd::test
