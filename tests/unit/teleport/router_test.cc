// The ways to an Auth Service through a proxy, against the simulated one.
#include "teleport/router.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "grpc_world.h"
#include "sim/proxy/proxy_server.h"
#include "support/log_lines.h"
#include "support/raw_http_server.h"

namespace notifyd::teleport {
namespace {

using sim::ProxyEvent;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RouterTest : public GrpcWorld {
 protected:
  RouterTest() { dial_to({proxy_.address()}); }

  void dial_to(std::vector<std::string> addresses, ProxyTrust trust) {
    thread_.on([&] {
      dialer_.emplace(thread_.engine(), *http_,
                      GrpcDialerOptions{std::move(addresses), options().credentials, trust},
                      Log(lines_));
      return 0;
    });
  }
  void dial_to(std::vector<std::string> addresses) {
    dial_to(std::move(addresses),
            {.extra_cas = *net::read_ca_text(proxy_.web_ca_pem()), .insecure = false});
  }

  // The error, or "".
  std::string dial_error() {
    const auto connected = dial();
    return connected ? "" : connected.error().message;
  }

  template <class Change>
  void quirk(Change change) {
    sim::ProxyQuirks quirks = proxy_.quirks();
    change(quirks);
    proxy_.set_quirks(quirks);
  }

  // All that was logged.
  std::string log() const { return join(lines_->all(), "\n"); }

  const std::shared_ptr<test::LogLines> lines_ = std::make_shared<test::LogLines>();
  sim::ProxyServer proxy_{cluster_, pki_, server_.port()};
};

TEST_F(RouterTest, AProxyLeadsToTheAuthServiceByTlsRouting) {
  const auto connected = dial();
  ASSERT_TRUE(connected) << connected.error().message;
  EXPECT_EQ(connected->cluster.name, "example.com");
  EXPECT_EQ(proxy_.count(ProxyEvent::kRouted), 1U);
  EXPECT_THAT(log(), HasSubstr("reached through the proxy by TLS routing"));
}

TEST_F(RouterTest, TheLogSaysWhyAWayIsTaken) {
  ASSERT_EQ(dial_error(), "");
  EXPECT_THAT(log(),
              AllOf(HasSubstr("by TLS routing"), HasSubstr("why=\"a Teleport proxy, version")));
  const test::ClosedPort nobody;
  dial_to({"127.0.0.1:" + std::to_string(nobody.number()), server_.address()});
  ASSERT_EQ(dial_error(), "");
  EXPECT_THAT(log(), AllOf(HasSubstr("reached directly"), HasSubstr("why=\"answers a Ping\"")));
}

TEST_F(RouterTest, TheSessionDoesAllThatADirectOneDoes) {
  const std::string id = create();
  const auto session = this->session();
  const auto page = thread_.run([&] { return session->list("", {}); });
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->requests.size(), 1U);
  ASSERT_TRUE(thread_.run([&] { return session->write(id, "slack", {{"a", "b"}}, {}); }));
  const auto read = thread_.run([&] { return session->read(id, "slack"); });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->at("a"), "b");
}

TEST_F(RouterTest, TheWayIsRemembered) {
  ASSERT_EQ(dial_error(), "");
  ASSERT_EQ(dial_error(), "");
  EXPECT_EQ(proxy_.count(ProxyEvent::kFind), 1U);
  EXPECT_EQ(proxy_.count(ProxyEvent::kRouted), 2U);
}

TEST_F(RouterTest, AWayThatStopsWorkingIsLookedForAgain) {
  ASSERT_EQ(dial_error(), "");
  quirk([](auto& q) { q.alpn = sim::ProxyAlpn::kStripped; });
  EXPECT_NE(dial_error(), "");
  EXPECT_EQ(dial_error(), "");
  EXPECT_EQ(proxy_.count(ProxyEvent::kRoutedUpgraded), 1U);
  EXPECT_THAT(log(), HasSubstr("reached through the proxy by connection upgrade"));
}

TEST_F(RouterTest, ALoadBalancerThatEndsTlsIsPassedByAConnectionUpgrade) {
  for (const auto alpn :
       {sim::ProxyAlpn::kStripped, sim::ProxyAlpn::kHttpOnly, sim::ProxyAlpn::kRefused}) {
    quirk([alpn](auto& q) { q.alpn = alpn; });
    dial_to({proxy_.address()});
    EXPECT_EQ(dial_error(), "");
  }
  EXPECT_EQ(proxy_.count(ProxyEvent::kUpgradeWebSocket), 3U);
  EXPECT_EQ(proxy_.count(ProxyEvent::kRoutedUpgraded), 3U);
}

TEST_F(RouterTest, AnOlderProxyIsUpgradedInItsOwnForm) {
  quirk([](auto& q) {
    q.alpn = sim::ProxyAlpn::kStripped;
    q.upgrades = sim::ProxyUpgrades::kLegacy;
    q.ping_interval = std::chrono::milliseconds(1);
  });
  const auto session = this->session();
  EXPECT_EQ(proxy_.count(ProxyEvent::kUpgradeAlpnPing), 1U);
  ASSERT_TRUE(test::wait_until([&] { return proxy_.count(ProxyEvent::kPingSent) > 5; }));
  EXPECT_TRUE(thread_.run([&] { return session->ping(); })) << "between the proxy's pings";
}

TEST_F(RouterTest, TheProxysPingsAreAnswered) {
  quirk([](auto& q) {
    q.alpn = sim::ProxyAlpn::kStripped;
    q.ping_interval = std::chrono::milliseconds(1);
  });
  const auto session = this->session();
  EXPECT_TRUE(test::wait_until([&] { return proxy_.count(ProxyEvent::kPongReceived) > 5; }));
  EXPECT_TRUE(thread_.run([&] { return session->ping(); }));
}

TEST_F(RouterTest, AProxyWithoutUpgradesBehindALoadBalancerIsNamed) {
  quirk([](auto& q) {
    q.alpn = sim::ProxyAlpn::kStripped;
    q.upgrades = sim::ProxyUpgrades::kNone;
  });
  EXPECT_THAT(dial_error(),
              HasSubstr("with HTTP 404: the proxy is too old for connection upgrades"));
}

TEST_F(RouterTest, WithoutTlsRoutingTheAuthServicesAddressIsTheWay) {
  quirk([](auto& q) { q.tls_routing = false; });
  EXPECT_THAT(dial_error(),
              HasSubstr("has no TLS routing, so that only SSH tunnels lead through it; set "
                        "teleport.addr to the Auth Service's own host:3025"));
}

TEST_F(RouterTest, AProxyOfAnotherClusterIsRefused) {
  quirk([](auto& q) { q.cluster = "other.example.com"; });
  EXPECT_THAT(dial_error(),
              HasSubstr("is of cluster other.example.com, and the identity of bot-slack "
                        "is of cluster example.com; check teleport.addr"));
  EXPECT_EQ(proxy_.count(ProxyEvent::kRouted), 0U);
}

TEST_F(RouterTest, WhatAnswersInAProxysPlaceIsSaid) {
  struct Case {
    sim::FindAnswer answer;
    const char* says;
  };
  for (const auto& [answer, says] : std::initializer_list<Case>{
           {sim::FindAnswer::kHtml, "/webapi/find with a web page"},
           {sim::FindAnswer::kRedirect, "a redirection, as the sign-in page of a network"},
           {sim::FindAnswer::kNotFound, "/webapi/find with HTTP 404"},
           {sim::FindAnswer::kBrokenJson, "no JSON object that tells of a proxy"}}) {
    quirk([answer = answer](auto& q) { q.find = answer; });
    EXPECT_THAT(dial_error(),
                AllOf(StartsWith(proxy_.address() + " is no Teleport proxy"), HasSubstr(says)));
  }
}

TEST_F(RouterTest, AnAnswerWithoutEndIsNotWaitedFor) {
  quirk([](auto& q) { q.find = sim::FindAnswer::kHuge; });
  EXPECT_THAT(dial_error(),
              AllOf(StartsWith(proxy_.address() + " does not answer as a Teleport proxy"),
                    HasSubstr("check teleport.addr, the proxy, and what stands between")));
}

TEST_F(RouterTest, AProxysCertificateThatIsNotTrustedSaysWhatToSet) {
  for (const auto certificate : {sim::WebCertificate::kOtherName, sim::WebCertificate::kExpired,
                                 sim::WebCertificate::kSelfSigned}) {
    quirk([certificate](auto& q) { q.certificate = certificate; });
    EXPECT_THAT(dial_error(), HasSubstr("if it is one, set teleport.ca_file"));
  }
}

TEST_F(RouterTest, TheSystemsCasAreAskedWhereNoFileIsSet) {
  dial_to({proxy_.address()}, {});
  EXPECT_THAT(dial_error(), HasSubstr("if it is one, set teleport.ca_file"));
}

TEST_F(RouterTest, InsecureBelievesAnyProxyAndSaysSo) {
  quirk([](auto& q) {
    q.certificate = sim::WebCertificate::kSelfSigned;
    q.alpn = sim::ProxyAlpn::kStripped;
  });
  dial_to({proxy_.address()}, {.extra_cas = nullptr, .insecure = true});
  EXPECT_EQ(dial_error(), "");
  EXPECT_THAT(log(), HasSubstr("anybody may pass for the proxy"));
}

// Whoever passes for the proxy still cannot pass for the Auth Service.
TEST_F(RouterTest, BehindAnInsecureProxyTheAuthServiceIsStillChecked) {
  const sim::Pki other("example.com");
  server_.stop();
  server_.use_certificate(
      other.issue_server(std::chrono::system_clock::now() - std::chrono::hours(1),
                         std::chrono::system_clock::now() + std::chrono::hours(1)));
  server_.start();
  dial_to({proxy_.address()}, {.extra_cas = nullptr, .insecure = true});
  EXPECT_THAT(dial_error(), HasSubstr("is not trusted"));
}

TEST_F(RouterTest, AnIdentityThatTheClusterDoesNotTrustIsNamedWithWhatToDo) {
  const sim::Pki other("example.com");
  sim::Credentials foreign = other.issue_client("bot-slack");
  foreign.ca_pem = pki_.ca_pem();
  write_identity(foreign);
  EXPECT_THAT(
      dial_error(),
      AllOf(HasSubstr("perhaps the cluster does not trust the identity of bot-slack, issued by "
                      "cluster example.com, valid until "),
            HasSubstr("issue it again with `tctl auth sign")));
}

TEST_F(RouterTest, TheFirstAddressThatWorksIsTaken) {
  const test::ClosedPort closed;
  dial_to({"127.0.0.1:" + std::to_string(closed.number()), proxy_.address(), server_.address()});
  EXPECT_EQ(dial_error(), "");
  EXPECT_EQ(proxy_.count(ProxyEvent::kRouted), 1U);
}

TEST_F(RouterTest, WhenAnAddressStopsWorkingTheNextIsTaken) {
  dial_to({proxy_.address(), server_.address()});
  ASSERT_EQ(dial_error(), "");
  proxy_.stop();
  EXPECT_NE(dial_error(), "");
  EXPECT_EQ(dial_error(), "");
  EXPECT_THAT(log(), HasSubstr("Teleport is reached directly"));
}

TEST_F(RouterTest, WhenNoAddressWorksTheErrorHasAllReasons) {
  const test::ClosedPort one, two;
  dial_to(
      {"127.0.0.1:" + std::to_string(one.number()), "127.0.0.1:" + std::to_string(two.number())});
  EXPECT_THAT(dial_error(), AllOf(HasSubstr(std::to_string(one.number())),
                                  HasSubstr(std::to_string(two.number()))));
}

TEST_F(RouterTest, EachQuestionHasItsAnswer) {
  ASSERT_EQ(dial_error(), "");
  const auto answers = thread_.on([this] { return dialer_->answers(); });
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].asked, proxy_.address() + " as an Auth Service");
  EXPECT_EQ(answers[1].asked, proxy_.address() + " as a proxy");
  EXPECT_THAT(answers[1].said, HasSubstr("a Teleport proxy, version "));
  EXPECT_EQ(answers[2].said, "answers a Ping");
}

TEST_F(RouterTest, WhyAConnectionBrokeIsSaid) {
  const auto session = this->session();
  const auto stream =
      ends_on_engine(thread_.on([&] { return std::shared_ptr<EventStream>(session->watch()); }));
  ASSERT_TRUE(thread_.run([&] { return stream->next(); }));
  proxy_.cut_connections();
  const auto event = thread_.run([&] { return stream->next(); });
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Errc::kUnavailable);
  EXPECT_THAT(event.error().message,
              HasSubstr("the Auth Service of example.com behind " + proxy_.address() + " hung up"));
}

TEST_F(RouterTest, ASessionThatIsGoneLeavesNoConnection) {
  auto session = this->session();
  const std::size_t before = proxy_.open_connections();  // libcurl keeps one for the next question
  thread_.on([&] {
    session.reset();
    return 0;
  });
  EXPECT_TRUE(test::wait_until([&] { return proxy_.open_connections() < before; }));
}

}  // namespace
}  // namespace notifyd::teleport
