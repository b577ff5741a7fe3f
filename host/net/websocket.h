// WebSocket as a client speaks it, RFC 6455: the frames, and the proof of the handshake. Pure, but
// for the random numbers that the protocol asks for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace notifyd::net {

// Sec-WebSocket-Key: 16 random bytes in base64.
std::string websocket_key();
// The Sec-WebSocket-Accept with which a server proves that it has read the key.
std::string websocket_accept(const std::string& key);

enum class WebSocketOp : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// Whole and masked, as all frames of a client are.
std::string websocket_frame(WebSocketOp op, std::string_view payload);

// Takes frames of a server apart. Of binary messages the payload is passed on as it comes, however
// they are cut into frames; pings are answered.
class WebSocketReader {
 public:
  // Appends to `data` what binary frames hold, and to `answer` the frames that must be sent. Texts,
  // masked frames and reserved bits are errors: nobody who speaks the protocol sends them here.
  Result<> read(std::string_view bytes, std::string& data, std::string& answer);
  bool closed() const { return closed_; }  // the server has said so

 private:
  bool take_head();
  Result<> judge_head();
  void take_payload(std::string& data, std::string& answer);
  void end_frame(std::string& answer);

  std::string waiting_;     // not yet taken apart
  bool in_frame_ = false;   // the head is read, `left_` bytes of the payload are not
  std::uint8_t first_ = 0;  // byte of the head
  std::uint8_t second_ = 0;
  std::uint64_t left_ = 0;
  std::string control_;  // payload of a control frame
  bool closed_ = false;
};

}  // namespace notifyd::net
