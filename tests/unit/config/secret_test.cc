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

TEST(Secret, ThatIsKnownIsReadAndJudgedAnewWhereTheFileHoldsAnother) {
  const test::TempDir dir;
  const std::string path = dir.write("token", "first\n");
  EXPECT_EQ(*read_secret(path, "first"), "first");
  dir.write("token", "second\n");
  EXPECT_EQ(*read_secret(path, "first"), "second");
  dir.write("token", "\"first\"\n");
  EXPECT_FALSE(read_secret(path, "first").ok());
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

// ---- Their form ----

struct Case {
  const char* written;
  const char* said;
};

constexpr Case kNoSecrets[] = {
    {"\xEF\xBB\xBFhush-hush", "begins with a byte order mark; save it as UTF-8 without one"},
    {"\"hush-hush\"", "has quotes around the secret; write it without them"},
    {"'hush-hush'", "has quotes around"},
    {"`hush-hush`", "has quotes around"},
    {"\u201Chush-hush\u201D", "holds U+201C (a typographic quote), which no token has"},
    {"hush\u2013hush", "holds U+2013 (an en dash), which no token has; copy the secret again"},
    {"hush-hush\u00A0", "holds U+00A0 (a no-break space)"},
    {"hush\u200Bhush", "holds U+200B (a space that nobody sees)"},
    {"hush-hush\uFEFF", "holds U+FEFF (a byte order mark)"},
    {"hush\u00e9", "holds U+00E9, which"},
    {"SLACK_TOKEN=hush", "begins with a name, as in NAME=value; write what comes after it"},
    {"export SLACK_TOKEN=hush", "begins with a name"},
    {"token = \"hush\"", "begins with a name"},
    {"slack.token=hush", "begins with a name"},
    {"\"token\": \"hush", "begins with a name"},
    {"Bearer hush", "begins like a header of HTTP; write what comes after \"Bearer\""},
    {"bearer  hush", "begins like a header"},
    {"Authorization: Bearer hush", "begins like a header"},
    {"${HUSH}", "names an environment variable, and none is looked up here"},
    {"{hush}", "is a template that was not filled in"},
    {"{{ .Values.hush }}", "is a template"},
    {"env:HUSH", "names an environment variable"},
    {"<hush>", "is a placeholder"},
    {"%HUSH%", "names an environment variable"},
    {"YOUR-HUSH-HERE", "is a placeholder"},
};

TEST(Secret, ThatCannotBeOneIsRefusedAsAValueAndAsAFileAndNotQuoted) {
  const test::TempDir dir;
  const std::string file = dir.path("token");
  for (const Case& c : kNoSecrets) {
    EXPECT_THAT(refusal(c.written), HasSubstr("the value " + std::string(c.said))) << c.written;
    dir.write("token", std::string(c.written) + "\n");
    EXPECT_THAT(refusal(file), HasSubstr("file " + file + " " + c.said)) << c.written;
    EXPECT_THAT(refusal(file), Not(HasSubstr("hush"))) << c.written;
    EXPECT_THAT(refusal(file), Not(HasSubstr("HUSH"))) << c.written;
  }
}

TEST(Secret, InUtf16IsToldToBeUtf8) {
  const test::TempDir dir;
  using namespace std::string_literals;
  for (const std::string& text : {"\xFF\xFEx\0o\0x\0"s, "x\0o\0x\0b\0"s}) {
    EXPECT_THAT(refusal(dir.write("token", text)), HasSubstr("is UTF-16; save it as UTF-8"));
  }
}

TEST(Secret, MayLookOdd) {
  for (const char* secret :
       {"xoxb-0123456789-0123456789-AbC", "xoxe.xoxb-1-AbC", "c2VjcmV0IQ==", "QUJD=", "p@ss w0rd!",
        "a\"b", "\"", "x$y{z}", "key", "https://hooks.example.com/x?token=1", "a:b", "basic"}) {
    EXPECT_EQ(refusal(secret), "accepted") << secret;
  }
}

}  // namespace
}  // namespace notifyd::config
