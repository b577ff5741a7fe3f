#include "base/text.h"

#include <gmock/gmock.h>

namespace notifyd {
namespace {

TEST(OneLine, HasNeitherControlCharactersNorBrokenUtf8) {
  EXPECT_EQ(one_line("a\nb\tc\x7f", 20), "a b c␡");
  EXPECT_EQ(one_line("a\xFF", 10), "a\xEF\xBF\xBD");
}

TEST(OneLine, ShowsWhatNobodySees) {
  EXPECT_EQ(one_line("a\x1b[1m\u202Eb\u200Bc", 100), "a␛[1m⟨U+202E⟩b⟨U+200B⟩c");
}

TEST(OneLine, IsNeverLongerThanItMayBe) {
  EXPECT_EQ(one_line("gr\xC3\xBC\xC3\x9F", 5), "gr\xC3\xBC");
  EXPECT_EQ(one_line("\xFF\xFF\xFF", 4), "\xEF\xBF\xBD");
}

}  // namespace
}  // namespace notifyd
