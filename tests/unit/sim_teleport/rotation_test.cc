#include <gmock/gmock.h>

#include <stdexcept>

#include "auth_client.h"
#include "sim/teleport/rotating_ca.h"

namespace notifyd::sim {
namespace {

using ::grpc::StatusCode;

const DistinguishedName kName = {{"CN", "sim.example.com"}};

TEST(RotatingCa, TakesThePhasesInTeleportsOrderOnly) {
  using enum RotationPhase;
  RotatingCa ca(kName);
  EXPECT_THROW(ca.advance(kStandby), std::logic_error);
  EXPECT_THROW(ca.advance(kUpdateClients), std::logic_error);
  EXPECT_THROW(ca.advance(kRollback), std::logic_error);
  ca.advance(kInit);
  EXPECT_THROW(ca.advance(kInit), std::logic_error);
  EXPECT_THROW(ca.advance(kUpdateServers), std::logic_error);
  EXPECT_THROW(ca.advance(kStandby), std::logic_error);
  ca.advance(kUpdateClients);
  ca.advance(kUpdateServers);
  ca.advance(kRollback);
  EXPECT_THROW(ca.advance(kUpdateClients), std::logic_error);
  ca.advance(kStandby);
}

TEST(RotatingCa, TheNewOneIssuesToClientsBeforeItIssuesToServers) {
  using enum RotationPhase;
  RotatingCa ca(kName);
  const auto old = ca.issues_to_clients();
  ca.advance(kInit);
  EXPECT_EQ(ca.issues_to_clients(), old);
  EXPECT_EQ(ca.trusted_pem().find(old->cert_pem()), 0U);
  EXPECT_GT(ca.trusted_pem().size(), old->cert_pem().size());
  ca.advance(kUpdateClients);
  EXPECT_NE(ca.issues_to_clients(), old);
  EXPECT_EQ(ca.issues_to_servers(), old);
  ca.advance(kUpdateServers);
  EXPECT_NE(ca.issues_to_servers(), old);
  ca.advance(kStandby);
  EXPECT_EQ(ca.trusted_pem(), ca.issues_to_servers()->cert_pem());
}

TEST(RotatingCa, AfterARollbackNothingIsLeftOfTheNewOne) {
  using enum RotationPhase;
  RotatingCa ca(kName);
  const auto old = ca.issues_to_clients();
  for (const RotationPhase phase : {kInit, kUpdateClients, kUpdateServers, kRollback}) {
    ca.advance(phase);
  }
  EXPECT_EQ(ca.issues_to_clients(), old);
  EXPECT_EQ(ca.issues_to_servers(), old);
  EXPECT_NE(ca.trusted_pem(), old->cert_pem()) << "what it issued is still good";
  ca.advance(kStandby);
  EXPECT_EQ(ca.trusted_pem(), old->cert_pem());
}

// What a client meets whose identity is of before the rotation, or of its middle.
class RotationTest : public AuthServerTest {
 protected:
  void rotate(CaKind kind, std::initializer_list<RotationPhase> phases) {
    for (const RotationPhase phase : phases) pki_.rotate(kind, phase);
  }
  StatusCode ping_as(const Credentials& who) { return AuthClient(server_, who).ping_at_once(); }
};

TEST_F(RotationTest, AnIdentityOfTheMiddleIsGoodBeforeAndAfter) {
  using enum RotationPhase;
  for (const CaKind kind : {CaKind::kHost, CaKind::kUser}) {
    rotate(kind, {kInit, kUpdateClients});
    const Credentials middle = pki_.issue_client("notifier");
    EXPECT_EQ(ping_as(middle), StatusCode::OK);
    rotate(kind, {kUpdateServers});
    EXPECT_EQ(ping_as(middle), StatusCode::OK);
    rotate(kind, {kStandby});
    EXPECT_EQ(ping_as(middle), StatusCode::OK);
  }
}

TEST_F(RotationTest, ItIsGoodAfterARollbackToo) {
  using enum RotationPhase;
  rotate(CaKind::kUser, {kInit, kUpdateClients});
  const Credentials middle = pki_.issue_client("notifier");
  rotate(CaKind::kUser, {kRollback});
  EXPECT_EQ(ping_as(middle), StatusCode::OK);
  rotate(CaKind::kUser, {kStandby});
  EXPECT_EQ(ping_as(middle), StatusCode::UNAVAILABLE) << "its CA is gone";
}

TEST_F(RotationTest, WithAnIdentityOfBeforeTheServerIsUnknownOnceItsCaIs) {
  using enum RotationPhase;
  rotate(CaKind::kHost, {kInit, kUpdateClients});
  EXPECT_EQ(ping_as(notifier_), StatusCode::OK) << "the server's certificate is the old one";
  rotate(CaKind::kHost, {kUpdateServers});
  EXPECT_EQ(ping_as(notifier_), StatusCode::UNAVAILABLE);
}

TEST_F(RotationTest, AnIdentityOfBeforeIsRefusedWhenTheRotationIsOver) {
  using enum RotationPhase;
  rotate(CaKind::kUser, {kInit, kUpdateClients, kUpdateServers});
  EXPECT_EQ(ping_as(notifier_), StatusCode::OK);
  rotate(CaKind::kUser, {kStandby});
  EXPECT_EQ(ping_as(notifier_), StatusCode::UNAVAILABLE);
}

TEST_F(RotationTest, ConnectionsOutliveIt) {
  using enum RotationPhase;
  AuthClient client(server_, notifier_);
  EventReader stream(client.stub(), watch_requests());
  ASSERT_TRUE(stream.next()) << "INIT";
  for (const CaKind kind : {CaKind::kHost, CaKind::kUser}) {
    rotate(kind, {kInit, kUpdateClients, kUpdateServers, kStandby});
  }
  EXPECT_EQ(client.ping(), StatusCode::OK);
  const std::string id = create();
  ASSERT_TRUE(stream.next());
  EXPECT_EQ(stream.request().metadata().name(), id);
  stream.cancel();
}

TEST_F(RotationTest, ACertificateThatWasGivenStays) {
  using enum RotationPhase;
  server_.use_certificate(Pki().issue_server(
      std::chrono::system_clock::now(), std::chrono::system_clock::now() + std::chrono::hours(1)));
  EXPECT_EQ(ping_as(notifier_), StatusCode::UNAVAILABLE) << "at once, for new connections";
  rotate(CaKind::kHost, {kInit});
  EXPECT_EQ(ping_as(pki_.issue_client("notifier")), StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace notifyd::sim
