// What an upgraded connection puts around the bytes that it carries: the frames of alpn-ping, those
// of WebSocket, or none.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sim/proxy/layer.h"
#include "sim/proxy/proxy_world.h"

namespace notifyd::sim {

// Between the upgraded connection below and the router above.
class Frames : public Upper, public Lower {
 public:
  explicit Frames(Lower& below) : below_(below) {}

  void carry(std::unique_ptr<Upper> above) { above_ = std::move(above); }

  void received(std::string_view bytes) override;
  void close() override;
  virtual void ping() = 0;

 protected:
  // Takes one whole frame off the front; false: it is not all there, or nothing more is to come.
  virtual bool take_frame(std::string& bytes) = 0;

  void deliver(std::string_view bytes) { above_->received(bytes); }
  Lower& below() { return below_; }

 private:
  Lower& below_;
  std::string unread_;
  std::unique_ptr<Upper> above_;
};

// A length in four bytes, big-endian, and as many bytes; length 0 is a ping, which is not answered.
class PingFrames final : public Frames {
 public:
  PingFrames(Lower& below, ProxyCounts& counts) : Frames(below), counts_(counts) {}

  void send(std::string_view bytes) override;
  void ping() override;

 private:
  bool take_frame(std::string& bytes) override;

  ProxyCounts& counts_;
};

// RFC 6455 as Teleport's proxy does it: binary frames carry the bytes, the client's pings are not
// answered, and frames of other kinds mean nothing.
class WebSocketFrames final : public Frames {
 public:
  WebSocketFrames(Lower& below, ProxyCounts& counts) : Frames(below), counts_(counts) {}

  void send(std::string_view bytes) override;
  void ping() override;

 private:
  bool take_frame(std::string& bytes) override;
  void act_on(unsigned opcode, std::string_view payload);

  ProxyCounts& counts_;
};

// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string websocket_accept(const std::string& key);

}  // namespace notifyd::sim
