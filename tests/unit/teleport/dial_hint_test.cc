#include "teleport/dial_hint.h"

#include <gmock/gmock.h>

namespace notifyd::teleport {
namespace {

using ::testing::HasSubstr;

std::string hint(Errc code, std::string message) { return dial_hint({code, std::move(message)}); }

TEST(DialHint, SaysWhatGrpcsWordsUsuallyMean) {
  EXPECT_THAT(hint(Errc::kUnavailable, "... Connection refused"),
              HasSubstr("nothing listens there"));
  EXPECT_THAT(hint(Errc::kUnavailable, "... certificate verify failed"),
              HasSubstr("not from a CA"));
  EXPECT_THAT(hint(Errc::kUnavailable, "Peer name x is not in peer certificate"),
              HasSubstr("not an Auth Service"));
  EXPECT_THAT(hint(Errc::kUnavailable, "Socket closed"),
              HasSubstr("does not accept this identity"));
  EXPECT_THAT(hint(Errc::kTimeout, "Deadline Exceeded"), HasSubstr("firewall"));
  EXPECT_THAT(hint(Errc::kUnimplemented, "unknown method Ping"), HasSubstr("not an Auth Service"));
}

TEST(DialHint, HasNothingToAddWhereTheServerAnswered) {
  EXPECT_EQ(hint(Errc::kDenied, "access denied"), "");
}

}  // namespace
}  // namespace notifyd::teleport
