// Every way to reach Teleport at an IPv6 address.

#include <gmock/gmock.h>

#include "e2e/ways_fixture.h"
#include "support/ipv6.h"
#include "support/middleboxes.h"

namespace notifyd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

WorldOptions over_ipv6() {
  WorldOptions options = through_proxy();
  options.auth.loopback = ipv6_if_there();
  return options;
}

class OverIPv6 : public WaysTest {
 protected:
  OverIPv6() : WaysTest(over_ipv6()) {}
  void SetUp() override {
    if (!has_ipv6()) GTEST_SKIP() << kNoIPv6;
  }

  void reach_directly() { world.reach_by("addr = \"" + world.auth.address() + "\"\n"); }
  void end_tls_before_the_proxy() { world.proxy->set_quirks({.alpn = sim::ProxyAlpn::kStripped}); }
  void expect_works(const std::string& way) {
    EXPECT_THAT(status_text(), HasSubstr(way));
    request_many(5);
    expect_each_announced_once();
    expect_ends_shown();
  }
};

TEST_F(OverIPv6, ToTheAuthService) {
  reach_directly();
  world.start();
  expect_works("[::1]:" + std::to_string(world.auth.port()) + " directly");
}

TEST_F(OverIPv6, ByTlsRouting) {
  world.start();
  expect_works("[::1]:" + std::to_string(world.proxy->port()) +
               " through the proxy by TLS routing");
}

TEST_F(OverIPv6, ByConnectionUpgrade) {
  end_tls_before_the_proxy();
  world.start();
  expect_works("[::1]:" + std::to_string(world.proxy->port()) +
               " through the proxy by connection upgrade");
}

TEST_F(OverIPv6, ThroughAnHttpProxy) {
  HttpProxy tinyproxy;
  const std::map<std::string, std::string> environment{
      {"HTTPS_PROXY", tinyproxy.url(HttpProxy::kPassword)}, {"NO_PROXY", ""}};
  world.start(true, environment);
  expect_works("through the proxy by TLS routing");
  EXPECT_THAT(tinyproxy.log(), HasSubstr("CONNECT " + world.proxy->address()));
  world.terminate();
  reach_directly();
  world.start(true, environment);
  expect_works("directly");
  EXPECT_THAT(tinyproxy.log(), HasSubstr("CONNECT " + world.auth.address()));
}

TEST_F(OverIPv6, PastAnHttpProxyThatNoProxyNames) {
  HttpProxy tinyproxy;
  const std::vector<std::string> ways{"::1", "[::1]", "example.com, ::1"};
  for (std::size_t i = 0; i < ways.size(); ++i) {
    world.start(true,
                {{"HTTPS_PROXY", tinyproxy.url(HttpProxy::kPassword)}, {"NO_PROXY", ways[i]}});
    expect_works("through the proxy by TLS routing");
    world.terminate(i);
  }
  EXPECT_THAT(tinyproxy.log(), Not(HasSubstr("CONNECT [::1]")));
}

}  // namespace
}  // namespace notifyd::test
