#include "sim/proxy/proxy_server.h"

#include "proxy_fixture.h"

namespace notifyd::sim {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

class ProxyServerTest : public ProxyTest {
 protected:
  bool answers() const {
    const auto tcp = dial(proxy_.port());
    TlsPipe tls(*tcp, web_offer());
    return tls.open() && get(tls, "/webapi/find").starts_with("HTTP/1.1 200");
  }
  std::string web_error() const {
    const auto tcp = dial(proxy_.port());
    return TlsPipe(*tcp, web_offer()).error();
  }
  std::string chosen(const std::vector<std::string>& protocols) const {
    const auto tcp = dial(proxy_.port());
    const TlsPipe tls(*tcp, {.protocols = protocols});
    return tls.open() ? tls.protocol() : "error: " + tls.error();
  }
};

TEST_F(ProxyServerTest, TheWebCertificateIsOfNeitherOfTheClustersCas) {
  for (const std::string& ca : {pki_.ca_pem(), pki_.client_ca_pem()}) {
    const auto tcp = dial(proxy_.port());
    EXPECT_THAT(TlsPipe(*tcp, {.ca_pem = ca}).error(), HasSubstr("issuer certificate"));
  }
}

TEST_F(ProxyServerTest, TheWebCertificateNamesTheProxysPublicAddress) {
  const auto tcp = dial(proxy_.port());
  const TlsPipe tls(*tcp, web_offer());
  EXPECT_EQ(tls.issuer(), "Example Web CA");
  EXPECT_TRUE(tls.answers_to("localhost"));
  EXPECT_TRUE(tls.answers_to("proxy.sim.example.com"));
}

TEST_F(ProxyServerTest, TheWebCertificateMayBeWrong) {
  proxy_.set_quirks({.certificate = WebCertificate::kOtherName});
  EXPECT_EQ(web_error(), "hostname mismatch");
  proxy_.set_quirks({.certificate = WebCertificate::kExpired});
  EXPECT_EQ(web_error(), "certificate has expired");
  proxy_.set_quirks({.certificate = WebCertificate::kSelfSigned});
  EXPECT_EQ(web_error(), "self-signed certificate");
  proxy_.set_quirks({});
  EXPECT_EQ(web_error(), "");
}

TEST_F(ProxyServerTest, ALoadBalancerInFrontMayStripAlpn) {
  proxy_.set_quirks({.alpn = ProxyAlpn::kStripped});
  EXPECT_EQ(chosen({"teleport-reversetunnel"}), "");
  EXPECT_EQ(chosen({auth_protocol("sim.example.com"), "h2"}), "");
  EXPECT_EQ(proxy_.count(ProxyEvent::kRouted), 0U);
  EXPECT_TRUE(answers());
}

TEST_F(ProxyServerTest, ALoadBalancerInFrontMayChooseHttpThoughNobodyOfferedIt) {
  proxy_.set_quirks({.alpn = ProxyAlpn::kHttpOnly});
  // Newer OpenSSLs take only what they offered.
  EXPECT_THAT(chosen({"teleport-reversetunnel"}), AnyOf("http/1.1", "error: bad extension"));
  EXPECT_TRUE(answers());
}

TEST_F(ProxyServerTest, ALoadBalancerInFrontMayRefuseWhatIsNotHttp) {
  proxy_.set_quirks({.alpn = ProxyAlpn::kRefused});
  EXPECT_EQ(chosen({"teleport-reversetunnel"}), "error: tlsv1 alert no application protocol");
  EXPECT_EQ(chosen({auth_protocol("sim.example.com"), "h2"}), "h2");
  EXPECT_TRUE(answers());
}

TEST_F(ProxyServerTest, AnUpgradeLeadsThroughALoadBalancer) {
  proxy_.set_quirks({.alpn = ProxyAlpn::kStripped});
  const auto tcp = dial(proxy_.port());
  TlsPipe web(*tcp, web_offer());
  request(web, "/webapi/connectionupgrade", "Connection: Upgrade\r\nUpgrade: alpn\r\n");
  TlsPipe inside(web, auth_offer());
  EXPECT_TRUE(speaks_http2(inside)) << inside.error();
}

TEST_F(ProxyServerTest, MayBeShut) {
  proxy_.set_quirks({.door = ProxyDoor::kShut});
  EXPECT_EQ(dial(proxy_.port())->read(), "");
}

TEST_F(ProxyServerTest, MayBeSilentUntilItIsCut) {
  proxy_.set_quirks({.door = ProxyDoor::kSilent});
  const auto tcp = dial(proxy_.port());
  tcp->write("hello");
  EXPECT_TRUE(test::wait_until([&] { return proxy_.open_connections() == 1; }));
  proxy_.cut_connections();
  EXPECT_EQ(tcp->read(), "");
}

TEST_F(ProxyServerTest, CutsAllConnectionsAndTakesNewOnes) {
  const auto tcp = dial(proxy_.port());
  TlsPipe tls(*tcp, auth_offer());
  ASSERT_TRUE(speaks_http2(tls));
  proxy_.cut_connections();
  EXPECT_EQ(proxy_.open_connections(), 0U);
  tls.read_to_end();
  EXPECT_FALSE(answers_http2_ping(tls));
  EXPECT_TRUE(answers());
}

TEST_F(ProxyServerTest, IsThereAgainOnItsPortAfterAStop) {
  const int port = proxy_.port();
  const auto tcp = dial(port);
  TlsPipe tls(*tcp, auth_offer());
  ASSERT_TRUE(speaks_http2(tls));
  proxy_.stop();
  proxy_.stop();
  EXPECT_FALSE(answers());
  EXPECT_FALSE(answers_http2_ping(tls));
  proxy_.start();
  proxy_.start();
  EXPECT_EQ(proxy_.port(), port);
  EXPECT_TRUE(answers());
}

TEST_F(ProxyServerTest, DropsTheConnectionThatWasChosen) {
  proxy_.drop_connection(2);
  EXPECT_TRUE(answers());
  EXPECT_FALSE(answers());
  EXPECT_TRUE(answers());
  EXPECT_EQ(proxy_.count(ProxyEvent::kAccepted), 3U);
}

TEST_F(ProxyServerTest, WhatIsUnderWayGoesOnWhenTheQuirksChange) {
  const auto tcp = dial(proxy_.port());
  TlsPipe tls(*tcp, auth_offer());
  ASSERT_TRUE(speaks_http2(tls));
  proxy_.set_quirks({.door = ProxyDoor::kShut});
  EXPECT_TRUE(answers_http2_ping(tls));
}

TEST_F(ProxyServerTest, CarriesManyConnectionsAtOnce) {
  std::vector<std::unique_ptr<Pipe>> pipes;
  for (int i = 0; i < 20; ++i) {
    pipes.push_back(dial(proxy_.port()));
    Pipe& tcp = *pipes.back();
    pipes.push_back(std::make_unique<TlsPipe>(tcp, auth_offer()));
    ASSERT_TRUE(speaks_http2(*pipes.back())) << i;
  }
  EXPECT_EQ(proxy_.open_connections(), 20U);
  for (std::size_t i = 1; i < pipes.size(); i += 2) EXPECT_TRUE(answers_http2_ping(*pipes[i])) << i;
  while (!pipes.empty()) pipes.pop_back();
}

TEST_F(ProxyServerTest, TheClustersRotationIsSeenInsideOfUpgrades) {
  using enum RotationPhase;
  Pki pki("other.example.com");
  ProxyServer proxy(cluster_, pki, auth_.port());
  const std::string before = pki.ca_pem();
  for (const RotationPhase phase : {kInit, kUpdateClients, kUpdateServers, kStandby}) {
    pki.rotate(CaKind::kHost, phase);
  }
  const auto tcp = dial(proxy.port());
  TlsPipe web(*tcp, {});
  request(web, "/webapi/connectionupgrade", "Connection: Upgrade\r\nUpgrade: alpn\r\n");
  EXPECT_THAT(TlsPipe(web, {.ca_pem = before}).error(), HasSubstr("certificate"));
}

}  // namespace
}  // namespace notifyd::sim
