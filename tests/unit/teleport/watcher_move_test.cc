// A Watcher that is given another dialer while it runs: another address, or other credentials.
#include <gmock/gmock.h>

#include "support/fake_engine.h"
#include "support/log_lines.h"
#include "teleport/watcher.h"
#include "unit/teleport/fake_cluster.h"

namespace notifyd::teleport {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class WatcherMoveTest : public ::testing::Test {
 protected:
  WatcherMoveTest() {
    for (FakeCluster* one : {&old_, &next_}) {
      one->identity = {"bot",
                       "example",
                       unix_ms(engine_.wall()),
                       unix_ms(engine_.wall() + hours(24 * 365)),
                       "tctl auth sign",
                       {"access-plugin"}};
    }
    watcher_.start();
  }
  static WatcherOptions options() {
    WatcherOptions options;
    options.plugins = {"slack"};
    options.seed = 7;
    return options;
  }
  bool connected() {
    return engine_.run_until([this] { return watcher_.status().connected; }, seconds(60));
  }

  notifyd::test::FakeEngine engine_;
  FakeCluster old_{engine_}, next_{engine_};
  RecordingSink sink_;
  std::shared_ptr<test::LogLines> lines_ = std::make_shared<test::LogLines>();
  Watcher watcher_{engine_, old_, sink_, options(), Log(lines_)};
};

TEST_F(WatcherMoveTest, TheOldConnectionGoesOnceTheNewOneHasCaughtUp) {
  ASSERT_TRUE(connected());
  watcher_.move_to(next_);
  EXPECT_THAT(old_.streams, SizeIs(1)) << "until then";
  ASSERT_TRUE(engine_.run_until([this] { return old_.streams.empty(); }, seconds(10)));
  EXPECT_THAT(next_.streams, SizeIs(1));
  EXPECT_TRUE(watcher_.status().connected);
  sink_.take();
  next_.emit(put("r1", End::kNone));
  engine_.advance(Millis(10));
  EXPECT_THAT(sink_.take(), ElementsAre("r1 PENDING"));
}

TEST_F(WatcherMoveTest, WhileTheNewOneDoesNotAnswerTheOldConnectionStays) {
  ASSERT_TRUE(connected());
  next_.dial_error = Error{Errc::kUnavailable, "connection refused"};
  watcher_.move_to(next_);
  engine_.advance(seconds(60));
  EXPECT_THAT(old_.streams, SizeIs(1));
  EXPECT_THAT(next_.streams, IsEmpty());
}

TEST_F(WatcherMoveTest, WhereNoConnectionStandsTheNewOneIsTriedAtOnce) {
  old_.dial_error = Error{Errc::kUnavailable, "connection refused"};
  engine_.advance(std::chrono::minutes(10));
  ASSERT_FALSE(watcher_.status().connected);
  watcher_.move_to(next_);
  ASSERT_TRUE(engine_.run_until([this] { return watcher_.status().connected; }, seconds(1)));
  EXPECT_THAT(next_.streams, SizeIs(1));
}

TEST_F(WatcherMoveTest, IsTriedAgainWhereItAnswersAndCannotCatchUp) {
  ASSERT_TRUE(connected());
  next_.records_error = Error{Errc::kDenied, "needs list and read"};
  watcher_.move_to(next_);
  engine_.advance(seconds(10));
  EXPECT_THAT(old_.streams, SizeIs(1));
  next_.records_error.reset();
  ASSERT_TRUE(engine_.run_until([this] { return old_.streams.empty(); }, std::chrono::minutes(3)));
  EXPECT_THAT(next_.streams, SizeIs(1));
}

}  // namespace
}  // namespace notifyd::teleport
