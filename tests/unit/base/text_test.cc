#include "base/text.h"

#include <gmock/gmock.h>

namespace notifyd {
namespace {

TEST(OneLine, HasNeitherControlCharactersNorBrokenUtf8) {
  EXPECT_EQ(one_line("a\nb\tc\x7f", 10), "a b c ");
  EXPECT_EQ(one_line("a\xFF", 10), "a\xEF\xBF\xBD");
}

TEST(OneLine, IsNeverLongerThanItMayBe) {
  EXPECT_EQ(one_line("gr\xC3\xBC\xC3\x9F", 5), "gr\xC3\xBC");
  EXPECT_EQ(one_line("\xFF\xFF\xFF", 4), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace notifyd
