#include "net/websocket.h"

#include <gmock/gmock.h>

#include <cstdint>

namespace notifyd::net {
namespace {

using ::testing::HasSubstr;

// A frame as a server writes it: not masked.
std::string server_frame(std::uint8_t first, std::string_view payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(payload.size()));
  } else {
    frame.push_back(126);
    frame.push_back(static_cast<char>(payload.size() >> 8U));
    frame.push_back(static_cast<char>(payload.size()));
  }
  return frame.append(payload);
}

constexpr std::uint8_t kBinary = 0x82, kClose = 0x88, kPing = 0x89, kPong = 0x8a;

struct Read {
  std::string data, answer, error;
};

Read read(WebSocketReader& reader, std::string_view bytes) {
  Read read;
  const Result<> done = reader.read(bytes, read.data, read.answer);
  if (!done) read.error = done.error().message;
  return read;
}

// What a server makes of a frame of ours.
std::string unmasked(const std::string& frame) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(frame.at(at)); };
  EXPECT_EQ(byte(1) & 0x80U, 0x80U) << "frames of a client are masked";
  const unsigned length = byte(1) & 0x7fU;
  const std::size_t mask = 2U + (length == 126 ? 2U : length == 127 ? 8U : 0U);
  std::string payload;
  for (std::size_t at = mask + 4; at < frame.size(); ++at) {
    payload.push_back(static_cast<char>(byte(at) ^ byte(mask + (at - mask - 4) % 4)));
  }
  return payload;
}

TEST(WebSocketHandshake, TheAnswerToAKeyIsTheOneOfTheStandard) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, KeysAreSixteenBytesAndNotTheSameTwice) {
  EXPECT_EQ(websocket_key().size(), 24U);
  EXPECT_NE(websocket_key(), websocket_key());
}

TEST(WebSocketFrame, HoldsPayloadsOfEveryFormOfLength) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U, 70000U}) {
    const std::string payload(size, 'p');
    const std::string frame = websocket_frame(WebSocketOp::kBinary, payload);
    EXPECT_EQ(static_cast<unsigned char>(frame[0]), kBinary);
    EXPECT_EQ(unmasked(frame), payload) << size;
  }
}

TEST(WebSocketReader, GivesThePayloadOfBinaryFrames) {
  WebSocketReader reader;
  EXPECT_EQ(read(reader, server_frame(kBinary, "one") + server_frame(kBinary, "two")).data,
            "onetwo");
}

TEST(WebSocketReader, TakesBytesThatComeOneByOne) {
  WebSocketReader reader;
  std::string data;
  for (const char byte : server_frame(kBinary, std::string(300, 'x'))) {
    data += read(reader, {&byte, 1}).data;
  }
  EXPECT_EQ(data, std::string(300, 'x'));
}

TEST(WebSocketReader, PutsMessagesTogetherThatAreCutIntoFrames) {
  WebSocketReader reader;
  const std::string bytes =
      server_frame(0x02, "be") + server_frame(kPing, "") + server_frame(0x80, "gun");
  EXPECT_EQ(read(reader, bytes).data, "begun");
}

TEST(WebSocketReader, AnswersAPingWithItsPayload) {
  WebSocketReader reader;
  const Read got = read(reader, server_frame(kPing, "teleport"));
  EXPECT_EQ(static_cast<unsigned char>(got.answer.at(0)), kPong);
  EXPECT_EQ(unmasked(got.answer), "teleport");
  EXPECT_EQ(got.data, "");
}

TEST(WebSocketReader, AClosingServerIsAnsweredAndWhatFollowsIsNothing) {
  WebSocketReader reader;
  const Read got = read(reader, server_frame(kClose, "") + server_frame(kBinary, "late"));
  EXPECT_TRUE(reader.closed());
  EXPECT_EQ(static_cast<unsigned char>(got.answer.at(0)), kClose);
  EXPECT_EQ(got.data, "");
}

TEST(WebSocketReader, RefusesWhatNobodySendsWhoSpeaksTheProtocol) {
  struct Case {
    std::string bytes, says;
  };
  const Case cases[] = {
      {websocket_frame(WebSocketOp::kBinary, "x"), "the server masks its frames"},
      {server_frame(0xc2, "x"), "uses bits that nobody agreed on"},
      {server_frame(0x81, "text"), "carries text"},
      {server_frame(0x83, "x"), "no known kind"},
      {server_frame(kPing, std::string(126, 'x')), "control frame is too big"},
      {server_frame(0x09, "x"), "control frame is too big"},
  };
  for (const Case& one : cases) {
    WebSocketReader reader;
    EXPECT_THAT(read(reader, one.bytes).error, HasSubstr(one.says));
  }
}

}  // namespace
}  // namespace notifyd::net
