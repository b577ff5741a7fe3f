#include "net/url.h"

#include <gtest/gtest.h>

namespace notifyd::net {
namespace {

TEST(Url, KnowsHostAndPort) {
  const auto url = parse_url("https://hooks.example.com:8443/a");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "hooks.example.com:8443");
}

TEST(Url, RefusesOtherSchemesAndSaysWhichAreAllowed) {
  const auto url = parse_url("ftp://example.com/");
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.error().message, "URLs start with https:// (or http://), not with ftp://");
}

TEST(Url, RefusesWhatIsNoUrl) {
  EXPECT_FALSE(parse_url("").ok());
  EXPECT_FALSE(parse_url("example.com/without/scheme").ok());
  EXPECT_FALSE(parse_url(std::string("https://example.com/\0x", 22)).ok());
}

TEST(Url, HttpIsInTheClearUnlessItStaysOnThisMachine) {
  for (const char* url :
       {"http://127.0.0.1/", "http://127.0.0.1:8080/api/", "http://127.8.9.10/", "http://[::1]:80/",
        "http://[0:0:0:0:0:0:0:1]/", "http://localhost:3000/", "HTTP://LOCALHOST/", "http://127.1/",
        "http://2130706433/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
        "http://evil.example@127.0.0.1/", "https://example.com/", "https://127.0.0.1/"}) {
    const auto parsed = parse_url(url);
    ASSERT_TRUE(parsed.ok()) << url;
    EXPECT_FALSE(parsed->in_clear()) << url;
  }
  for (const char* url : {"http://example.com/",
                          "HTTP://example.com/",
                          "http://10.0.0.1/",
                          "http://0.0.0.0/",
                          "http://[::]/",
                          "http://[::2]/",
                          "http://[::ffff:127.0.0.1]/",
                          "http://[fe80::1]/",
                          "http://localhost.evil.example/",
                          "http://evil.localhost/",
                          "http://localhost./",
                          "http://127.0.0.1.evil.example/",
                          "http://127.0.0.1./",
                          "http://127.0.0.1%2eevil.example/",
                          "http://127.0.0.1@evil.example/",
                          "http://127.0.0.1:80@evil.example/",
                          "http://localhost:80@evil.example:80/",
                          "http://evil.example/?127.0.0.1",
                          "http://evil.example#@127.0.0.1/",
                          "http://evil.example/@localhost",
                          "http://128.0.0.1/",
                          "http://126.255.255.255/",
                          "http://2147483648/",
                          "http://1.127/",
                          "http://127.0.0.256/",
                          "http://127.0.0.0x/",
                          "http://localhost0/",
                          "http://127.0.0.1-x/"}) {
    const auto parsed = parse_url(url);
    EXPECT_TRUE(!parsed || parsed->in_clear()) << url << " is taken for " << parsed->host;
  }
}

TEST(Url, MessagesNeverRepeatPathQueryOrUser) {
  const auto url = parse_url("https://bob:pass@example.com/services/T0/B0?key=value");
  ASSERT_TRUE(url.ok());
  for (const char* text : {"at /services/T0/B0", "with key=value", "user bob", "pass"}) {
    EXPECT_EQ(safe_message(*url, text, "it failed"), "it failed") << text;
  }
  EXPECT_EQ(safe_message(*url, "connection refused", "it failed"), "connection refused");
}

TEST(Url, MessagesAreOneLine) {
  const auto url = parse_url("https://example.com/");
  EXPECT_EQ(safe_message(*url, "two\nlines", "x"), "two lines");
  EXPECT_EQ(safe_message(*url, "", "x"), "x");
}

}  // namespace
}  // namespace notifyd::net
