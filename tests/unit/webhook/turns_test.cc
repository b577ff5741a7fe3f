#include "turns.h"

#include <gtest/gtest.h>

#include <string>

#include "fake_host.h"

namespace webhook {
namespace {

class TurnsTest : public ::testing::Test {
 protected:
  void ask(const std::string& endpoint, const std::string& name) {
    scope_.run(wait(endpoint, name));
    fake_.settle();
  }

  conformance::FakeHost fake_;
  notify::Host host_{fake_.table()};
  Turns turns_{host_, 1'000};
  std::string went_, sent_away_;
  notify::Scope scope_;

 private:
  notify::Task<> wait(std::string endpoint, std::string name) {
    auto waiting = turns_.take(std::move(endpoint));
    const bool goes = co_await waiting;
    (goes ? went_ : sent_away_) += name;
  }
};

TEST_F(TurnsTest, GoOneEachIntervalInOrder) {
  for (const char* name : {"a", "b", "c"}) ask("ops", name);
  EXPECT_EQ(went_, "a");
  fake_.advance(999);
  EXPECT_EQ(went_, "a");
  fake_.advance(1);
  EXPECT_EQ(went_, "ab");
  fake_.advance(1'000);
  EXPECT_EQ(went_, "abc");
}

TEST_F(TurnsTest, OfOnePlaceHoldUpNoOther) {
  ask("ops", "a");
  ask("ops", "b");
  ask("dev", "c");
  EXPECT_EQ(went_, "ac");
}

TEST_F(TurnsTest, SendAwayWhomItWouldTakeTooLong) {
  for (int i = 0; i < 12; ++i) ask("ops", "x");
  EXPECT_EQ(went_ + sent_away_, "xx") << "one at once, ten wait, one is sent away";
  EXPECT_EQ(sent_away_, "x");
  EXPECT_EQ(turns_.wait_ms("ops"), 11'000U);
}

TEST_F(TurnsTest, RestSendsAwayWhoWouldWaitTooLong) {
  ask("ops", "a");
  ask("ops", "b");
  turns_.rest("ops", 60'000);
  EXPECT_EQ(sent_away_, "b");
  ask("ops", "c");
  EXPECT_EQ(sent_away_, "bc");
  EXPECT_EQ(turns_.wait_ms("ops"), 60'000U);
  fake_.advance(60'000);
  ask("ops", "d");
  EXPECT_EQ(went_, "ad");
}

TEST_F(TurnsTest, RestOfAMomentIsWaitedOut) {
  turns_.rest("ops", 3'000);
  ask("ops", "a");
  EXPECT_EQ(went_, "");
  fake_.advance(3'000);
  EXPECT_EQ(went_, "a");
}

TEST_F(TurnsTest, EndSendsAwayAllWhoWaitAndNobodyWaitsAfterIt) {
  ask("ops", "a");
  ask("ops", "b");
  turns_.end();
  EXPECT_EQ(sent_away_, "b");
  ask("ops", "c");
  EXPECT_EQ(sent_away_, "bc");
  ask("dev", "d");
  EXPECT_EQ(went_, "ad") << "whoever has not to wait goes";
}

}  // namespace
}  // namespace webhook
