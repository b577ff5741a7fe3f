#include "sim/proxy/client_hello.h"

#include <gmock/gmock.h>

#include "proxy_client.h"

namespace notifyd::sim {
namespace {

using State = ClientHelloReading::State;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ReadClientHello, KnowsTheServersNameAndTheProtocolsInTheirOrder) {
  const auto reading = read_client_hello(
      client_hello({.protocols = {"teleport-auth@00", "h2"}, .server_name = "proxy.example.com"}));
  ASSERT_EQ(reading.state, State::kComplete);
  EXPECT_EQ(reading.hello.server_name, "proxy.example.com");
  EXPECT_THAT(reading.hello.protocols, ElementsAre("teleport-auth@00", "h2"));
}

TEST(ReadClientHello, NeitherNameNorProtocolsHaveToBeThere) {
  const auto reading = read_client_hello(client_hello({.server_name = ""}));
  ASSERT_EQ(reading.state, State::kComplete);
  EXPECT_EQ(reading.hello.server_name, "");
  EXPECT_THAT(reading.hello.protocols, IsEmpty());
}

TEST(ReadClientHello, EveryBeginningIsIncomplete) {
  const std::string whole = client_hello({.protocols = {"h2"}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_EQ(read_client_hello(whole.substr(0, size)).state, State::kIncomplete) << size;
  }
}

TEST(ReadClientHello, MayBeCutIntoSeveralRecords) {
  const std::string whole = client_hello({.protocols = {"h2"}});
  const std::string body = whole.substr(5);
  const std::string start = whole.substr(0, 3);
  const std::string cut = start + std::string("\0\x02", 2) + body.substr(0, 2) + start +
                          static_cast<char>((body.size() - 2) >> 8U) +
                          static_cast<char>((body.size() - 2) & 0xffU) + body.substr(2);
  EXPECT_THAT(read_client_hello(cut).hello.protocols, ElementsAre("h2"));
}

TEST(ReadClientHello, WhatComesBehindDoesNotMatter) {
  const auto reading = read_client_hello(client_hello({.protocols = {"h2"}}) + "more");
  EXPECT_THAT(reading.hello.protocols, ElementsAre("h2"));
}

TEST(ReadClientHello, OtherBytesAreNotTls) {
  EXPECT_EQ(read_client_hello("GET / HTTP/1.1\r\n").state, State::kNotTls);
  EXPECT_EQ(read_client_hello("SSH-2.0-Go\r\n").state, State::kNotTls);
  EXPECT_EQ(read_client_hello(std::string("\x16\x03\x01\0\x04\x02\0\0\0", 9)).state,
            State::kNotTls);
}

}  // namespace
}  // namespace notifyd::sim
