#include "base/access_list.h"

#include <gtest/gtest.h>

#include <string>

namespace notifyd {
namespace {

using Whose = AccessEntry::Whose;

// As getxattr gives it: version 2, then tag, permissions and id of each entry, little-endian.
std::string attribute(const std::string& entries) { return std::string("\2\0\0\0", 4) + entries; }
const std::string kReader("\2\0\4\0\xde\3\0\0", 8);  // user:990:r--

bool is_unknown(const AccessList& list) {
  return list.size() == 1 && list[0].whose == Whose::kGroup && list[0].permissions == 7;
}

TEST(AccessList, IsReadAsTheKernelWritesIt) {
  const AccessList list =
      parse_access_list(attribute(kReader + std::string("\x10\0\6\0\xff\xff\xff\xff", 8)));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].whose, Whose::kUser);
  EXPECT_EQ(list[0].permissions, 4U);
  EXPECT_EQ(list[0].id, 990U);
  EXPECT_EQ(list[1].whose, Whose::kMask);
}

TEST(AccessList, ThatCannotBeUnderstoodGivesEverythingToAStranger) {
  EXPECT_TRUE(is_unknown(parse_access_list("")));
  EXPECT_TRUE(is_unknown(parse_access_list("\2")));
  EXPECT_TRUE(is_unknown(parse_access_list(attribute(kReader).substr(0, 11))));
  EXPECT_TRUE(is_unknown(parse_access_list(std::string("\3\0\0\0", 4) + kReader)));
}

}  // namespace
}  // namespace notifyd
