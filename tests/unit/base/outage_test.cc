#include "base/outage.h"

#include <gmock/gmock.h>

#include "support/fake_engine.h"
#include "support/log_lines.h"

namespace notifyd {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OutageTest : public ::testing::Test {
 protected:
  test::FakeEngine engine_;
  std::shared_ptr<test::LogLines> lines_ = std::make_shared<test::LogLines>();
  Outage outage_{engine_, Log(lines_), "no connection", minutes(10)};
  Error refused_{Errc::kUnavailable, "refused"};
  Error expired_{Errc::kInvalid, "expired"};
};

TEST_F(OutageTest, SaysOnceWhatIsWrongAndOnceThatItIsOver) {
  for (int i = 0; i < 5; ++i) {
    outage_.failed(refused_);
    engine_.advance(seconds(13));
  }
  outage_.over("back");
  outage_.over("back");
  EXPECT_THAT(lines_->starting("WARN"), ElementsAre("WARN no connection reason=refused"));
  EXPECT_THAT(lines_->starting("INFO"), ElementsAre("INFO back after=\"1m 5s\" tries=5"));
}

TEST_F(OutageTest, SaysEachNewReason) {
  for (const Error& error : {refused_, expired_, refused_, expired_}) outage_.failed(error);
  EXPECT_THAT(lines_->starting("WARN"), ElementsAre("WARN no connection reason=refused",
                                                    "WARN no connection reason=expired"));
}

TEST_F(OutageTest, SaysItAgainAfterAWhile) {
  for (int i = 0; i < 12; ++i) {
    outage_.failed(refused_);
    engine_.advance(minutes(2));
  }
  EXPECT_THAT(lines_->starting("WARN"), SizeIs(3));  // at 0, 10 and 20 minutes
}

TEST_F(OutageTest, SaysNothingWhenNothingHadFailed) {
  outage_.over("back");
  EXPECT_THAT(lines_->all(), IsEmpty());
}

}  // namespace
}  // namespace notifyd
