// The demo's page as a person uses it: in a real browser, against the real daemon.

#include <gtest/gtest.h>
#include <csignal>

#include <regex>

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

  static std::string text_of(const std::string& css) {
    return "(document.querySelector('" + css + "')?.innerText ?? '')";
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

}  // namespace
}  // namespace notifyd::test
