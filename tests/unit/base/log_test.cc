#include "base/log.h"

#include <gtest/gtest.h>

#include "support/log_lines.h"

namespace notifyd {
namespace {

std::string field(std::string_view value) {
  std::string line;
  append_field(line, "key", value);
  return line;
}

TEST(LogField, IsPlainWhereItCan) { EXPECT_EQ(field("C123/17.5"), " key=C123/17.5"); }

TEST(LogField, IsQuotedWhereItMust) {
  EXPECT_EQ(field(""), " key=\"\"");
  EXPECT_EQ(field("two words"), " key=\"two words\"");
  EXPECT_EQ(field("a=b"), " key=\"a=b\"");
}

TEST(LogField, NeverBreaksTheLineOrItsQuotes) {
  EXPECT_EQ(field("a\nb"), " key=\"a\\nb\"");
  EXPECT_EQ(field("a\r\x1b\x7f"), " key=\"a\\x0d\\x1b\\x7f\"");
  EXPECT_EQ(field("say \"hi\" \\o/"), " key=\"say \\\"hi\\\" \\\\o/\"");
  EXPECT_EQ(field(std::string_view("a\0b", 3)), " key=\"a\\x00b\"");
}

TEST(LogField, ShowsWhatNobodySees) {
  EXPECT_EQ(field("a\u202Eb"), " key=a⟨U+202E⟩b");
  EXPECT_EQ(field("a \u009b2J\u2028\ufeff"), " key=\"a ⟨U+009B⟩2J⟨U+2028⟩⟨U+FEFF⟩\"");
}

TEST(LogField, NoSpaceOfAnyScriptLooksLikeTheNextField) {
  EXPECT_EQ(field("bob\u00A0admin"), " key=\"bob\u00A0admin\"");
  EXPECT_EQ(field("bob\u3000admin"), " key=\"bob\u3000admin\"");
}

TEST(LogField, LeavesUtf8Alone) { EXPECT_EQ(field("grüße"), " key=grüße"); }

TEST(Log, WritesFieldsBehindTheTextAndItsOwnBehindThem) {
  const auto lines = std::make_shared<test::LogLines>();
  const Log log = Log(lines).with({{"instance", "chat"}});
  log.info("announced", {{"request", "r-1"}, {"n", 3}});
  EXPECT_EQ(lines->all(), std::vector<std::string>{"INFO announced request=r-1 n=3 instance=chat"});
}

TEST(Log, WithAddsToACopyOnly) {
  const auto lines = std::make_shared<test::LogLines>();
  const Log log(lines);
  log.with({{"a", "1"}}).with({{"b", "2"}}).warn("x");
  log.error("y");
  EXPECT_EQ(lines->all(), (std::vector<std::string>{"WARN x a=1 b=2", "ERROR y"}));
}

TEST(Log, WithoutASinkSaysNothing) {
  const Log log;
  EXPECT_FALSE(log.enabled(Severity::kError));
  log.error("nobody hears");
}

class ErrorsOnly : public test::LogLines {
 public:
  bool enabled(Severity severity) const override { return severity == Severity::kError; }
};

TEST(Log, BelowTheSinksSeverityWritesNothing) {
  const auto lines = std::make_shared<ErrorsOnly>();
  const Log log(lines);
  log.info("quiet");
  log.say(Severity::kWarn, std::string("quiet too"));
  log.error("loud");
  EXPECT_EQ(lines->all(), std::vector<std::string>{"ERROR loud"});
}

}  // namespace
}  // namespace notifyd
