#include "teleport/grpc_dialer.h"

#include <gmock/gmock.h>

#include <unistd.h>
#include <atomic>
#include <filesystem>
#include <fstream>

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
  dialer_.emplace(thread_.engine(), *http_,
                  GrpcDialerOptions{{server_.address()},
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
  dialer_.emplace(thread_.engine(), *http_, options(), Log(lines));
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
  dialer_.emplace(thread_.engine(), *http_, options(), Log(lines));
  ASSERT_EQ(dial_error(), "");
  write_identity(pki_.issue_client("mallory"));
  ASSERT_EQ(dial_error(), "");
  sim::write_private_file(identity_path(), "nothing");
  ASSERT_NE(dial_error(), "");
  EXPECT_FALSE(thread_.on([this] { return dialer_->identity_changed(); }));
  EXPECT_EQ(lines->starting("INFO the identity for Teleport is the right one").size(), 0U);
}

TEST_F(GrpcDialerTest, AnIdentityWithOtherRolesIsRefusedAndTheOldOneUsed) {
  ASSERT_EQ(dial_error(), "");
  write_identity(pki_.issue_client("bot-slack", {"access-plugin", "admin"}));
  EXPECT_FALSE(dialer().identity_changed());
  EXPECT_EQ(dial_error(), "");
}

// What a reload asks, for whom the other identity may be right.
TEST_F(GrpcDialerTest, AnIdentityThatIsRefusedStillDiffers) {
  ASSERT_EQ(dial_error(), "");
  EXPECT_FALSE(dialer().identity_differs());
  write_identity(pki_.issue_client("bot-other"));
  EXPECT_FALSE(dialer().identity_changed());
  EXPECT_TRUE(dialer().identity_differs());
}

// ---- Files that are replaced ----

class IdentityWatchTest : public GrpcWorld {
 protected:
  // The identity is read through `path`; everything that happens to it from now on is counted.
  void watch(const std::string& path) {
    thread_.on([&] {
      dialer_.emplace(thread_.engine(), *http_,
                      GrpcDialerOptions{{server_.address()}, {path, "", "", ""}});
      dialer_->watch_identity([this] { ++touches_; });
      return 0;
    });
  }
  bool is_told() {
    return test::wait_until([this] { return touches_ > 0; });
  }

  std::atomic<int> touches_{0};
};

TEST_F(IdentityWatchTest, ARenamedFileIsNoticed) {
  watch(identity_path());
  write_identity(pki_.issue_client("bot-slack"));
  EXPECT_TRUE(is_told());
}

TEST_F(IdentityWatchTest, AFileThatIsWrittenInItsPlaceIsNoticed) {
  watch(identity_path());
  std::ofstream(identity_path(), std::ios::app) << "\n";
  EXPECT_TRUE(is_told());
}

// How Kubernetes exchanges a volume: ..data is a link, and a link is moved onto it.
TEST_F(IdentityWatchTest, ALinkOnTheWayThatIsExchangedIsNoticed) {
  namespace fs = std::filesystem;
  const std::string text = pki_.identity_file(pki_.issue_client("bot-slack"));
  for (const char* version : {"one", "two"}) dir_.write(std::string(version) + "/identity", text);
  fs::create_symlink("one", dir_.path("..data"));
  fs::create_symlink("..data/identity", dir_.path("linked"));
  watch(dir_.path("linked"));
  fs::create_symlink("two", dir_.path("..data_tmp"));
  touches_ = 0;
  fs::rename(dir_.path("..data_tmp"), dir_.path("..data"));
  EXPECT_TRUE(is_told());
}

TEST_F(IdentityWatchTest, NothingIsSaidOnceNobodyWantsToKnow) {
  watch(identity_path());
  thread_.on([this] {
    dialer_->watch_identity(nullptr);
    return 0;
  });
  write_identity(pki_.issue_client("bot-slack"));
  thread_.on([] { return 0; });
  EXPECT_EQ(touches_, 0);
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
