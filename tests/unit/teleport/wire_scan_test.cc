#include "teleport/wire_scan.h"

#include <gtest/gtest.h>

#include "unit/teleport/wire_bytes.h"

namespace notifyd::teleport {
namespace {

const std::string kFixed = std::string("\x0d") + "1234" + "\x11" + "12345678";  // members 1 and 2

TEST(WireScan, FindsTheMemberBehindOthersOfEveryType) {
  const std::string message = varint_field(1, 300) + kFixed + field(3, "other") + field(4, "it");
  EXPECT_EQ(scan_for(4, message), "it");
  EXPECT_EQ(scan_for(5, message), "");
}

TEST(WireScan, FindsItBeforeThePlaceThatIsBroken) {
  EXPECT_EQ(scan_for(4, field(4, "it") + "\x2a\x7f"), "it");
  EXPECT_EQ(scan_for(4, "\x2a\x7f" + field(4, "it")), "");
}

TEST(WireScan, AMemberThatIsCutOffIsNotThere) {
  const std::string message = kFixed + field(4, std::string(200, 'x'));
  ASSERT_EQ(scan_for(4, message).size(), 200U);
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_EQ(scan_for(4, message.substr(0, size)), "") << size;
  }
}

TEST(WireScan, AMemberOfAnotherTypeIsNotIt) {
  EXPECT_EQ(scan_for(4, varint_field(4, 1) + field(4, "it")), "it");
}

TEST(WireScan, SizesAndGroupsThatMakeNoSenseEndIt) {
  EXPECT_EQ(scan_for(4, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + field(4, "it")), "");
  EXPECT_EQ(scan_for(4, std::string(11, '\xff') + field(4, "it")), "");
  EXPECT_EQ(scan_for(4, "\x0b" + field(4, "it")), "");
}

}  // namespace
}  // namespace notifyd::teleport
