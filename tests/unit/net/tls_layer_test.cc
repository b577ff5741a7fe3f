#include "net/tls_layer.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "support/temp_dir.h"
#include "tls_peer.h"

namespace notifyd::net {
namespace {

using ::testing::HasSubstr;

class TlsLayerTest : public ::testing::Test {
 protected:
  TlsOptions trusting() const {
    TlsOptions options;
    options.peer = "the proxy";
    options.name = "localhost";
    options.roots = TlsOptions::Roots::kPem;
    options.roots_pem = certificate_.certificate_pem;
    options.if_untrusted = "trust it";
    options.if_refused = "ask for access";
    return options;
  }

  // The error, or "".
  std::string connect(TlsOptions options, TlsPeerOptions peer = {}) {
    if (peer.certificate.key_pem.empty()) peer.certificate = certificate_;
    server_ = std::make_unique<TlsPeer>(std::move(peer));
    auto made = make_tls_layer(std::move(options));
    if (!made) return made.error().message;
    client_ = *std::move(made);
    if (auto started = client_->start(); !started) return started.error().message;
    const Result<> talked = talk(*client_, *server_);
    return talked ? "" : talked.error().message;
  }

  const test::ServerCertificate certificate_ = test::self_signed_certificate();
  std::unique_ptr<TlsPeer> server_;
  std::unique_ptr<TlsLayer> client_;
};

TEST_F(TlsLayerTest, CarriesBytesBothWays) {
  ASSERT_EQ(connect(trusting()), "");
  ASSERT_TRUE(client_->open());
  ASSERT_TRUE(client_->send("to the server").ok());
  server_->receive(client_->take_down());
  EXPECT_EQ(server_->plain(), "to the server");
  ASSERT_TRUE(client_->receive(server_->send("to the client")).ok());
  EXPECT_EQ(client_->take_up(), "to the client");
}

TEST_F(TlsLayerTest, TakesBytesThatComeOneByOne) {
  ASSERT_EQ(connect(trusting()), "");
  for (const char byte : server_->send("piecemeal")) {
    ASSERT_TRUE(client_->receive({&byte, 1}).ok());
  }
  EXPECT_EQ(client_->take_up(), "piecemeal");
}

TEST_F(TlsLayerTest, CarriesMoreThanARecordHolds) {
  ASSERT_EQ(connect(trusting()), "");
  const std::string much(100'000, 'x');
  ASSERT_TRUE(client_->send(much).ok());
  server_->receive(client_->take_down());
  EXPECT_EQ(server_->plain(), much);
}

TEST_F(TlsLayerTest, OffersTheProtocolsInTheirOrderAndTheNameThatIsVerified) {
  TlsOptions options = trusting();
  options.protocols = {"teleport-auth@61.teleport.cluster.local", "h2"};
  ASSERT_EQ(connect(options, {.protocol = "h2"}), "");
  EXPECT_EQ(server_->offered(), "\x27teleport-auth@61.teleport.cluster.local\x02h2");
  EXPECT_EQ(server_->name(), "localhost");
  EXPECT_EQ(client_->protocol(), "h2");
}

TEST_F(TlsLayerTest, AnIpAddressIsVerifiedAndIsNoServerName) {
  TlsOptions options = trusting();
  options.name = "127.0.0.1";
  EXPECT_EQ(connect(options), "");
  EXPECT_EQ(server_->name(), "");
  options.name = "127.0.0.2";
  EXPECT_THAT(connect(options), HasSubstr("IP address mismatch; trust it"));
}

TEST_F(TlsLayerTest, NoProtocolIsChosenByAServerWithoutAlpn) {
  TlsOptions options = trusting();
  options.protocols = {"h2"};
  ASSERT_EQ(connect(options), "");
  EXPECT_EQ(client_->protocol(), "");
}

TEST_F(TlsLayerTest, TellsTheAlertOfAServerThatKnowsNoneOfTheProtocols) {
  TlsOptions options = trusting();
  options.protocols = {"teleport-reversetunnel"};
  EXPECT_EQ(connect(options, {.refuse_protocols = true}),
            "TLS with the proxy failed: tlsv1 alert no application protocol: what answers knows "
            "none of the protocols that ALPN offers; check teleport.addr, and what ends TLS on the "
            "way");
  EXPECT_TRUE(client_->no_common_protocol());
}

TEST_F(TlsLayerTest, ACertificateOfAnotherCaIsNotTrusted) {
  const test::ServerCertificate other = test::self_signed_certificate();
  EXPECT_THAT(connect(trusting(), {.certificate = other}),
              HasSubstr("the certificate of the proxy is not trusted: self-signed certificate"));
  EXPECT_FALSE(client_->open());
}

TEST_F(TlsLayerTest, ACertificateForAnotherNameIsNotTrusted) {
  TlsOptions options = trusting();
  options.name = "teleport.example.com";
  EXPECT_EQ(connect(options),
            "the certificate of the proxy is not trusted: hostname mismatch; trust it");
}

TEST_F(TlsLayerTest, ACommonNameDoesNotStandInForTheNamesOfACertificate) {
  const test::ServerCertificate nameless = test::self_signed_certificate("");
  TlsOptions options = trusting();
  options.roots_pem = nameless.certificate_pem;
  EXPECT_THAT(connect(options, {.certificate = nameless}), HasSubstr("hostname mismatch"));
}

TEST_F(TlsLayerTest, WithoutVerificationWhoeverAnswersIsTaken) {
  TlsOptions options = trusting();
  options.name = "teleport.example.com";
  options.roots = TlsOptions::Roots::kUnverified;
  EXPECT_EQ(connect(options), "");
}

TEST_F(TlsLayerTest, ExtraCasAreTrusted) {
  TlsOptions options = trusting();
  options.roots = TlsOptions::Roots::kSystem;
  options.extra_cas = *read_ca_text(certificate_.certificate_pem);
  EXPECT_EQ(connect(options), "");
}

TEST_F(TlsLayerTest, ThoseOfTheSystemAreTrustedBesideExtraCas) {
  const test::TempDir dir;
  setenv("SSL_CERT_FILE", dir.write("system.pem", certificate_.certificate_pem).c_str(), 1);
  TlsOptions options = trusting();
  options.roots = TlsOptions::Roots::kSystem;
  options.extra_cas = *read_ca_text(test::self_signed_certificate().certificate_pem);
  EXPECT_EQ(connect(options), "");
  unsetenv("SSL_CERT_FILE");
}

// In TLS 1.3 the client is done before the server has looked at its certificate.
TEST_F(TlsLayerTest, ARefusalThatComesBehindTheHandshakeSaysWhatToDo) {
  EXPECT_EQ(connect(trusting(), {.want_client = true}),
            "the proxy refused the connection: TLS alert certificate required; ask for access");
}

TEST_F(TlsLayerTest, TheClientsCertificateIsShown) {
  TlsOptions options = trusting();
  options.key_pem = certificate_.key_pem;
  options.chain_pem = certificate_.certificate_pem;
  // It comes from no CA that the server knows, and so is not missing but unknown.
  EXPECT_THAT(connect(options, {.want_client = true}), HasSubstr("unknown ca"));
}

TEST_F(TlsLayerTest, AKeyThatIsNoneIsAnErrorBeforeAnythingIsSent) {
  TlsOptions options = trusting();
  options.key_pem = "no key";
  options.chain_pem = certificate_.certificate_pem;
  EXPECT_EQ(connect(options), "TLS cannot use the identity's key and certificate; issue it again");
}

TEST_F(TlsLayerTest, SaysWhenTheServerDoesNotSpeakTls) {
  auto layer = make_tls_layer(trusting());
  ASSERT_TRUE(layer.ok());
  ASSERT_TRUE((*layer)->start().ok());
  const Result<> taken = (*layer)->receive("HTTP/1.1 400 Bad Request\r\n\r\n");
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().message, "the proxy does not speak TLS; check the host and the port");
}

TEST_F(TlsLayerTest, AnAlertThatNoStandardKnowsIsARefusalToo) {
  auto layer = make_tls_layer(trusting());
  ASSERT_TRUE(layer.ok());
  ASSERT_TRUE((*layer)->start().ok());
  const Result<> taken = (*layer)->receive(std::string("\x15\x03\x03\0\2\2\0", 7));
  ASSERT_FALSE(taken.ok());
  EXPECT_THAT(taken.error().message, HasSubstr("the proxy"));
}

TEST_F(TlsLayerTest, TheServersGoodbyeIsAnEndAndNoError) {
  ASSERT_EQ(connect(trusting()), "");
  ASSERT_TRUE(client_->receive(server_->say_goodbye()).ok());
  EXPECT_TRUE(client_->ended());
}

TEST_F(TlsLayerTest, AProtocolThatWasNotOfferedIsNoneInCommon) {
  TlsOptions options = trusting();
  options.protocols = {"teleport-reversetunnel"};
  EXPECT_THAT(connect(options, {.protocol = "http/1.1"}),
              HasSubstr("what answers knows none of the protocols that ALPN offers"));
  EXPECT_TRUE(client_->no_common_protocol());
  EXPECT_NE(connect(options, {.want_client = true}), "");
  EXPECT_FALSE(client_->no_common_protocol());
}

TEST_F(TlsLayerTest, AHandshakeThatIsNotGoneOnWithIsNoRefusal) {
  auto layer = make_tls_layer(trusting());
  ASSERT_TRUE(layer.ok());
  EXPECT_EQ((*layer)->late().message, "the proxy does not go on with the TLS handshake");
}

TEST_F(TlsLayerTest, SaysWhenTheEndCame) {
  auto layer = make_tls_layer(trusting());
  ASSERT_TRUE(layer.ok());
  EXPECT_EQ((*layer)->cut_off().message,
            "the proxy hung up during the TLS handshake; perhaps ask for access");
  ASSERT_EQ(connect(trusting()), "");
  EXPECT_EQ(client_->cut_off().message,
            "the proxy hung up before its first answer; perhaps ask for access");
  ASSERT_TRUE(client_->receive(server_->send("answer")).ok());
  EXPECT_EQ(client_->cut_off().message, "the proxy hung up");
}

}  // namespace
}  // namespace notifyd::net
