#include "net/websocket.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace notifyd::net {
namespace {

constexpr std::uint8_t kFinal = 0x80, kReserved = 0x70, kOpBits = 0x0f;
constexpr std::uint8_t kMasked = 0x80, kLengthBits = 0x7f;
constexpr std::uint8_t kLength16 = 126, kLength64 = 127;  // the length follows in so many bits
constexpr std::uint8_t kMaxControl = 125;
constexpr char kAcceptGuid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

template <std::size_t Size>
std::array<unsigned char, Size> random_bytes() {
  std::array<unsigned char, Size> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(Size));
  return bytes;
}

void append_number(std::string& to, std::uint64_t number, unsigned bytes) {
  while (bytes-- > 0) to.push_back(static_cast<char>(number >> (8 * bytes)));
}

std::uint64_t number_in(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

unsigned bytes_of_length(std::uint8_t length) {
  if (length == kLength16) return 2;
  return length == kLength64 ? 8 : 0;
}

Error broken(std::string_view why) {
  return {Errc::kUnavailable,
          "the WebSocket of the connection upgrade is broken: " + std::string(why) +
              "; something on the way changes what it "
              "carries"};
}

}  // namespace

std::string websocket_key() {
  const auto bytes = random_bytes<16>();
  return base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string websocket_accept(const std::string& key) {
  const std::string text = key + kAcceptGuid;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  return base64({reinterpret_cast<const char*>(digest.data()), size});
}

std::string websocket_frame(WebSocketOp op, std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 14);
  frame.push_back(static_cast<char>(kFinal | static_cast<std::uint8_t>(op)));
  const std::size_t size = payload.size();
  if (size <= kMaxControl) {
    frame.push_back(static_cast<char>(kMasked | size));
  } else if (size <= 0xffff) {
    frame.push_back(static_cast<char>(kMasked | kLength16));
    append_number(frame, size, 2);
  } else {
    frame.push_back(static_cast<char>(kMasked | kLength64));
    append_number(frame, size, 8);
  }
  const auto mask = random_bytes<4>();
  for (const unsigned char byte : mask) frame.push_back(static_cast<char>(byte));
  for (std::size_t at = 0; at < size; ++at) {
    frame.push_back(static_cast<char>(static_cast<unsigned char>(payload[at]) ^ mask[at % 4]));
  }
  return frame;
}

Result<> WebSocketReader::read(std::string_view bytes, std::string& data, std::string& answer) {
  waiting_ += bytes;
  while (!closed_) {
    if (!in_frame_) {
      if (!take_head()) break;
      if (auto good = judge_head(); !good) return good;
      in_frame_ = true;
    }
    take_payload(data, answer);
    if (in_frame_) break;
  }
  if (closed_) waiting_.clear();
  return Done{};
}

// False: it is not all there yet.
bool WebSocketReader::take_head() {
  if (waiting_.size() < 2) return false;
  first_ = static_cast<std::uint8_t>(waiting_[0]);
  second_ = static_cast<std::uint8_t>(waiting_[1]);
  const auto length = static_cast<std::uint8_t>(second_ & kLengthBits);
  const unsigned more = bytes_of_length(length);
  if (waiting_.size() < 2U + more) return false;
  left_ = more == 0 ? length : number_in(std::string_view(waiting_).substr(2, more));
  waiting_.erase(0, 2U + more);
  return true;
}

Result<> WebSocketReader::judge_head() {
  if ((first_ & kReserved) != 0) return broken("a frame uses bits that nobody agreed on");
  if ((second_ & kMasked) != 0) return broken("the server masks its frames");
  const auto op = static_cast<WebSocketOp>(first_ & kOpBits);
  switch (op) {
    case WebSocketOp::kContinuation:
    case WebSocketOp::kBinary:
      return Done{};
    case WebSocketOp::kClose:
    case WebSocketOp::kPing:
    case WebSocketOp::kPong:
      if (left_ > kMaxControl || (first_ & kFinal) == 0)
        return broken("a control frame is too big");
      return Done{};
    case WebSocketOp::kText:
      return broken("it carries text, where bytes belong");
  }
  return broken("a frame is of no known kind");
}

void WebSocketReader::take_payload(std::string& data, std::string& answer) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, waiting_.size()));
  const bool control = (first_ & 0x08U) != 0;
  (control ? control_ : data).append(waiting_, 0, size);
  waiting_.erase(0, size);
  left_ -= size;
  if (left_ > 0) return;
  in_frame_ = false;
  if (control) end_frame(answer);
}

void WebSocketReader::end_frame(std::string& answer) {
  const auto op = static_cast<WebSocketOp>(first_ & kOpBits);
  const std::string payload = std::exchange(control_, {});
  if (op == WebSocketOp::kPing) answer += websocket_frame(WebSocketOp::kPong, payload);
  if (op != WebSocketOp::kClose) return;
  answer += websocket_frame(WebSocketOp::kClose, payload);
  closed_ = true;
}

}  // namespace notifyd::net
