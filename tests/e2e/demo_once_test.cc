// `notifyd-demo --once`: the same as the page, for a terminal and for CI.

#include <gmock/gmock.h>

#include "support/process.h"

namespace notifyd::test {
namespace {

using ::testing::HasSubstr;

TEST(DemoOnce, PlaysOneRequestThroughAndShowsWhatSlackShows) {
  const Finished demo = run({NOTIFYD_DEMO, "--once", "--daemon", NOTIFYD_PROGRAM});
  EXPECT_EQ(demo.exit_code, 0) << demo.err;
  EXPECT_THAT(demo.out, HasSubstr("PENDING"));
  EXPECT_THAT(demo.out, HasSubstr("APPROVED"));
  EXPECT_THAT(demo.out, HasSubstr("reviewed the request"));
  EXPECT_THAT(demo.out, HasSubstr("1 review: "));
  EXPECT_THAT(demo.out, HasSubstr("2 reviews: "));
}

TEST(DemoOnce, SaysWhatDidNotArrive) {
  const Finished demo =
      run({NOTIFYD_DEMO, "--once", "--daemon", "/bin/false", "--modules", NOTIFYD_MODULES_DIR});
  EXPECT_EQ(demo.exit_code, 1);
  EXPECT_THAT(demo.err, HasSubstr("notifyd-demo: the daemon ended with exit code 1"));
}

}  // namespace
}  // namespace notifyd::test
