#include "teleport/grpc_dialer.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "support/log_lines.h"
#include "unit/teleport/grpc_world.h"

namespace notifyd::teleport {
namespace {

using std::chrono::hours;
using ::testing::AllOf;
using ::testing::HasSubstr;

class GrpcDialerTest : public GrpcWorld {
 protected:
  std::string dial_error() {
    auto connected = dial();
    return connected ? "" : connected.error().message;
  }
  WallTime now() const { return std::chrono::system_clock::now(); }
};

TEST_F(GrpcDialerTest, BringsAConnectionThatAnswers) {
  const auto connected = dial();
  ASSERT_TRUE(connected) << connected.error().message;
  EXPECT_EQ(connected->cluster.name, "example.com");
  EXPECT_EQ(connected->identity.user, "bot-slack");
  EXPECT_GT(connected->identity.valid_until_ms, unix_ms(now()));
}

TEST_F(GrpcDialerTest, TakesAKeyTriple) {
  const auto triple = sim::write_key_triple(dir_.path(), pki_.issue_client("bot-slack"));
  dialer_.emplace(thread_.engine(),
                  GrpcDialerOptions{server_.address(),
                                    {"", triple.key_path, triple.cert_path, triple.ca_path}});
  EXPECT_EQ(dial_error(), "");
}

TEST_F(GrpcDialerTest, RefusesAnExpiredIdentityBeforeItConnects) {
  write_identity(
      pki_.issue_client("bot-slack", {"access-plugin"}, now() - hours(2), now() - hours(1)));
  EXPECT_THAT(dial_error(), AllOf(HasSubstr("expired on"), HasSubstr("tctl auth sign")));
  EXPECT_EQ(server_.calls(sim::AuthMethod::kPing), 0U);
}

TEST_F(GrpcDialerTest, SaysWhatIsKnownWhenNothingListens) {
  server_.stop();
  EXPECT_THAT(dial_error(), AllOf(HasSubstr("connecting to " + server_.address() + " as bot-slack"),
                                  HasSubstr("valid until"), HasSubstr("nothing listens there")));
}

TEST_F(GrpcDialerTest, SuspectsTheIdentityWhenTheServerIsOfAnotherCluster) {
  const sim::Pki other("other.example.com");
  server_.stop();
  server_.use_certificate(other.issue_server(now() - hours(1), now() + hours(1)));
  server_.start();
  EXPECT_THAT(dial_error(), HasSubstr("not from a CA in the identity"));
}

TEST_F(GrpcDialerTest, SuspectsTheIdentityWhenTheServerHangsUp) {
  const sim::Pki other("other.example.com");
  auto foreign = other.issue_client("bot-slack");
  foreign.ca_pem = pki_.ca_pem();
  sim::write_private_file(identity_path(), other.identity_file(foreign));
  EXPECT_THAT(dial_error(), HasSubstr("does not accept this identity"));
}

TEST_F(GrpcDialerTest, RefusesAServerThatIsNoAuthService) {
  server_.stop();
  server_.use_certificate(pki_.issue_server_without_names("node"));
  server_.start();
  EXPECT_THAT(dial_error(), HasSubstr("the server is not an Auth Service"));
}

// A common name is what people choose for themselves.
TEST_F(GrpcDialerTest, ACommonNameDoesNotStandInForTheNamesOfACertificate) {
  server_.stop();
  server_.use_certificate(pki_.issue_server_without_names("teleport.cluster.local"));
  server_.start();
  EXPECT_THAT(dial_error(), HasSubstr("does not name teleport.cluster.local"));
  EXPECT_EQ(server_.calls(sim::AuthMethod::kPing), 0U);
}

TEST_F(GrpcDialerTest, SeesThatTheIdentityWasRenewed) {
  ASSERT_EQ(dial_error(), "");
  EXPECT_FALSE(dialer().identity_changed());
  write_identity(pki_.issue_client("bot-slack"));
  EXPECT_TRUE(dialer().identity_changed());
  ASSERT_EQ(dial_error(), "");
  EXPECT_FALSE(dialer().identity_changed());
}

TEST_F(GrpcDialerTest, AnIdentityThatCannotBeUsedIsNotNewTwice) {
  sim::write_private_file(identity_path(), "nothing");
  EXPECT_NE(dial_error(), "");
  EXPECT_FALSE(dialer().identity_changed());
  write_identity(pki_.issue_client("bot-slack"));
  EXPECT_TRUE(dialer().identity_changed());
}

TEST_F(GrpcDialerTest, EachDialIsAConnectionWithTheIdentityOfThatTime) {
  const auto old = session();
  const sim::Pki other("example.com");
  auto foreign = other.issue_client("bot-slack");
  foreign.ca_pem = pki_.ca_pem();
  sim::write_private_file(identity_path(), other.identity_file(foreign));
  EXPECT_NE(dial_error(), "");
  EXPECT_TRUE(thread_.run([&] { return old->ping(); }));
}

TEST_F(GrpcDialerTest, AnIdentityOfAnotherUserIsRefusedAndTheOldOneUsed) {
  ASSERT_EQ(dial_error(), "");
  write_identity(pki_.issue_client("mallory"));
  EXPECT_FALSE(dialer().identity_changed());
  const auto connected = dial();
  ASSERT_TRUE(connected) << connected.error().message;
  EXPECT_EQ(connected->identity.user, "bot-slack");
}

TEST_F(GrpcDialerTest, ItIsOverWhenTheRightIdentityIsPutBack) {
  const auto lines = std::make_shared<test::LogLines>();
  dialer_.emplace(thread_.engine(), options(), Log(lines));
  const auto look = [this] { return thread_.on([this] { return dialer_->identity_changed(); }); };
  const auto ours = pki_.issue_client("bot-slack");
  write_identity(ours);
  ASSERT_EQ(dial_error(), "");
  write_identity(pki_.issue_client("mallory"));
  EXPECT_FALSE(look());
  EXPECT_EQ(lines->starting("INFO the identity for Teleport is the right one").size(), 0U);
  write_identity(ours);
  EXPECT_FALSE(look()) << "it is the one in use";
  EXPECT_EQ(lines->starting("INFO the identity for Teleport is the right one").size(), 1U);
}

TEST_F(GrpcDialerTest, WhatCannotBeReadIsNotTheRightIdentity) {
  const auto lines = std::make_shared<test::LogLines>();
  dialer_.emplace(thread_.engine(), options(), Log(lines));
  ASSERT_EQ(dial_error(), "");
  write_identity(pki_.issue_client("mallory"));
  ASSERT_EQ(dial_error(), "");
  sim::write_private_file(identity_path(), "nothing");
  ASSERT_NE(dial_error(), "");
  EXPECT_FALSE(thread_.on([this] { return dialer_->identity_changed(); }));
  EXPECT_EQ(lines->starting("INFO the identity for Teleport is the right one").size(), 0U);
}

TEST_F(GrpcDialerTest, OnceThePinIsReleasedTheOtherIdentityIsTaken) {
  const GrpcDialerOptions with_pin = options();
  dialer_.emplace(thread_.engine(), with_pin);
  ASSERT_EQ(dial_error(), "");
  write_identity(pki_.issue_client("bot-other"));
  thread_.on([&] { with_pin.pin->release(); });
  const auto connected = dial();
  ASSERT_TRUE(connected) << connected.error().message;
  EXPECT_EQ(connected->identity.user, "bot-other");
}

TEST_F(GrpcDialerTest, AnIdentityThatHasExpiredDoesNotHelpAgainstAnotherOne) {
  write_identity(pki_.issue_client("bot-slack", {"access-plugin"}, now() - hours(1),
                                   now() + std::chrono::seconds(2)));
  ASSERT_EQ(dial_error(), "");
  write_identity(pki_.issue_client("mallory"));
  EXPECT_TRUE(test::wait_until(
      [&] { return dial_error().find("the old one expired on") != std::string::npos; }));
  EXPECT_THAT(dial_error(), AllOf(HasSubstr("user mallory"), HasSubstr("user bot-slack")));
}

}  // namespace
}  // namespace notifyd::teleport
