#include "proxy_fixture.h"

namespace notifyd::sim {
namespace {

class ProxyRoutingTest : public ProxyTest {
 protected:
  std::string chosen(const std::vector<std::string>& protocols) const {
    const auto tcp = dial(proxy_.port());
    const TlsPipe tls(*tcp, {.protocols = protocols});
    return tls.open() ? tls.protocol() : "error: " + tls.error();
  }
};

TEST_F(ProxyRoutingTest, LeadsToTheAuthServiceWithoutEndingTls) {
  const auto tcp = dial(proxy_.port());
  TlsPipe tls(*tcp, auth_offer());
  ASSERT_TRUE(tls.open()) << tls.error();
  EXPECT_EQ(tls.protocol(), "h2");
  EXPECT_TRUE(speaks_http2(tls));
  EXPECT_EQ(proxy_.count(ProxyEvent::kRouted), 1U);
}

TEST_F(ProxyRoutingTest, TheAuthServiceRefusesAStrangerThroughTheProxyToo) {
  const Credentials stranger = Pki().issue_client("notifier");
  TlsOffer offer = auth_offer();
  offer.who = &stranger;
  const auto tcp = dial(proxy_.port());
  TlsPipe tls(*tcp, offer);
  EXPECT_FALSE(speaks_http2(tls));
}

TEST_F(ProxyRoutingTest, TheFirstProtocolNamesTheCluster) {
  EXPECT_EQ(chosen({"h2", auth_protocol("sim.example.com")}), "h2") << "that is the web side";
  EXPECT_EQ(proxy_.count(ProxyEvent::kRouted), 0U);
  EXPECT_EQ(chosen({"unknown", auth_protocol("sim.example.com")}), "error: closed");
}

TEST_F(ProxyRoutingTest, AnUnknownClusterIsHungUpOn) {
  EXPECT_EQ(chosen({auth_protocol("other.example.com"), "h2"}), "error: closed");
  EXPECT_EQ(chosen({"teleport-auth@teleport.cluster.local", "h2"}), "error: closed");
  EXPECT_EQ(proxy_.count(ProxyEvent::kUnroutable), 2U);
}

TEST_F(ProxyRoutingTest, AnotherClustersProxyKnowsThatClusterOnly) {
  proxy_.set_quirks({.cluster = "other.example.com"});
  EXPECT_EQ(chosen({auth_protocol("sim.example.com"), "h2"}), "error: closed");
  EXPECT_EQ(chosen({auth_protocol("other.example.com"), "h2"}), "h2");
}

TEST_F(ProxyRoutingTest, UnknownProtocolsAreHungUpOn) {
  EXPECT_EQ(chosen({"teleport-nonsense"}), "error: closed");
  EXPECT_EQ(chosen({"teleport-nonsense", "http/1.1"}), "http/1.1") << "one is known";
}

TEST_F(ProxyRoutingTest, AProbeForTheTunnelGetsItsProtocol) {
  EXPECT_EQ(chosen({"teleport-reversetunnel"}), "teleport-reversetunnel");
  EXPECT_TRUE(test::wait_until([&] { return proxy_.count(ProxyEvent::kTunnelProbe) == 1; }));
}

TEST_F(ProxyRoutingTest, WithoutProtocolsItIsTheWebSide) {
  EXPECT_EQ(chosen({}), "");
  EXPECT_EQ(chosen({"h2", "http/1.1"}), "http/1.1");
}

TEST_F(ProxyRoutingTest, ClientsOfKubernetesAreHungUpOn) {
  const auto tcp = dial(proxy_.port());
  TlsOffer offer = auth_offer();
  offer.server_name = "kube-teleport-proxy-alpn.teleport.cluster.local";
  EXPECT_EQ(TlsPipe(*tcp, offer).error(), "closed");
}

TEST_F(ProxyRoutingTest, WhoDoesNotSpeakTlsIsHungUpOn) {
  const auto tcp = dial(proxy_.port());
  tcp->write("GET /webapi/find HTTP/1.1\r\n\r\n");
  EXPECT_EQ(tcp->read(), "");
}

TEST_F(ProxyRoutingTest, WithoutAnAuthServiceTheClientIsHungUpOn) {
  auth_.stop();
  EXPECT_EQ(chosen({auth_protocol("sim.example.com"), "h2"}), "error: closed");
}

TEST_F(ProxyRoutingTest, AClientIsHungUpOnWhenTheAuthServiceGoes) {
  const auto tcp = dial(proxy_.port());
  TlsPipe tls(*tcp, auth_offer());
  ASSERT_TRUE(speaks_http2(tls));
  auth_.stop();
  tls.read_to_end();
  EXPECT_TRUE(test::wait_until([&] { return proxy_.open_connections() == 0; }));
}

TEST_F(ProxyRoutingTest, TheAuthServiceLosesAClientThatGoes) {
  {
    const auto tcp = dial(proxy_.port());
    TlsPipe tls(*tcp, auth_offer());
    ASSERT_TRUE(speaks_http2(tls));
    EXPECT_EQ(proxy_.open_connections(), 1U);
  }
  EXPECT_TRUE(test::wait_until([&] { return proxy_.open_connections() == 0; }));
}

}  // namespace
}  // namespace notifyd::sim
