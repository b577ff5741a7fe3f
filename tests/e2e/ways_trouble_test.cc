// A proxy that answers wrongly, or not at all: the log says what is wrong and what to do, the
// daemon tries on at its own pace, and what was requested meanwhile is announced.

#include <gmock/gmock.h>

#include <sstream>

#include "e2e/ways_fixture.h"

namespace notifyd::test {
namespace {

using sim::FindAnswer;
using sim::ProxyAlpn;
using sim::ProxyDoor;
using sim::ProxyUpgrades;
using sim::WebCertificate;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// As an Auth Service, as a proxy, what ALPN comes to, and the way itself.
constexpr std::size_t kConnectionsPerTry = 4;

struct Wrong {
  const char* name;
  sim::ProxyQuirks quirks;
  std::size_t tries;  // to wait for: fewer where each takes its time
  const char* what_is_wrong;
  const char* what_to_do;
};

class ATroubleTest : public WaysTest, public ::testing::WithParamInterface<Wrong> {
 protected:
  void wait_for_tries() {
    ASSERT_TRUE(wait_until([this] { return tries() >= GetParam().tries; }, minutes(1)));
    // The last of them may be under way.
    EXPECT_LE(connections() - connections_before_, kConnectionsPerTry * (tries() + 1));
  }
  void spoil() {
    connections_before_ = connections();
    world.proxy->set_quirks(GetParam().quirks);
  }
  void make_well() { world.proxy->set_quirks({}); }
  std::vector<std::string> complaints() {
    return lines("WARN  no connection to Teleport, trying on");
  }
  static auto says_it() {
    return AllOf(HasSubstr(GetParam().what_is_wrong), HasSubstr(GetParam().what_to_do));
  }

 private:
  std::vector<std::string> lines(std::string_view with) {
    std::vector<std::string> found;
    std::istringstream log(world.daemon().err());
    for (std::string line; std::getline(log, line);) {
      if (line.find(with) != line.npos) found.push_back(line);
    }
    return found;
  }
  std::size_t tries() { return lines("next try to connect to Teleport").size(); }
  std::uint64_t connections() const { return world.proxy->count(sim::ProxyEvent::kAccepted); }

  std::uint64_t connections_before_ = 0;
};

// ---- From before the daemon comes ----

using AWrongProxyTest = ATroubleTest;

TEST_P(AWrongProxyTest, IsNamedOnceWithWhatToDoAndOutlived) {
  spoil();
  world.start(false);
  request_many(5);
  wait_for_tries();
  EXPECT_THAT(complaints(), AllOf(SizeIs(1), Contains(says_it())));
  make_well();
  expect_each_announced_once();
}

INSTANTIATE_TEST_SUITE_P(
    Proxy, AWrongProxyTest,
    ::testing::Values(
        Wrong{"SlowLoris",
              {.find = FindAnswer::kDribble},
              1,
              " does not answer as a Teleport proxy: ",
              "check teleport.addr, the proxy, and what stands between"},
        Wrong{"HalfOpenAtItsQuestion",
              {.find = FindAnswer::kSilent},
              1,
              " does not answer as a Teleport proxy: ",
              "check teleport.addr, the proxy, and what stands between"},
        Wrong{"HalfOpen",
              {.door = ProxyDoor::kSilent},
              1,
              "nothing answered in time",
              "check teleport.addr and the firewall"},
        Wrong{"OfAnUnknownCa",
              {.certificate = WebCertificate::kSelfSigned},
              3,
              "self-signed certificate",
              "set teleport.ca_file to a file with the CA that its certificate is from"},
        Wrong{"OfAnotherName",
              {.certificate = WebCertificate::kOtherName},
              3,
              "no alternative certificate subject name matches",
              "and teleport.addr to a name that the certificate has"},
        Wrong{"ThatNoUpgradePasses",
              {.alpn = ProxyAlpn::kHttpOnly, .upgrades = ProxyUpgrades::kNone},
              3,
              "answers /webapi/connectionupgrade with HTTP 404",
              "set teleport.addr to an address that leads past the load balancer"},
        Wrong{"AWebSite",
              {.find = FindAnswer::kHtml},
              3,
              " is no Teleport proxy: it answers /webapi/find with a web page",
              "check teleport.addr, and what stands between"},
        Wrong{"ACaptivePortal",
              {.find = FindAnswer::kRedirect},
              3,
              "HTTP 302, a redirection, as the sign-in page of a network does",
              "check teleport.addr, and what stands between"},
        Wrong{"OfAnotherCluster",
              {.cluster = "other.example.com"},
              3,
              " is of cluster other.example.com, and the identity of notifyd is of cluster ",
              "check teleport.addr, or issue an identity of other.example.com"}),
    [](const auto& wrong) { return wrong.param.name; });

// ---- While a connection stands, which is cut: the way that had worked is tried first ----

using AProxyThatGoesWrongTest = ATroubleTest;

TEST_P(AProxyThatGoesWrongTest, IsNamedWithWhatToDoAndOutlived) {
  world.start();
  spoil();
  world.proxy->cut_connections();
  request_many(5);
  wait_for_tries();
  // What ended the connection, why the way failed, and what a search for another found.
  EXPECT_LE(complaints().size(), 3U);
  EXPECT_THAT(complaints(), Contains(says_it()));
  make_well();
  expect_each_announced_once();
}

INSTANTIATE_TEST_SUITE_P(
    Proxy, AProxyThatGoesWrongTest,
    ::testing::Values(Wrong{"HalfOpenAtTheHandshake",
                            {.door = ProxyDoor::kSilent},
                            2,
                            " does not go on with the TLS handshake",
                            "check teleport.addr and the firewall"},
                      Wrong{"WrongAlpnAnswer",
                            {.alpn = ProxyAlpn::kHttpOnly, .upgrades = ProxyUpgrades::kNone},
                            3,
                            "what answers knows none of the protocols that ALPN offers",
                            "check teleport.addr, and what ends TLS on the way"},
                      Wrong{"EndsTls",
                            {.alpn = ProxyAlpn::kStripped, .upgrades = ProxyUpgrades::kNone},
                            3,
                            " is not trusted: unable to get local issuer certificate",
                            "or what answers there is no Auth Service"},
                      Wrong{"OfAnotherCluster",
                            {.cluster = "other.example.com"},
                            3,
                            " is of cluster other.example.com, and the identity of notifyd is of ",
                            "check teleport.addr, or issue an identity of other.example.com"}),
    [](const auto& wrong) { return wrong.param.name; });

}  // namespace
}  // namespace notifyd::test
