#include "teleport/address.h"

#include <gmock/gmock.h>

namespace notifyd::teleport {
namespace {

using ::testing::HasSubstr;

std::string address(std::string_view addr) {
  const auto result = auth_address(addr);
  return result ? *result : result.error().message;
}

TEST(AuthAddress, KeepsHostAndPort) {
  EXPECT_EQ(address("auth.example.com:3025"), "auth.example.com:3025");
  EXPECT_EQ(address("10.0.0.1:65535"), "10.0.0.1:65535");
  EXPECT_EQ(address("[2001:db8::1]:3025"), "[2001:db8::1]:3025");
}

TEST(AuthAddress, AddsTheAuthServicesPortWhereThereIsNone) {
  EXPECT_EQ(address("auth.example.com"), "auth.example.com:3025");
  EXPECT_EQ(address("[2001:db8::1]"), "[2001:db8::1]:3025");
  EXPECT_EQ(address("2001:db8::1"), "[2001:db8::1]:3025");
}

TEST(AuthAddress, RefusesAUrlAndSaysWhatToWrite) {
  EXPECT_EQ(
      address("https://teleport.example.com"),
      "teleport.addr \"https://teleport.example.com\" is a URL; write the address of the Auth "
      "Service as host:3025");
}

TEST(AuthAddress, RefusesIPv6WithAPortAndNoBrackets) {
  EXPECT_THAT(address("::1:3025"), HasSubstr("without brackets; write \"[::1]:3025\""));
}

TEST(AuthAddress, RefusesWhatIsNoAddress) {
  for (const char* bad : {"", ":3025", "[]:3025", "host:", "host:0", "host:65536", "host:30x5",
                          "host/path", "a host", "alice@host:3025"}) {
    EXPECT_THAT(address(bad), HasSubstr("write the address of the Auth Service as host:3025"))
        << bad;
  }
}

TEST(PortHint, NamesTheProxysPortsAndNoOthers) {
  EXPECT_THAT(port_hint("teleport.example.com:3080"),
              HasSubstr("port 3080 is usually the proxy's"));
  EXPECT_THAT(port_hint("teleport.example.com:443"), HasSubstr("host:3025"));
  EXPECT_EQ(port_hint("teleport.example.com:3025"), "");
  EXPECT_EQ(port_hint("teleport.example.com:13080"), "");
}

TEST(WebUrl, AddsTheSchemeAndDropsTheDefaultPort) {
  EXPECT_EQ(web_url("teleport.example.com:443"), "https://teleport.example.com");
  EXPECT_EQ(web_url("teleport.example.com:3080"), "https://teleport.example.com:3080");
  EXPECT_EQ(web_url("https://teleport.example.com"), "https://teleport.example.com");
  EXPECT_EQ(web_url("teleport.example.com:10443"), "https://teleport.example.com:10443");
  EXPECT_EQ(web_url(""), "");
}

}  // namespace
}  // namespace notifyd::teleport
