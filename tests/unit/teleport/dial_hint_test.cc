#include "teleport/dial_hint.h"

#include <gmock/gmock.h>

namespace notifyd::teleport {
namespace {

using ::testing::HasSubstr;

std::string hint(Errc code, std::string message, std::string_view address = "host:3025") {
  return dial_hint({code, std::move(message)}, address);
}

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

TEST(DialHint, SuspectsTheProxysPortBeforeAnythingElse) {
  EXPECT_THAT(hint(Errc::kUnavailable, "Socket closed", "teleport.example.com:3080"),
              HasSubstr("port 3080 is usually the proxy's"));
}

TEST(DialHint, HasNothingToAddWhereTheServerAnswered) {
  EXPECT_EQ(hint(Errc::kDenied, "access denied", "host:3080"), "");
}

}  // namespace
}  // namespace notifyd::teleport
