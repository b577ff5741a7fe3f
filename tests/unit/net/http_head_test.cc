#include "net/http_head.h"

#include <gmock/gmock.h>

namespace notifyd::net {
namespace {

TEST(HttpHead, HasTheStatusTheHeadersAndWhereTheRestBegins) {
  const std::string text =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade:  WebSocket \r\nX-A: 1\r\n\r\n";
  const auto head = parse_http_head(text + "bytes");
  ASSERT_TRUE(head.ok() && head->has_value());
  EXPECT_EQ((*head)->status, 101);
  EXPECT_EQ((*head)->header("upgrade"), "WebSocket");
  EXPECT_EQ((*head)->header("x-b"), "");
  EXPECT_EQ((*head)->size, text.size());
}

TEST(HttpHead, AReasonMayBeMissing) {
  for (const char* text : {"HTTP/1.1 200\r\n\r\n", "HTTP/1.0 200 \r\n\r\n"}) {
    const auto head = parse_http_head(text);
    ASSERT_TRUE(head.ok() && head->has_value()) << text;
    EXPECT_EQ((*head)->status, 200);
  }
}

TEST(HttpHead, WaitsForAllOfIt) {
  const std::string text = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto head = parse_http_head(text.substr(0, size));
    ASSERT_TRUE(head.ok()) << size;
    EXPECT_FALSE(head->has_value()) << size;
  }
}

TEST(HttpHead, KnowsAtOnceWhatIsNone) {
  for (const char* text :
       {"SSH-2.0-OpenSSH", "\x15\x03\x01", "HTTP/2 200\r\n\r\n", "<html>",
        "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 99 OK\r\n\r\n", "HTTP/1.\r\n\r\n"}) {
    EXPECT_FALSE(parse_http_head(text).ok()) << text;
  }
}

TEST(HttpHead, TakesNoMoreThanSixteenKilobytes) {
  const std::string text = "HTTP/1.1 200 OK\r\nA: " + std::string(17'000, 'x');
  EXPECT_FALSE(parse_http_head(text).ok());
  EXPECT_FALSE(parse_http_head(text + "\r\n\r\n").ok());
}

}  // namespace
}  // namespace notifyd::net
