#include "teleport/wire_reader.h"

#include <gmock/gmock.h>

#include "unit/teleport/wire_bytes.h"

namespace notifyd::teleport {
namespace {

using ::testing::ElementsAre;

const std::string kFixed = std::string("\x0d") + "1234" + "\x11" + "12345678";  // members 1 and 2

// "1 2 4=it", and "!" if it is broken there.
std::string members_of(const std::string& message) {
  return read_message(message, [](WireReader& reader) {
    std::string said;
    while (const auto member = reader.next()) {
      said += std::to_string(member->number);
      if (member->type == WireReader::Type::kBytes) said += "=" + reader.take(10);
      said += " ";
    }
    return said + (reader.broken() ? "!" : "");
  });
}

TEST(WireReader, GivesMembersOfEveryTypeInTheirOrder) {
  EXPECT_EQ(members_of(varint_field(3, 300) + kFixed + field(4, "it")), "3 1 2 4=it ");
  EXPECT_EQ(members_of(""), "");
}

TEST(WireReader, GivesWhatComesBeforeThePlaceThatIsBroken) {
  EXPECT_EQ(members_of(field(4, "it") + "\x2a\x7f"), "4=it !");
}

TEST(WireReader, AMemberThatIsCutOffIsNotThere) {
  const std::string message = field(4, std::string(200, 'x'));
  for (std::size_t size = 1; size < message.size(); ++size) {
    EXPECT_EQ(members_of(message.substr(0, size)), "!") << size;
  }
}

TEST(WireReader, SizesGroupsAndNumbersThatMakeNoSenseEndIt) {
  EXPECT_EQ(members_of("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + field(4, "it")), "!");
  EXPECT_EQ(members_of(std::string(11, '\xff') + field(4, "it")), "!");
  EXPECT_EQ(members_of("\x0b" + field(4, "it")), "!");
  EXPECT_EQ(members_of(std::string(2, '\0') + field(4, "it")), "!");
  EXPECT_EQ(members_of("\xa0\x80\x80\x80\x10\x01" + field(4, "it")), "!") << "4 and more bits";
}

TEST(WireReader, TakesAsMuchAsIsWantedAndSkipsTheRest) {
  EXPECT_EQ(members_of(field(4, std::string(200, 'x')) + field(5, "y")), "4=xxxxxxxxxx 5=y ");
}

TEST(WireReader, AfterAMessageThatIsBrokenInsideTheOthersCanBeRead) {
  const std::string message = field(1, field(1, "a") + "\x2a\x7f") + field(1, field(1, "b"));
  std::vector<std::string> seen;
  read_message(message, [&](WireReader& reader) {
    while (reader.next()) {
      const bool whole = reader.enter([&](const auto&) { seen.push_back(reader.take(10)); });
      seen.emplace_back(whole ? "whole" : "broken");
    }
    return reader.broken();
  });
  EXPECT_THAT(seen, ElementsAre("a", "broken", "b", "whole"));
}

}  // namespace
}  // namespace notifyd::teleport
