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
