#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <random>
#include <thread>

#include "base/fd.h"
#include "proxy_fixture.h"
#include "sim/http/socket.h"

namespace notifyd::sim {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kPath = "/webapi/connectionupgrade";
// RFC 6455, section 1.3, has this key and what is to be answered.
constexpr const char* kWebSocketHeaders =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr const char* kAccept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

std::string legacy(const std::string& kind) {
  return "Connection: Upgrade\r\nUpgrade: " + kind + "\r\nX-Teleport-Upgrade: " + kind + "\r\n";
}

std::string websocket(const std::string& carrying) {
  return std::string(kWebSocketHeaders) + "Sec-WebSocket-Protocol: " + carrying + "\r\n";
}

// As Teleport's own client asks: for the newer form, and an older one if that is not known.
std::string either(const std::string& kind) {
  return websocket(kind) + "Upgrade: " + kind + "\r\nX-Teleport-Upgrade: " + kind + "\r\n";
}

class ProxyUpgradeTest : public ProxyTest {
 protected:
  // The head of the answer.
  std::string upgrade(const std::string& headers) { return request(web(), kPath, headers); }
  Pipe& web() {
    if (!tls_) tls_.emplace(*tcp_, web_offer());
    return *tls_;
  }
  bool reaches_auth_service(Pipe& inside) {
    TlsPipe tls(inside, auth_offer());
    return tls.open() && speaks_http2(tls);
  }

  const std::unique_ptr<Pipe> tcp_ = dial(proxy_.port());
  std::optional<TlsPipe> tls_;
};

TEST_F(ProxyUpgradeTest, ALegacyUpgradeIsARawConnectionInside) {
  EXPECT_EQ(upgrade(legacy("alpn")),
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: alpn\r\n"
            "X-Teleport-Upgrade: alpn\r\n\r\n");
  EXPECT_TRUE(reaches_auth_service(web()));
  EXPECT_EQ(proxy_.count(ProxyEvent::kUpgradeAlpn), 1U);
  EXPECT_EQ(proxy_.count(ProxyEvent::kRoutedUpgraded), 1U);
  EXPECT_EQ(proxy_.count(ProxyEvent::kRouted), 0U);
}

TEST_F(ProxyUpgradeTest, ALegacyUpgradeWithPingsHasFramesWithTheirLength) {
  EXPECT_THAT(upgrade(legacy("alpn-ping")), HasSubstr("Upgrade: alpn-ping\r\n"));
  EXPECT_TRUE(reaches_auth_service(*ping_frames(web())));
  EXPECT_EQ(proxy_.count(ProxyEvent::kUpgradeAlpnPing), 1U);
}

TEST_F(ProxyUpgradeTest, AWebSocketIsAnsweredAsTheRfcHasIt) {
  EXPECT_EQ(upgrade(websocket("alpn")),
            std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\n") +
                kAccept + "Sec-WebSocket-Protocol: alpn\r\n\r\n");
  EXPECT_TRUE(reaches_auth_service(*websocket_frames(web())));
  EXPECT_EQ(proxy_.count(ProxyEvent::kUpgradeWebSocket), 1U);
}

TEST_F(ProxyUpgradeTest, AClientThatAsksForBothGetsTheWebSocket) {
  EXPECT_THAT(upgrade(either("alpn-ping")), HasSubstr("Upgrade: websocket\r\n"));
  EXPECT_TRUE(reaches_auth_service(*websocket_frames(web())));
}

TEST_F(ProxyUpgradeTest, AnOldProxyGivesThatClientTheOldForm) {
  proxy_.set_quirks({.upgrades = ProxyUpgrades::kLegacy});
  EXPECT_THAT(upgrade(either("alpn-ping")), HasSubstr("Upgrade: alpn-ping\r\n"));
  EXPECT_TRUE(reaches_auth_service(*ping_frames(web())));
}

TEST_F(ProxyUpgradeTest, ANewProxyKnowsTheOldFormNoMore) {
  proxy_.set_quirks({.upgrades = ProxyUpgrades::kWebSocket});
  EXPECT_THAT(upgrade(legacy("alpn-ping")), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(web().read_until("}"), HasSubstr("unsupported upgrade types"));
  EXPECT_THAT(upgrade(either("alpn-ping")), HasSubstr("HTTP/1.1 101"))
      << "the connection is still there";
}

TEST_F(ProxyUpgradeTest, AProxyMayKnowNoUpgradeAtAll) {
  proxy_.set_quirks({.upgrades = ProxyUpgrades::kNone});
  EXPECT_THAT(upgrade(either("alpn-ping")), StartsWith("HTTP/1.1 404"));
  EXPECT_EQ(proxy_.count(ProxyEvent::kUpgradeRefused), 1U);
}

TEST_F(ProxyUpgradeTest, AListOfFormsInOneHeaderMeansNothing) {
  EXPECT_THAT(upgrade("Connection: Upgrade\r\nUpgrade: websocket, alpn-ping\r\n"),
              StartsWith("HTTP/1.1 404"));
}

TEST_F(ProxyUpgradeTest, AWebSocketWithoutKeyIsRefused) {
  EXPECT_THAT(upgrade("Connection: Upgrade\r\nUpgrade: websocket\r\n"
                      "Sec-WebSocket-Version: 13\r\n"),
              StartsWith("HTTP/1.1 400"));
}

TEST_F(ProxyUpgradeTest, AWebSocketThatIsToCarrySomethingElseEnds) {
  const std::string head = upgrade(websocket("chat"));
  EXPECT_THAT(head, StartsWith("HTTP/1.1 101"));
  EXPECT_THAT(head, testing::Not(HasSubstr("Sec-WebSocket-Protocol")));
  EXPECT_EQ(web().read(), "");
}

TEST_F(ProxyUpgradeTest, InsideTheProxyShowsACertificateOfTheCluster) {
  upgrade(legacy("alpn"));
  const TlsPipe inside(web(), {.protocols = {"teleport-reversetunnel"}, .ca_pem = pki_.ca_pem()});
  ASSERT_TRUE(inside.open()) << inside.error();
  EXPECT_EQ(inside.issuer(), "sim.example.com");
  EXPECT_EQ(inside.protocol(), "teleport-reversetunnel");
  EXPECT_TRUE(inside.answers_to("teleport.cluster.local"));
}

TEST_F(ProxyUpgradeTest, AnUnknownClusterInsideIsHungUpOn) {
  upgrade(websocket("alpn"));
  const auto frames = websocket_frames(web());
  TlsOffer offer = auth_offer();
  offer.protocols.front() = auth_protocol("other.example.com");
  EXPECT_EQ(TlsPipe(*frames, offer).error(), "closed");
}

TEST_F(ProxyUpgradeTest, PingsComeInBothFormsAndOneIsAnswered) {
  proxy_.set_quirks({.ping_interval = std::chrono::milliseconds(1)});
  upgrade(websocket("alpn-ping"));
  const auto frames = websocket_frames(web());
  TlsPipe tls(*frames, auth_offer());
  ASSERT_TRUE(speaks_http2(tls));
  EXPECT_TRUE(test::wait_until(
      [&] { return answers_http2_ping(tls) && proxy_.count(ProxyEvent::kPongReceived) > 1; }));
}

TEST_F(ProxyUpgradeTest, PingsOfTheLegacyFormAreEmptyFrames) {
  proxy_.set_quirks({.ping_interval = std::chrono::milliseconds(1)});
  upgrade(legacy("alpn-ping"));
  EXPECT_EQ(web().read_exactly(4), std::string(4, '\0'));
  EXPECT_GE(proxy_.count(ProxyEvent::kPingSent), 1U);
  EXPECT_TRUE(reaches_auth_service(*ping_frames(web())));
}

TEST_F(ProxyUpgradeTest, WithoutPingInTheFormThereAreNone) {
  proxy_.set_quirks({.ping_interval = std::chrono::milliseconds(1)});
  upgrade(websocket("alpn"));
  EXPECT_TRUE(reaches_auth_service(*websocket_frames(web())));
  EXPECT_EQ(proxy_.count(ProxyEvent::kPingSent), 0U);
}

TEST_F(ProxyUpgradeTest, AClientsPingsAreTakenAndNotAnswered) {
  upgrade(legacy("alpn-ping"));
  web().write(std::string(4, '\0'));
  EXPECT_TRUE(reaches_auth_service(*ping_frames(web())));
  EXPECT_EQ(proxy_.count(ProxyEvent::kPingReceived), 1U);
}

TEST_F(ProxyUpgradeTest, AClosingFrameEndsTheConnection) {
  upgrade(websocket("alpn"));
  web().write(std::string("\x88\x80\0\0\0\0", 6));
  EXPECT_EQ(web().read(), "");
}

// Writes a byte at a time.
class Crumbs final : public Pipe {
 public:
  explicit Crumbs(Pipe& below) : below_(below) {}
  void write(std::string_view bytes) override {
    for (const char& byte : bytes) below_.write({&byte, 1});
  }
  std::string read() override { return below_.read(); }

 private:
  Pipe& below_;
};

TEST_F(ProxyUpgradeTest, BytesMayComeOneByOne) {
  for (const auto& [headers, frames_over] : {std::pair(legacy("alpn-ping"), &ping_frames),
                                             std::pair(websocket("alpn"), &websocket_frames)}) {
    const auto tcp = dial(proxy_.port());
    TlsPipe tls(*tcp, web_offer());
    Crumbs crumbs(tls);
    EXPECT_THAT(request(crumbs, kPath, headers), StartsWith("HTTP/1.1 101"));
    EXPECT_TRUE(reaches_auth_service(*frames_over(crumbs))) << headers;
  }
}

TEST_F(ProxyUpgradeTest, BytesThatComeWithTheRequestBelongToTheConnection) {
  web().write("GET " + std::string(kPath) + " HTTP/1.1\r\n" + legacy("alpn") + "\r\nno TLS");
  EXPECT_THAT(web().read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101"));
  EXPECT_EQ(web().read(), "");
  EXPECT_EQ(proxy_.count(ProxyEvent::kUnroutable), 1U);
}

// In place of an Auth Service: sends back what one client sends.
class Echo {
 public:
  Echo() : thread_([this] { serve(); }) {}
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo() {
    ::shutdown(listening_.get(), SHUT_RDWR);
    thread_.join();
  }
  int port() const { return local_port(listening_); }

 private:
  static Fd listening() {
    Fd socket = reserve_port(0);
    ::listen(socket.get(), 1);
    return socket;
  }
  void serve() {
    const Fd client(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 65536> buffer{};
    for (ssize_t size = 0; (size = ::recv(client.get(), buffer.data(), buffer.size(), 0)) > 0;) {
      send_all(client, {buffer.data(), static_cast<std::size_t>(size)});
    }
  }

  const Fd listening_ = listening();
  std::thread thread_;
};

TEST_F(ProxyUpgradeTest, ALotOfBytesGoesThroughUnchanged) {
  const Echo echo;
  const ProxyServer proxy(cluster_, pki_, echo.port());
  const auto tcp = dial(proxy.port());
  TlsPipe tls(*tcp, {});
  request(tls, kPath, websocket("alpn"));
  const auto frames = websocket_frames(tls);
  const std::string hello = client_hello(auth_offer());
  frames->write(hello);
  ASSERT_EQ(frames->read_exactly(hello.size()), hello);
  std::mt19937 random(1);
  for (const std::size_t size : {1U, 125U, 126U, 65535U, 65536U, 1U << 20U}) {
    std::string bytes(size, '\0');
    std::ranges::generate(bytes, [&] { return static_cast<char>(random()); });
    frames->write(bytes);
    ASSERT_TRUE(frames->read_exactly(size) == bytes) << size;
  }
}

}  // namespace
}  // namespace notifyd::sim
