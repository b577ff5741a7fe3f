#include "teleport/address.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace notifyd::teleport {
namespace {

using ::testing::HasSubstr;

// The addresses, or the error.
std::string address(std::string_view addr) {
  const auto result = addresses_of(addr);
  return result ? join(*result, " ") : result.error().message;
}

TEST(AuthAddress, KeepsHostAndPort) {
  EXPECT_EQ(address("auth.example.com:3025"), "auth.example.com:3025");
  EXPECT_EQ(address("10.0.0.1:65535"), "10.0.0.1:65535");
  EXPECT_EQ(address("[2001:db8::1]:3025"), "[2001:db8::1]:3025");
}

TEST(AuthAddress, WithoutAPortItMayBeTheProxysOrTheAuthServices) {
  EXPECT_EQ(address("teleport.example.com"),
            "teleport.example.com:443 teleport.example.com:3080 teleport.example.com:3025");
  EXPECT_EQ(address("[2001:db8::1]"), "[2001:db8::1]:443 [2001:db8::1]:3080 [2001:db8::1]:3025");
  EXPECT_EQ(address("2001:db8::1"), address("[2001:db8::1]"));
}

TEST(AuthAddress, AnHttpsUrlOfAHostIsUnderstood) {
  EXPECT_EQ(address("https://teleport.example.com:3080"), "teleport.example.com:3080");
  EXPECT_EQ(address("HTTPS://teleport.example.com:443/"), "teleport.example.com:443");
  EXPECT_EQ(address("https://teleport.example.com"), address("teleport.example.com"));
}

TEST(AuthAddress, RefusesEveryOtherUrlAndSaysWhatToWrite) {
  EXPECT_EQ(
      address("http://teleport.example.com"),
      "teleport.addr \"http://teleport.example.com\" is a URL that is not https://; write the "
      "proxy's or the Auth Service's address as host:port");
  EXPECT_THAT(address("https://teleport.example.com/web"), HasSubstr("is not host:port"));
  EXPECT_THAT(address("https://"), HasSubstr("has no host"));
}

TEST(AuthAddress, RefusesIPv6WithAPortAndNoBrackets) {
  EXPECT_THAT(address("::1:3025"), HasSubstr("without brackets; write \"[::1]:3025\""));
}

TEST(AuthAddress, WantsOneAddress) {
  for (const char* several : {"a:3025,b:3025", "a,b", "a:3025;b:3025", "a:3025 b:3025", "a, b"}) {
    EXPECT_THAT(address(several), HasSubstr("names more than one address, and one is wanted"))
        << several;
  }
  EXPECT_THAT(address("host:3025:3025"), HasSubstr("has more than one port"));
  EXPECT_THAT(address("auth.example.com::3025"), HasSubstr("has more than one port"));
  EXPECT_THAT(address("3025"), HasSubstr("is a port alone"));
}

TEST(AuthAddress, RefusesATemplate) {
  for (const char* text : {"$HOST.example.com:3025", "${HOST}:3025", "{host}.example.com",
                           "{{ host }}:3025", "<host>:3025", "%HOST%:3025", "\"host:3025\""}) {
    EXPECT_THAT(address(text), ::testing::AnyOf(HasSubstr("is a template, or has quotes in it"),
                                                HasSubstr("more than one address")))
        << text;
  }
  EXPECT_THAT(address("auth.ex\u00e4mple.com"), HasSubstr("holds a character that no host has"));
  EXPECT_THAT(address("auth\u2013x.example.com"), HasSubstr("holds a character that no host has"));
  EXPECT_THAT(address("fe80::1%eth0"), HasSubstr("[fe80::1%eth0]:3025"));
  EXPECT_EQ(address("[fe80::1%eth0]:3025"), "[fe80::1%eth0]:3025");
  EXPECT_EQ(address("auth_service.teleport-ns.svc:3025"), "auth_service.teleport-ns.svc:3025");
}

TEST(AuthAddress, RefusesWhatIsNoAddress) {
  for (const char* bad : {"", ":3025", "[]:3025", "host:", "host:0", "host:65536", "host:30x5",
                          "host/path", "a host", "alice@host:3025"}) {
    EXPECT_THAT(address(bad),
                HasSubstr("write the proxy's or the Auth Service's address as host:port"))
        << bad;
  }
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
