#include "config/secret.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace notifyd::config {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Secret, IsTheTextItselfWithoutTheSpaceAroundIt) {
  EXPECT_EQ(*read_secret("  xoxb-1 \n"), "xoxb-1");
}

TEST(Secret, IsWhatTheFileHoldsAtEachReading) {
  const test::TempDir dir;
  const std::string path = dir.write("token", "first\n");
  EXPECT_EQ(*read_secret(path), "first");
  dir.write("token", "second\n");
  EXPECT_EQ(*read_secret(path), "second");
}

std::string refusal(const std::string& written) {
  const auto secret = read_secret(written);
  return secret ? "accepted" : secret.error().message;
}

TEST(Secret, NamesAFileThatIsMissingOrEmptyOrTooLong) {
  const test::TempDir dir;
  const std::string missing = dir.path("missing");
  EXPECT_EQ(refusal(missing), "file " + missing +
                                  " cannot be read (No such file or directory); write the secret "
                                  "into that file, or name the file that has it");
  const std::string empty = dir.write("empty", " \n");
  EXPECT_EQ(refusal(empty), "file " + empty + " is empty; write the secret into it");
  const std::string large = dir.write("large", std::string(2001, 's'));
  EXPECT_EQ(refusal(large), "file " + large +
                                " is larger than 2000 bytes; name a file that holds the secret "
                                "and nothing else");
  EXPECT_THAT(refusal(dir.path()), HasSubstr("cannot be read (Is a directory)"));
}

TEST(Secret, TakesAFileOfExactlyTheLimit) {
  const test::TempDir dir;
  EXPECT_EQ(read_secret(dir.write("max", std::string(2000, 's')))->size(), 2000U);
}

TEST(Secret, WithALineBreakInsideIsRefusedWithoutQuotingIt) {
  const test::TempDir dir;
  const std::string message = refusal(dir.write("two", "hush\nhush"));
  EXPECT_THAT(message, HasSubstr("holds more than one line"));
  EXPECT_THAT(message, Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace notifyd::config
