#include "sim/teleport/auth_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth_client.h"
#include "support/ipv6.h"
#include "support/wait.h"

namespace notifyd::sim {
namespace {

using ::grpc::StatusCode;
using std::chrono::hours;
using testing::HasSubstr;

const WallTime kNow = std::chrono::system_clock::now();

// The protocol that the server chooses of those that Go's client offers.
std::string negotiated_alpn(const AuthServer& server) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_ssl_connect(context.get()),
                                                          BIO_free_all);
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  static constexpr unsigned char kOffer[] = {2, 'h', '2'};
  SSL_set_alpn_protos(ssl, kOffer, sizeof(kOffer));
  BIO_set_conn_hostname(bio.get(), server.address().c_str());
  if (BIO_do_handshake(bio.get()) != 1) return "no handshake";
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &chosen, &size);
  return {reinterpret_cast<const char*>(chosen), size};
}

// Whether somebody else could listen there.
bool is_free(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const int bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  ::close(socket);
  return bound == 0;
}

TEST_F(AuthServerTest, ListensOnTheOtherLoopbackTooIfAsked) {
  if (!test::has_ipv6()) GTEST_SKIP() << test::kNoIPv6;
  const AuthServer server(cluster_, pki_, {.loopback = Loopback::kV6});
  EXPECT_EQ(server.address(), "[::1]:" + std::to_string(server.port()));
  AuthClient client(server, notifier_);
  ::proto::PingResponse pong;
  EXPECT_TRUE(client.call(&Stub::Ping, ::proto::PingRequest(), pong).ok());
}

TEST_F(AuthServerTest, AnswersAClientOfTheCluster) {
  AuthClient client(server_, notifier_);
  ::proto::PingResponse pong;
  ASSERT_TRUE(client.call(&Stub::Ping, ::proto::PingRequest(), pong).ok());
  EXPECT_EQ(pong.cluster_name(), "sim.example.com");
  EXPECT_EQ(pong.server_version(), "18.0.0");
  EXPECT_EQ(pong.proxy_public_addr(), "proxy.sim.example.com:443");
  EXPECT_TRUE(pong.server_features().advanced_access_workflows());
  EXPECT_EQ(client.server_version, "18.0.0");
}

TEST_F(AuthServerTest, RefusesAClientWithoutCertificate) {
  EXPECT_EQ(AuthClient(server_, {"", "", pki_.ca_pem()}).ping_at_once(), StatusCode::UNAVAILABLE);
}

TEST_F(AuthServerTest, RefusesAClientOfAForeignCa) {
  const Pki foreign;
  Credentials stranger = foreign.issue_client("notifier");
  stranger.ca_pem = pki_.ca_pem();
  EXPECT_EQ(AuthClient(server_, stranger).ping_at_once(), StatusCode::UNAVAILABLE);
}

TEST_F(AuthServerTest, RefusesAClientWhoseCertificateExpired) {
  const auto expired = pki_.issue_client("notifier", {}, kNow - hours(2), kNow - hours(1));
  EXPECT_EQ(AuthClient(server_, expired).ping_at_once(), StatusCode::UNAVAILABLE);
}

TEST_F(AuthServerTest, IsRefusedByAClientThatTrustsAnotherCa) {
  Credentials distrusting = notifier_;
  distrusting.ca_pem = Pki().ca_pem();
  EXPECT_EQ(AuthClient(server_, distrusting).ping_at_once(), StatusCode::UNAVAILABLE);
}

TEST_F(AuthServerTest, MayBeGivenACertificateThatClientsRefuse) {
  server_.stop();
  server_.use_certificate(pki_.issue_server(kNow - hours(2), kNow - hours(1)));
  server_.start();
  EXPECT_EQ(AuthClient(server_, notifier_).ping_at_once(), StatusCode::UNAVAILABLE);
}

TEST_F(AuthServerTest, SpeaksHttp2ToClientsThatOfferOnlyThat) {
  EXPECT_EQ(negotiated_alpn(server_), "h2");
}

TEST_F(AuthServerTest, ServesClientsOneMajorVersionBackAndNoOlder) {
  AuthClient client(server_, notifier_);
  client.version = "17.4.2";
  EXPECT_EQ(client.ping(), StatusCode::OK);
  client.version = "16.9.9";
  EXPECT_EQ(client.ping(), StatusCode::PERMISSION_DENIED);
  client.version = "newest";
  EXPECT_EQ(client.ping(), StatusCode::PERMISSION_DENIED);
}

TEST_F(AuthServerTest, ComesBackOnTheSamePortAndClientsFindIt) {
  AuthClient client(server_, notifier_);
  ASSERT_EQ(client.ping(), StatusCode::OK);
  const int port = server_.port();
  for (int i = 0; i < 3; ++i) {
    server_.stop();
    EXPECT_EQ(client.ping_at_once(), StatusCode::UNAVAILABLE);
    server_.start();
    EXPECT_EQ(server_.port(), port);
    EXPECT_EQ(client.ping(), StatusCode::OK);
  }
}

TEST_F(AuthServerTest, KeepsItsPortFromOthersWhileStopped) {
  server_.stop();
  EXPECT_FALSE(is_free(server_.port()));
}

TEST_F(AuthServerTest, TwoServersNeverShareAPort) {
  EXPECT_THROW(AuthServer(cluster_, pki_, {.port = server_.port()}), std::runtime_error);
}

TEST_F(AuthServerTest, StoppingEndsOpenStreams) {
  AuthClient client(server_, notifier_);
  EventReader events(client.stub(), watch_requests());
  ASSERT_TRUE(events.next());
  server_.stop();
  EXPECT_EQ(events.finish().error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(server_.open_streams(), 0U);
}

TEST_F(AuthServerTest, StoppingEndsCallsThatAreBeingDelayed) {
  server_.faults().set(AuthMethod::kPing, {.delay = hours(1)});
  AuthClient client(server_, notifier_);
  StatusCode code = StatusCode::OK;
  std::thread caller([&] { code = client.ping(); });
  EXPECT_TRUE(test::wait_until([&] { return server_.calls(AuthMethod::kPing) == 1; }));
  server_.stop();
  caller.join();
  EXPECT_EQ(code, StatusCode::UNAVAILABLE);
}

TEST_F(AuthServerTest, StoppingAndStartingTwiceIsFine) {
  server_.start();
  server_.stop();
  server_.stop();
  server_.start();
  EXPECT_EQ(AuthClient(server_, notifier_).ping(), StatusCode::OK);
}

TEST_F(AuthServerTest, SendsAwayClientsThatPingTooOften) {
  ::grpc::ChannelArguments eager;
  eager.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 50);
  eager.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  eager.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  AuthClient client(server_, notifier_, eager);
  EventReader events(client.stub(), watch_requests());
  ASSERT_TRUE(events.next());
  const ::grpc::Status status = events.finish();
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("ping"));
}

TEST_F(AuthServerTest, CountsCallsFailuresAndBytes) {
  AuthClient client(server_, notifier_);
  ASSERT_EQ(client.ping(), StatusCode::OK);
  server_.faults().set(AuthMethod::kPing, {.code = StatusCode::INTERNAL});
  ASSERT_EQ(client.ping(), StatusCode::INTERNAL);
  const AuthTraffic traffic = server_.traffic(AuthMethod::kPing);
  EXPECT_EQ(traffic.calls, 2U);
  EXPECT_EQ(traffic.failed, 1U);
  EXPECT_GT(traffic.bytes_out, 0U);
  EXPECT_EQ(server_.calls(AuthMethod::kGetPluginData), 0U);
}

}  // namespace
}  // namespace notifyd::sim
