#include "teleport/packed_id.h"

#include <gtest/gtest.h>

namespace notifyd::teleport {
namespace {

constexpr char kId[] = "0192a3b4-c5d6-7e8f-9012-3456789abcde";

TEST(PackedId, ComesBackAsItWas) {
  const auto packed = pack(kId);
  ASSERT_TRUE(packed);
  EXPECT_EQ(unpack(*packed), kId);
}

TEST(PackedId, SortsAsItsTextDoes) {
  EXPECT_LT(pack(kId), pack("0192a3b4-c5d6-7e8f-9012-3456789abcdf"));
  EXPECT_LT(pack(kId), pack("0192a3b4-c5d7-0000-0000-000000000000"));
}

// Else two IDs could become one.
TEST(PackedId, IsOnlyMadeOfWhatItGivesBack) {
  for (const char* id :
       {"", "r1", "0192A3B4-c5d6-7e8f-9012-3456789abcde", "0192a3b4-c5d6-7e8f-9012-3456789abcd",
        "0192a3b4c5d6-7e8f-9012-3456789abcdef", "0192a3b4-c5d6-7e8f-9012-3456789abcdg"}) {
    EXPECT_FALSE(pack(id)) << id;
  }
}

}  // namespace
}  // namespace notifyd::teleport
