#include "net/upgrade_layer.h"

#include <gmock/gmock.h>

#include "net/websocket.h"

namespace notifyd::net {
namespace {

using ::testing::HasSubstr;

class UpgradeLayerTest : public ::testing::Test {
 protected:
  UpgradeLayerTest() {
    EXPECT_TRUE(layer_->start().ok());
    request_ = layer_->take_down();
  }

  std::string header(const std::string& name) const {
    const auto at = request_.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto from = at + name.size() + 4;
    return request_.substr(from, request_.find("\r\n", from) - from);
  }

  std::string websocket_answer() const {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Protocol: alpn-ping\r\nSec-WebSocket-Accept: " +
           websocket_accept(header("Sec-WebSocket-Key")) + "\r\n\r\n";
  }

  std::string error_of(const std::string& answer) {
    const Result<> taken = layer_->receive(answer);
    return taken ? "" : taken.error().message;
  }

  const std::unique_ptr<Layer> layer_ = make_upgrade_layer("teleport.example.com");
  std::string request_;
};

constexpr char kLegacyAnswer[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: alpn-ping\r\nConnection: Upgrade\r\n\r\n";

TEST_F(UpgradeLayerTest, AsksForBothFormsAtOnce) {
  EXPECT_THAT(request_, ::testing::StartsWith("GET /webapi/connectionupgrade HTTP/1.1\r\n"
                                              "Host: teleport.example.com\r\n"));
  EXPECT_THAT(request_, HasSubstr("\r\nUpgrade: websocket\r\nUpgrade: alpn-ping\r\n"));
  EXPECT_EQ(header("Connection"), "Upgrade");
  EXPECT_EQ(header("X-Teleport-Upgrade"), "alpn-ping");
  EXPECT_EQ(header("Sec-WebSocket-Protocol"), "alpn-ping");
}

TEST_F(UpgradeLayerTest, CarriesBytesInWebSocketFramesWhereTheProxySpeaksThem) {
  ASSERT_EQ(error_of(websocket_answer() + "\x82\x05hello"), "");
  EXPECT_TRUE(layer_->open());
  EXPECT_EQ(layer_->take_up(), "hello");
  ASSERT_TRUE(layer_->send("back").ok());
  const std::string frame = layer_->take_down();
  EXPECT_EQ(frame.substr(0, 2), "\x82\x84");
}

TEST_F(UpgradeLayerTest, CarriesBytesBehindTheirLengthWhereTheProxyIsOlder) {
  ASSERT_EQ(error_of(std::string(kLegacyAnswer) + std::string("\0\0\0\5hello", 9)), "");
  EXPECT_EQ(layer_->take_up(), "hello");
  ASSERT_TRUE(layer_->send("back").ok());
  EXPECT_EQ(layer_->take_down(), std::string("\0\0\0\4back", 8));
}

TEST_F(UpgradeLayerTest, AnEmptyFrameOfAnOlderProxyIsAPing) {
  ASSERT_EQ(error_of(kLegacyAnswer), "");
  const std::string bytes("\0\0\0\2ab\0\0\0\0\0\0\0\1c", 15);
  for (const char byte : bytes) ASSERT_TRUE(layer_->receive({&byte, 1}).ok());
  EXPECT_EQ(layer_->take_up(), "abc");
  EXPECT_EQ(layer_->take_down(), "");
}

TEST_F(UpgradeLayerTest, AnswersPingsAndSeesTheEnd) {
  ASSERT_EQ(error_of(websocket_answer() + std::string("\x89\0", 2)), "");
  EXPECT_EQ(layer_->take_down().substr(0, 2), "\x8a\x80");
  ASSERT_EQ(error_of(std::string("\x88\0", 2)), "");
  EXPECT_TRUE(layer_->ended());
}

TEST_F(UpgradeLayerTest, AProxyThatKnowsNoUpgradesIsTooOld) {
  EXPECT_THAT(error_of("HTTP/1.1 404 Not Found\r\n\r\n"), HasSubstr("too old for connection"));
}

TEST_F(UpgradeLayerTest, ALoadBalancerThatRefusesIsNamed) {
  EXPECT_THAT(error_of("HTTP/1.1 502 Bad Gateway\r\n\r\n"),
              HasSubstr("HTTP 502, not 101; let the load balancer pass WebSockets through"));
  EXPECT_FALSE(layer_->open());
}

TEST_F(UpgradeLayerTest, AnAnswerThatDoesNotProveItsOriginIsRefused) {
  std::string answer = websocket_answer();
  answer.replace(answer.find("Accept: ") + 8, 4, "AAAA");
  EXPECT_THAT(error_of(answer), HasSubstr("an upgrade that is not Teleport's"));
}

TEST_F(UpgradeLayerTest, AnotherProtocolThanTheOneAskedForIsRefused) {
  std::string answer = websocket_answer();
  answer.replace(answer.find("alpn-ping"), 9, "chat");
  EXPECT_THAT(error_of(answer), HasSubstr("an upgrade that is not Teleport's"));
}

TEST_F(UpgradeLayerTest, SaysWhetherTheEndCameBeforeTheAnswer) {
  EXPECT_EQ(layer_->cut_off().message,
            "teleport.example.com hung up instead of answering /webapi/connectionupgrade");
  EXPECT_EQ(layer_->late().message,
            "teleport.example.com does not answer /webapi/connectionupgrade");
  ASSERT_EQ(error_of(kLegacyAnswer), "");
  EXPECT_EQ(layer_->cut_off().message, "teleport.example.com hung up");
}

}  // namespace
}  // namespace notifyd::net
