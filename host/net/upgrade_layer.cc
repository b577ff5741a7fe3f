#include "net/upgrade_layer.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "net/http_head.h"
#include "net/websocket.h"

namespace notifyd::net {
namespace {

constexpr char kPath[] = "/webapi/connectionupgrade";
constexpr char kWithPings[] = "alpn-ping";
constexpr int kSwitching = 101, kNotFound = 404;

// ---- What follows the upgrade ----

class Framing {
 public:
  Framing() = default;
  Framing(const Framing&) = delete;
  Framing& operator=(const Framing&) = delete;
  virtual ~Framing() = default;
  virtual Result<> unpack(std::string_view bytes, std::string& data, std::string& answer) = 0;
  virtual std::string pack(std::string_view data) = 0;
  virtual bool ended() const = 0;
};

class WebSocketFraming final : public Framing {
 public:
  Result<> unpack(std::string_view bytes, std::string& data, std::string& answer) override {
    return reader_.read(bytes, data, answer);
  }
  std::string pack(std::string_view data) override {
    return websocket_frame(WebSocketOp::kBinary, data);
  }
  bool ended() const override { return reader_.closed(); }

 private:
  WebSocketReader reader_;
};

class LengthFraming final : public Framing {
 public:
  Result<> unpack(std::string_view bytes, std::string& data, std::string&) override {
    for (const char byte : bytes) {
      if (left_ > 0) {
        data.push_back(byte);
        --left_;
        continue;
      }
      length_ = length_ << 8U | static_cast<unsigned char>(byte);
      if (++length_bytes_ < kLengthBytes) continue;
      left_ = length_;
      length_ = length_bytes_ = 0;
    }
    return Done{};
  }

  std::string pack(std::string_view data) override {
    std::string frame;
    for (unsigned byte = kLengthBytes; byte-- > 0;) {
      frame.push_back(static_cast<char>(data.size() >> (8 * byte)));
    }
    return frame.append(data);
  }
  bool ended() const override { return false; }

 private:
  static constexpr unsigned kLengthBytes = 4;
  std::uint32_t left_ = 0;    // of the frame that has begun
  std::uint32_t length_ = 0;  // of the next, as far as it is read
  unsigned length_bytes_ = 0;
};

// ---- The upgrade ----

class UpgradeLayer final : public Layer {
 public:
  explicit UpgradeLayer(std::string host) : host_(std::move(host)), key_(websocket_key()) {}

  Result<> start() override;
  Result<> receive(std::string_view bytes) override;
  Result<> send(std::string_view bytes) override;
  Error cut_off() const override;
  Error late() const override { return {Errc::kTimeout, host_ + " does not answer " + kPath}; }

 private:
  Result<> answered(const HttpHead& head);
  Result<> unpack(std::string_view bytes);
  Error refused(int status) const;

  const std::string host_, key_;
  std::string head_;  // the answer's, until it is all there
  std::unique_ptr<Framing> framing_;
};

// Both forms in one request, as Teleport's own client writes it.
Result<> UpgradeLayer::start() {
  const std::string type = kWithPings;
  down_ = std::string("GET ") + kPath + " HTTP/1.1\r\nHost: " + host_ +
          "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: " + type +
          "\r\nX-Teleport-Upgrade: " + type + "\r\nSec-WebSocket-Version: 13\r\n" +
          "Sec-WebSocket-Key: " + key_ + "\r\nSec-WebSocket-Protocol: " + type +
          "\r\nUser-Agent: teleport-notifyd\r\n\r\n";
  return Done{};
}

Result<> UpgradeLayer::receive(std::string_view bytes) {
  if (open_) return unpack(bytes);
  head_ += bytes;
  auto head = parse_http_head(head_);
  if (!head) return std::move(head).error();
  if (!*head) return Done{};
  if (auto good = answered(**head); !good) return good;
  open_ = true;
  const std::string rest = head_.substr((*head)->size);
  head_.clear();
  return unpack(rest);
}

Result<> UpgradeLayer::answered(const HttpHead& head) {
  if (head.status != kSwitching) return refused(head.status);
  const std::string to = lower_ascii(head.header("upgrade"));
  if (to == kWithPings) {
    framing_ = std::make_unique<LengthFraming>();
    return Done{};
  }
  const bool proven = head.header("sec-websocket-accept") == websocket_accept(key_);
  if (to != "websocket" || !proven || head.header("sec-websocket-protocol") != kWithPings) {
    return Error{
        Errc::kUnavailable,
        host_ + " answers " + kPath +
            " with an upgrade that is not Teleport's; let the "
            "load balancer pass WebSockets through, or set teleport.addr to an address that "
            "leads past it"};
  }
  framing_ = std::make_unique<WebSocketFraming>();
  return Done{};
}

Error UpgradeLayer::refused(int status) const {
  const std::string said = host_ + " answers " + kPath + " with HTTP " + std::to_string(status);
  if (status == kNotFound) {
    return {Errc::kUnavailable,
            said +
                ": the proxy is too old for connection upgrades (Teleport 12 and later has "
                "them); set teleport.addr to an address that leads past the load balancer"};
  }
  return {Errc::kUnavailable,
          said +
              ", not 101; let the load balancer pass WebSockets through, or set teleport.addr "
              "to an address that leads past it"};
}

Result<> UpgradeLayer::unpack(std::string_view bytes) {
  auto done = framing_->unpack(bytes, up_, down_);
  ended_ = framing_->ended();
  return done;
}

Result<> UpgradeLayer::send(std::string_view bytes) {
  down_ += framing_->pack(bytes);
  return Done{};
}

Error UpgradeLayer::cut_off() const {
  return {Errc::kUnavailable,
          host_ + (open_ ? " hung up" : " hung up instead of answering " + std::string(kPath))};
}

}  // namespace

std::unique_ptr<Layer> make_upgrade_layer(std::string host) {
  return std::make_unique<UpgradeLayer>(std::move(host));
}

}  // namespace notifyd::net
