// Every way to reach Teleport, with what people have on it: the simulated proxy, and real load
// balancers and HTTP proxies. Each is broken while requests come in.

#include <gmock/gmock.h>

#include "e2e/ways_fixture.h"
#include "support/middleboxes.h"

namespace notifyd::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;
using ::testing::HasSubstr;
using ::testing::Not;

// ---- The simulated proxy, in each of the ways that lead through it ----

struct Way {
  const char* name;
  sim::ProxyAlpn alpn;
  sim::ProxyUpgrades upgrades;
  const char* says;
};

class EachWayTest : public WaysTest, public ::testing::WithParamInterface<Way> {
 protected:
  EachWayTest() {
    sim::ProxyQuirks quirks;
    quirks.alpn = GetParam().alpn;
    quirks.upgrades = GetParam().upgrades;
    quirks.ping_interval = std::chrono::milliseconds(20);
    world.proxy->set_quirks(quirks);
  }
};

TEST_P(EachWayTest, AnnouncesAndEnds) {
  world.start();
  EXPECT_THAT(status_text(), HasSubstr(world.proxy->address() + " " + GetParam().says));
  request_many(20);
  expect_each_announced_once();
  expect_ends_shown();
}

TEST_P(EachWayTest, OutlastsAProxyThatIsKilledAndComesBack) {
  world.start();
  request_many(5);
  world.proxy->stop();
  request_over(20, seconds(2));
  world.proxy->start();
  expect_each_announced_once();
  expect_ends_shown();
}

TEST_P(EachWayTest, OutlastsConnectionsThatAreCutAgainAndAgain) {
  world.start();
  for (int i = 0; i < 5; ++i) {
    request_many(5);
    world.proxy->cut_connections();
    ASSERT_TRUE(wait_until([this] { return world.auth.open_streams() == 1; }));
  }
  expect_each_announced_once();
  expect_ends_shown();
}

TEST_P(EachWayTest, OutlastsARotationOfTheClustersCas) {
  world.start();
  using Phase = sim::RotationPhase;
  for (const sim::CaKind kind : {sim::CaKind::kHost, sim::CaKind::kUser}) {
    for (const Phase phase :
         {Phase::kInit, Phase::kUpdateClients, Phase::kUpdateServers, Phase::kStandby}) {
      world.pki.rotate(kind, phase);
      world.write_identity(world.pki.issue_client("notifyd"));
      request_many(2);
      // tbot has renewed the identity, and the daemon has it, before servers are restarted.
      expect_each_announced_once();
      world.proxy->cut_connections();
    }
  }
  request_many(5);
  expect_each_announced_once();
  EXPECT_FALSE(log_says("ERROR"));
}

TEST_P(EachWayTest, OutlastsAnIdentityThatExpires) {
  const auto now = system_clock::now();
  world.write_identity(
      world.pki.issue_client("notifyd", {"access-plugin"}, now - hours(1), now + seconds(4)));
  world.start();
  request_many(5);
  expect_each_announced_once();
  ASSERT_TRUE(wait_until([&] { return system_clock::now() > now + seconds(5); }));
  world.proxy->cut_connections();
  request_many(5);
  EXPECT_TRUE(wait_until([this] { return log_says("expired on"); }));
  world.write_identity(world.pki.issue_client("notifyd"));
  expect_each_announced_once();
}

INSTANTIATE_TEST_SUITE_P(
    Through, EachWayTest,
    ::testing::Values(Way{"TlsRouting", sim::ProxyAlpn::kRouted, sim::ProxyUpgrades::kAll,
                          "through the proxy by TLS routing"},
                      Way{"WebSocketUpgrade", sim::ProxyAlpn::kStripped, sim::ProxyUpgrades::kAll,
                          "through the proxy by connection upgrade"},
                      Way{"LegacyUpgrade", sim::ProxyAlpn::kRefused, sim::ProxyUpgrades::kLegacy,
                          "through the proxy by connection upgrade"}),
    [](const auto& way) { return way.param.name; });

TEST_F(WaysTest, CheckSaysWhatEachWayAnswered) {
  const Finished result = World::command({"check", "--config", world.path("notifyd.toml")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::string address = world.proxy->address();
  EXPECT_THAT(result.out, HasSubstr("way        " + address + " as a proxy: a Teleport proxy"));
  EXPECT_THAT(result.out, HasSubstr("way        " + address +
                                    " through the proxy by TLS routing: answers a Ping"));
}

TEST_F(WaysTest, CheckFailsWhereNoWayLeadsToTeleport) {
  world.proxy->stop();
  const Finished result = World::command({"check", "--config", world.path("notifyd.toml")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("Teleport cannot be reached"));
  const Finished offline =
      World::command({"check", "--offline", "--config", world.path("notifyd.toml")});
  EXPECT_EQ(offline.exit_code, 0) << offline.err;
}

// ---- Real software ----

TEST_F(WaysTest, ThroughATcpLoadBalancer) {
  TcpLoadBalancer haproxy(world.proxy->port());
  world.reach_by("addr = \"" + haproxy.address() + "\"\nca_file = \"" + world.path("web_ca.pem") +
                 "\"\n");
  world.start();
  EXPECT_THAT(status_text(), HasSubstr("through the proxy by TLS routing"));
  request_many(10);
  haproxy.restart();
  request_many(10);
  expect_each_announced_once();
  expect_ends_shown();
}

TEST_F(WaysTest, ThroughALoadBalancerThatEndsTls) {
  HttpLoadBalancer nginx(world.proxy->port());
  world.reach_by("addr = \"" + nginx.address() + "\"\nca_file = \"" + nginx.ca_file() + "\"\n");
  world.start();
  EXPECT_THAT(status_text(), HasSubstr("through the proxy by connection upgrade"));
  request_many(10);
  nginx.restart();
  request_many(10);
  expect_each_announced_once();
  expect_ends_shown();
}

TEST_F(WaysTest, ThroughAnHttpProxyToTheProxyAndToTheAuthService) {
  HttpProxy tinyproxy;
  const std::map<std::string, std::string> environment{
      {"HTTPS_PROXY", tinyproxy.url(HttpProxy::kPassword)}, {"NO_PROXY", ""}};
  world.start(true, environment);
  request_many(5);
  tinyproxy.restart();
  request_many(5);
  expect_each_announced_once();
  EXPECT_THAT(tinyproxy.log(),
              HasSubstr("CONNECT 127.0.0.1:" + std::to_string(world.proxy->port())));
  world.terminate();
  world.reach_by("addr = \"" + world.auth.address() + "\"\n");
  world.start(true, environment);
  request_many(5);
  expect_each_announced_once();
  EXPECT_THAT(tinyproxy.log(), HasSubstr("CONNECT " + world.auth.address()));
  EXPECT_THAT(world.daemon(1).err(), Not(HasSubstr(HttpProxy::kPassword)));
}

TEST_F(WaysTest, AnHttpProxyThatRefusesThePasswordIsNamedWithoutIt) {
  HttpProxy tinyproxy;
  world.start(false, {{"HTTPS_PROXY", tinyproxy.url("wrong-password-7")}, {"NO_PROXY", ""}});
  EXPECT_TRUE(wait_until([this] { return log_says("no connection to Teleport"); }));
  EXPECT_THAT(world.daemon().err(), HasSubstr("CONNECT tunnel failed"));
  EXPECT_THAT(world.daemon().err(), Not(HasSubstr("wrong-password-7")));
}

}  // namespace
}  // namespace notifyd::test
