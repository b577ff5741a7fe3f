#include "sim/proxy/frames.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <optional>

namespace notifyd::sim {
namespace {

constexpr std::size_t kPingHeader = 4;

// RFC 6455, section 5.2.
enum Opcode : unsigned { kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };
constexpr unsigned kFinal = 0x80;
constexpr unsigned kMasked = 0x80;
constexpr unsigned kTwoByteLength = 126;
constexpr unsigned kEightByteLength = 127;
constexpr std::size_t kMaskSize = 4;
constexpr std::string_view kPingPayload = "teleport";
constexpr const char* kAcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8U | byte_at(bytes, i);
  return value;
}

std::string big_endian(std::uint64_t value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i-- > 0; value >>= 8U) bytes[i] = static_cast<char>(value & 0xffU);
  return bytes;
}

std::string frame(unsigned opcode, std::string_view payload) {
  std::string bytes(1, static_cast<char>(kFinal | opcode));
  if (payload.size() < kTwoByteLength) {
    bytes += static_cast<char>(payload.size());
  } else if (payload.size() <= UINT16_MAX) {
    bytes += static_cast<char>(kTwoByteLength) + big_endian(payload.size(), 2);
  } else {
    bytes += static_cast<char>(kEightByteLength) + big_endian(payload.size(), 8);
  }
  return bytes.append(payload);
}

struct FrameHeader {
  unsigned opcode = 0;
  bool masked = false;
  std::size_t size = 0;  // of this header, with the mask
  std::uint64_t payload = 0;
};

std::optional<FrameHeader> header_of(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  FrameHeader header{byte_at(bytes, 0) & 0xfU, (byte_at(bytes, 1) & kMasked) != 0, 2,
                     byte_at(bytes, 1) & 0x7fU};
  const std::size_t extended = header.payload == kEightByteLength ? 8
                               : header.payload == kTwoByteLength ? 2
                                                                  : 0;
  if (bytes.size() < header.size + extended) return std::nullopt;
  if (extended > 0) header.payload = number(bytes.substr(header.size, extended));
  header.size += extended + (header.masked ? kMaskSize : 0);
  if (bytes.size() < header.size) return std::nullopt;
  return header;
}

std::string unmasked(std::string_view mask, std::string_view payload) {
  std::string bytes(payload);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(byte_at(payload, i) ^ byte_at(mask, i % kMaskSize));
  }
  return bytes;
}

}  // namespace

void Frames::received(std::string_view bytes) {
  unread_ += bytes;
  while (take_frame(unread_)) {
  }
}

void Frames::close() { below_.close(); }

void PingFrames::send(std::string_view bytes) {
  if (bytes.empty()) return;
  below().send(big_endian(bytes.size(), kPingHeader).append(bytes));
}

void PingFrames::ping() {
  counts_.count(ProxyEvent::kPingSent);
  below().send(big_endian(0, kPingHeader));
}

bool PingFrames::take_frame(std::string& bytes) {
  if (bytes.size() < kPingHeader) return false;
  const std::uint64_t size = number(std::string_view(bytes).substr(0, kPingHeader));
  if (bytes.size() - kPingHeader < size) return false;
  const std::string payload = bytes.substr(kPingHeader, size);
  bytes.erase(0, kPingHeader + size);
  if (payload.empty()) {
    counts_.count(ProxyEvent::kPingReceived);
  } else {
    deliver(payload);
  }
  return true;
}

void WebSocketFrames::send(std::string_view bytes) { below().send(frame(kBinary, bytes)); }

void WebSocketFrames::ping() {
  counts_.count(ProxyEvent::kPingSent);
  below().send(frame(kPing, kPingPayload));
}

bool WebSocketFrames::take_frame(std::string& bytes) {
  const std::string_view all(bytes);
  const auto header = header_of(all);
  if (!header || all.size() - header->size < header->payload) return false;
  std::string payload(all.substr(header->size, header->payload));
  if (header->masked) {
    payload = unmasked(all.substr(header->size - kMaskSize, kMaskSize), payload);
  }
  bytes.erase(0, header->size + header->payload);
  act_on(header->opcode, payload);
  return header->opcode != kClose;
}

void WebSocketFrames::act_on(unsigned opcode, std::string_view payload) {
  if (opcode == kBinary) deliver(payload);
  if (opcode == kPing) counts_.count(ProxyEvent::kPingReceived);
  if (opcode == kPong && payload == kPingPayload) counts_.count(ProxyEvent::kPongReceived);
  if (opcode == kClose) close();
}

std::string websocket_accept(const std::string& key) {
  const std::string text = key + kAcceptSuffix;
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> base64{};
  const int size = EVP_EncodeBlock(base64.data(), digest.data(), SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(size)};
}

}  // namespace notifyd::sim
