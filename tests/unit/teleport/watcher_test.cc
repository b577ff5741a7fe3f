#include "teleport/watcher.h"

#include <gmock/gmock.h>

#include "support/fake_engine.h"
#include "support/log_lines.h"
#include "unit/teleport/fake_cluster.h"

namespace notifyd::teleport {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Error kCut{Errc::kUnavailable, "Socket closed"};

class WatcherTest : public ::testing::Test {
 protected:
  WatcherTest() {
    options_.plugins = {"slack"};
    options_.seed = 7;
    cluster_.identity = {"bot",
                         "example",
                         unix_ms(engine_.wall()),
                         unix_ms(engine_.wall() + hours(24 * 365)),
                         "tctl auth sign",
                         {"access-plugin"}};
  }

  void start() {
    watcher_.emplace(engine_, cluster_, sink_, options_, Log(lines_));
    watcher_->start();
  }
  void start_and_catch_up() {
    start();
    ASSERT_TRUE(engine_.run_until([&] { return watcher_->status().connected; }));
    sink_.take();
    cluster_.calls.clear();
  }
  bool connected() const { return watcher_->status().connected; }
  void emit(const WatchEvent& event) {
    cluster_.emit(event);
    engine_.advance(Millis(10));
  }
  std::vector<std::string> warnings() const { return lines_->starting("WARN"); }

  notifyd::test::FakeEngine engine_;
  std::shared_ptr<test::LogLines> lines_ = std::make_shared<test::LogLines>();
  FakeCluster cluster_{engine_};
  RecordingSink sink_;
  WatcherOptions options_;
  std::optional<Watcher> watcher_;
};

// ---- Catching up ----

TEST_F(WatcherTest, TellsTheRecordsFirstThenThePagesThenThatItIsDone) {
  options_.plugins = {"slack", "mail"};
  cluster_.page_size = 2;
  for (const char* id : {"r1", "r2", "r3"}) cluster_.requests[id] = make_request(id, End::kNone);
  cluster_.records["slack"]["r1"] = {{"user", "alice"}};
  cluster_.records["mail"]["r2"] = {{"user", "bob"}};
  start();
  engine_.advance(seconds(1));
  EXPECT_THAT(cluster_.calls, ElementsAre("records slack", "records mail", "list ", "list r3"));
  EXPECT_THAT(sink_.take(),
              ElementsAre("connected c1", "start", "record slack r1 alice", "record mail r2 bob",
                          "r1 PENDING", "r2 PENDING", "r3 PENDING", "done"));
}

TEST_F(WatcherTest, ReportsARequestThatIsGoneByItsRecordAfterASecondLook) {
  cluster_.records["slack"]["r1"] = {};
  start();
  engine_.advance(seconds(1));
  EXPECT_THAT(sink_.take(), ElementsAre("connected c1", "start", "record slack r1 "));
  engine_.advance(kListLag);
  EXPECT_THAT(sink_.take(), ElementsAre("gone r1", "done"));
}

TEST_F(WatcherTest, ASecondLookFindsWhatTheServersListLaggedBehindWith) {
  cluster_.records["slack"]["r1"] = {};
  start();
  engine_.advance(seconds(1));
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  engine_.advance(kListLag);
  EXPECT_THAT(sink_.take(),
              ElementsAre("connected c1", "start", "record slack r1 ", "r1 PENDING", "done"));
}

TEST_F(WatcherTest, AnEventDuringTheCatchUpBeatsThePageThatWasReadBeforeIt) {
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  cluster_.before_page = [&] { cluster_.emit(put("r1", End::kDenied)); };
  start();
  engine_.advance(seconds(1));
  EXPECT_THAT(sink_.take(), ElementsAre("connected c1", "start", "r1 DENIED", "done"));
}

TEST_F(WatcherTest, ADeletionDuringTheCatchUpBeatsThePageThatWasReadBeforeIt) {
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  cluster_.before_page = [&] { cluster_.emit(removed("r1")); };
  start();
  engine_.advance(seconds(1));
  EXPECT_THAT(sink_.take(), ElementsAre("connected c1", "start", "gone r1", "done"));
}

TEST_F(WatcherTest, AnEventBeforeTheRecordsWaitsForThem) {
  cluster_.records["slack"]["r1"] = {};
  start();
  ASSERT_TRUE(engine_.run_until([&] { return !cluster_.streams.empty(); }));
  cluster_.emit(put("r1", End::kNone));
  engine_.advance(seconds(1));
  EXPECT_THAT(sink_.take(), ElementsAre("connected c1", "start", "record slack r1 ", "r1 PENDING",
                                        "r1 PENDING", "done"))
      << "the page says the same again";
}

TEST_F(WatcherTest, PassesEventsOnOnceItHasCaughtUp) {
  start_and_catch_up();
  emit(put("r1", End::kNone));
  emit(removed("r1"));
  EXPECT_THAT(sink_.take(), ElementsAre("r1 PENDING", "gone r1"));
}

// ---- Items that cannot be read ----

TEST_F(WatcherTest, NamesARequestThatCannotBeReadOnceAndFollowsTheOthers) {
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  cluster_.unreadable = {"r2"};
  start();
  engine_.advance(hours(1));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("an Access Request cannot be read")));
  EXPECT_THAT(warnings().at(0), HasSubstr("request=r2"));
  EXPECT_THAT(sink_.take(), Contains("r1 PENDING"));
  EXPECT_GT(watcher_->status().skipped_items, 1U);
}

TEST_F(WatcherTest, ARequestThatCanNoLongerBeReadIsNotGoneUntilItsDeletion) {
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  start_and_catch_up();
  cluster_.requests.clear();
  cluster_.unreadable = {"r1"};
  engine_.advance(hours(1));
  EXPECT_THAT(sink_.take(), Not(Contains("gone r1")));
  emit(removed("r1"));
  EXPECT_THAT(sink_.take(), ElementsAre("gone r1"));
}

TEST_F(WatcherTest, WhileAnItemHasNoReadableIdNothingThatIsMissingIsGone) {
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  start_and_catch_up();
  cluster_.requests.clear();
  cluster_.unreadable = {""};
  engine_.advance(hours(1));
  EXPECT_THAT(sink_.take(), Not(Contains("gone r1")));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("without a readable id")));
  cluster_.unreadable.clear();
  engine_.advance(hours(1));
  EXPECT_THAT(sink_.take(), Contains("gone r1"));
}

TEST_F(WatcherTest, AnEventThatCannotBeReadIsNamedAndTheStreamGoesOn) {
  start_and_catch_up();
  emit({WatchEvent::Kind::kUnreadable, nullptr, "r1"});
  emit(put("r2", End::kNone));
  EXPECT_THAT(sink_.take(), ElementsAre("r2 PENDING"));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("request=r1")));
  EXPECT_EQ(watcher_->status().skipped_items, 1U);
  EXPECT_TRUE(connected());
}

TEST_F(WatcherTest, ARecordThatCannotBeReadIsToldSo) {
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  cluster_.unreadable_records = {"r1"};
  start();
  engine_.advance(seconds(1));
  EXPECT_THAT(sink_.take(), ElementsAre("connected c1", "start", "unreadable record slack r1",
                                        "r1 PENDING", "done"));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("the plugin data of a request")));
}

TEST_F(WatcherTest, ListsAgainFromTimeToTimeWithJitter) {
  start_and_catch_up();
  engine_.advance(minutes(8) - seconds(1));
  EXPECT_THAT(cluster_.calls, IsEmpty());
  engine_.advance(minutes(4) + seconds(2));
  EXPECT_THAT(cluster_.calls, ElementsAre("records slack", "list "));
  EXPECT_THAT(sink_.take(), ElementsAre("start", "done"));
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(WatcherTest, AFailedResyncKeepsTheStreamAndIsTriedAgainSoon) {
  start_and_catch_up();
  cluster_.list_error = Error{Errc::kTimeout, "too slow"};
  engine_.advance(minutes(13));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("too slow")));
  EXPECT_THAT(sink_.take(), Each("start"));
  cluster_.list_error.reset();
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  engine_.advance(seconds(31));
  EXPECT_THAT(sink_.take(), ElementsAre("start", "r1 PENDING", "done"));
  EXPECT_EQ(cluster_.dials, 1);
}

TEST_F(WatcherTest, NewPluginsGetTheirRecordsAtOnce) {
  start_and_catch_up();
  cluster_.records["mail"]["r1"] = {{"user", "alice"}};
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  watcher_->set_plugins({"slack", "mail"});
  engine_.advance(seconds(1));
  EXPECT_THAT(sink_.take(), ElementsAre("start", "record mail r1 alice", "r1 PENDING", "done"));
}

// ---- Losing the connection ----

TEST_F(WatcherTest, ComesBackAfterTheStreamBreaksAndListsAgain) {
  start_and_catch_up();
  cluster_.requests["r1"] = make_request("r1", End::kNone);
  cluster_.break_streams(kCut);
  ASSERT_TRUE(engine_.run_until([&] { return !connected(); }, seconds(1)));
  EXPECT_EQ(sink_.session(), nullptr);
  ASSERT_TRUE(engine_.run_until([&] { return connected(); }, seconds(5)));
  EXPECT_THAT(sink_.take(), ElementsAre("lost", "connected c2", "start", "r1 PENDING", "done"));
}

TEST_F(WatcherTest, SaysOnceWhatIsWrongAndOnceThatItIsBack) {
  start_and_catch_up();
  cluster_.dial_error = Error{Errc::kUnavailable, "Connection refused"};
  cluster_.break_streams(kCut);
  engine_.advance(minutes(5));
  EXPECT_GT(cluster_.dials, 8);
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("Socket closed"), HasSubstr("Connection refused")));
  EXPECT_THAT(watcher_->status().trouble, HasSubstr("Connection refused"));
  cluster_.dial_error.reset();
  ASSERT_TRUE(engine_.run_until([&] { return connected(); }, minutes(1)));
  EXPECT_THAT(lines_->starting("INFO connected to Teleport again"),
              ElementsAre(HasSubstr("after=\"5m")));
  EXPECT_THAT(warnings(), SizeIs(2));
  EXPECT_EQ(watcher_->status().trouble, "");
}

TEST_F(WatcherTest, NeverGivesUp) {
  cluster_.dial_error = Error{Errc::kUnavailable, "Connection refused"};
  start();
  engine_.advance(hours(24));
  EXPECT_GT(cluster_.dials, 24 * 60);  // at most 30 s apart
  cluster_.dial_error.reset();
  EXPECT_TRUE(engine_.run_until([&] { return connected(); }, seconds(31)));
}

TEST_F(WatcherTest, ASilentStreamCountsAsBroken) {
  cluster_.send_init = false;
  start();
  engine_.advance(seconds(14));
  EXPECT_THAT(warnings(), IsEmpty());
  engine_.advance(seconds(2));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("no INIT came")));
  EXPECT_THAT(sink_.take(), IsEmpty());
  cluster_.send_init = true;
  EXPECT_TRUE(engine_.run_until([&] { return connected(); }, minutes(1)));
}

TEST_F(WatcherTest, AMissingRuleIsTriedAgainSlowly) {
  cluster_.watch_error = Error{Errc::kDenied, "the role of this identity needs read"};
  start();
  engine_.advance(minutes(10));
  EXPECT_GE(cluster_.dials, 10);
  EXPECT_LE(cluster_.dials, 21);
  EXPECT_THAT(warnings(), Contains(HasSubstr("the role of this identity needs read")));
}

TEST_F(WatcherTest, AFirstRefusalMayBeABlipAndIsTriedAgainSoon) {
  cluster_.watch_error = Error{Errc::kDenied, "the role of this identity needs read"};
  start();
  engine_.advance(Millis(1));
  cluster_.watch_error.reset();
  EXPECT_TRUE(engine_.run_until([&] { return connected(); }, seconds(5)));
}

TEST_F(WatcherTest, AFailedCatchUpEndsTheConnection) {
  cluster_.records_error = Error{Errc::kDenied, "needs list and read"};
  start();
  ASSERT_TRUE(engine_.run_until([&] { return sink_.lines.size() >= 3; }, seconds(1)));
  EXPECT_THAT(sink_.take(), ElementsAre("connected c1", "start", "lost"));
  EXPECT_THAT(cluster_.streams, IsEmpty());
}

TEST_F(WatcherTest, BackoffBeginsAnewAfterAGoodPeriod) {
  cluster_.dial_error = kCut;
  start();
  engine_.advance(minutes(10));
  cluster_.dial_error.reset();
  ASSERT_TRUE(engine_.run_until([&] { return connected(); }, minutes(1)));
  engine_.advance(minutes(1));
  cluster_.break_streams(kCut);
  ASSERT_TRUE(engine_.run_until([&] { return !connected(); }, seconds(1)));
  EXPECT_TRUE(engine_.run_until([&] { return connected(); }, Millis(300)));
}

TEST_F(WatcherTest, AfterStopTheSinkHearsNothing) {
  start_and_catch_up();
  watcher_->stop();
  engine_.advance(hours(1));
  EXPECT_THAT(sink_.take(), IsEmpty());
  EXPECT_THAT(cluster_.streams, IsEmpty());
  EXPECT_EQ(engine_.timers(), 0U);
}

TEST_F(WatcherTest, CanBeStoppedAtAnyMoment) {
  for (int step = 0; step < 40; ++step) {
    cluster_.requests["r1"] = make_request("r1", End::kNone);
    cluster_.records["slack"]["r2"] = {};
    start();
    for (int i = 0; i < step && engine_.timers() > 0; ++i) engine_.advance(engine_.next_timer());
    watcher_.reset();
    EXPECT_THAT(cluster_.streams, IsEmpty());
    EXPECT_EQ(engine_.timers(), 0U);
  }
}

// ---- The identity ----

class RenewalTest : public WatcherTest {
 protected:
  RenewalTest() {
    options_.refresh_identity = true;
    options_.refresh_interval = seconds(10);
  }
};

TEST_F(RenewalTest, ChangesOverOnlyWhenTheNewConnectionHasCaughtUp) {
  start_and_catch_up();
  cluster_.identity_is_new = true;
  ASSERT_TRUE(engine_.run_until([&] { return cluster_.streams.size() == 2; }, seconds(11)));
  cluster_.emit(put("r1", End::kNone));
  ASSERT_TRUE(engine_.run_until([&] { return cluster_.streams.size() == 1; }, seconds(1)));
  EXPECT_THAT(sink_.lines, Contains("connected c2"));
  EXPECT_THAT(sink_.lines, Contains("r1 PENDING"));
  EXPECT_THAT(sink_.lines, Contains("done"));
  EXPECT_THAT(sink_.lines, Not(Contains("lost")));
  sink_.take();
  emit(put("r2", End::kNone));
  EXPECT_THAT(sink_.take(), ElementsAre("r2 PENDING"));
}

TEST_F(RenewalTest, FindsSoonWhatTheOldStreamStillHadOnItsWay) {
  start_and_catch_up();
  engine_.advance(seconds(9));
  emit(put("r1", End::kNone));
  cluster_.identity_is_new = true;
  cluster_.requests["r1"] = make_request("r1", End::kDenied);  // and its event never comes
  sink_.take();
  engine_.advance(seconds(30));
  EXPECT_THAT(sink_.take(), Contains("r1 DENIED"));
}

TEST_F(RenewalTest, KeepsTheOldConnectionWhileTheNewIdentityDoesNotWork) {
  start_and_catch_up();
  cluster_.identity_is_new = true;
  cluster_.dial_error = Error{Errc::kInvalid, "expired"};
  engine_.advance(minutes(2));
  EXPECT_GT(cluster_.dials, 5);
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("keeping the old connection")));
  emit(put("r1", End::kNone));
  EXPECT_THAT(sink_.take(), ElementsAre("r1 PENDING"));
  cluster_.dial_error.reset();
  engine_.advance(seconds(11));
  EXPECT_THAT(lines_->starting("INFO the renewed identity can be used"), SizeIs(1));
  EXPECT_THAT(cluster_.streams, SizeIs(1));
}

TEST_F(RenewalTest, GoesBackToTheOldSessionWhenTheNewOneCannotCatchUp) {
  start_and_catch_up();
  cluster_.identity_is_new = true;
  cluster_.records_error = Error{Errc::kDenied, "needs list and read"};
  engine_.advance(seconds(11));
  EXPECT_THAT(sink_.take(), ElementsAre("connected c2", "start", "connected c1"));
  EXPECT_TRUE(connected());
}

TEST_F(RenewalTest, DoesNothingWhileTheIdentityStaysTheSame) {
  start_and_catch_up();
  engine_.advance(minutes(5));
  EXPECT_EQ(cluster_.dials, 1);
}

TEST_F(WatcherTest, WithoutRefreshTheIdentityIsReadAtEachReconnect) {
  start_and_catch_up();
  cluster_.identity_is_new = true;
  engine_.advance(minutes(5));
  EXPECT_EQ(cluster_.dials, 1);
  cluster_.break_streams(kCut);
  engine_.advance(seconds(5));
  EXPECT_EQ(cluster_.dials, 2);
}

TEST_F(RenewalTest, AFileThatIsReplacedIsLookedAtSoon) {
  start_and_catch_up();
  cluster_.identity_is_new = true;
  cluster_.identity_touched();
  engine_.advance(milliseconds(300));
  EXPECT_EQ(cluster_.dials, 2);
}

TEST_F(RenewalTest, FilesThatAreReplacedAgainAndAgainDoNotPutTheLookOff) {
  start_and_catch_up();
  cluster_.identity_is_new = true;
  for (int i = 0; i < 10; ++i) {
    cluster_.identity_touched();
    engine_.advance(milliseconds(100));
  }
  EXPECT_GE(cluster_.dials, 2);
}

TEST_F(RenewalTest, NobodyIsToldOfFilesOnceItIsOver) {
  start_and_catch_up();
  ASSERT_NE(cluster_.identity_touched, nullptr);
  watcher_->stop();
  EXPECT_EQ(cluster_.identity_touched, nullptr);
}

TEST_F(WatcherTest, WarnsWhenAQuarterOfTheIdentitysLifeIsLeftAndNearItsEnd) {
  cluster_.identity.valid_until_ms = unix_ms(engine_.wall() + hours(8));
  start_and_catch_up();
  engine_.advance(hours(6) - minutes(1));
  EXPECT_THAT(warnings(), IsEmpty());
  engine_.advance(minutes(2));
  EXPECT_THAT(warnings(), ElementsAre(HasSubstr("expires soon")));
  EXPECT_THAT(warnings().at(0), HasSubstr("left=\"2h 0m 0s\""));
  EXPECT_THAT(warnings().at(0), HasSubstr("renew_with=\"tctl auth sign\""));
  cluster_.break_streams(kCut);
  engine_.advance(hours(1));
  EXPECT_THAT(lines_->starting("WARN the identity"), SizeIs(1));
  engine_.advance(hours(1) - minutes(2));
  EXPECT_THAT(lines_->starting("WARN the identity"), SizeIs(2));
}

TEST_F(WatcherTest, AnIdentityThatIsFoundNearItsEndIsWarnedOfOnce) {
  cluster_.identity.valid_from_ms = unix_ms(engine_.wall() - hours(800));
  cluster_.identity.valid_until_ms = unix_ms(engine_.wall() + hours(20));
  start_and_catch_up();
  engine_.advance(hours(1));
  EXPECT_THAT(lines_->starting("WARN the identity"), SizeIs(1));
}

}  // namespace
}  // namespace notifyd::teleport
