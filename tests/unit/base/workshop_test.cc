#include "base/workshop.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace notifyd {
namespace {

class WorkshopTest : public ::testing::Test {
 protected:
  notify::Task<> note(int number) {
    auto working = workshop_.run<std::thread::id>([] { return std::this_thread::get_id(); });
    const std::thread::id there = co_await working;
    elsewhere_ = there != std::this_thread::get_id();
    done_.push_back(number);
    if (done_.size() == wanted_) engine_.stop();
  }

  AsioEngine engine_;
  Workshop workshop_{engine_};
  std::vector<int> done_;
  std::size_t wanted_ = 1;
  bool elsewhere_ = false;
  notify::Scope tasks_;
};

TEST_F(WorkshopTest, WorksOnAThreadOfItsOwnAndAnswersOnTheEngines) {
  tasks_.run(note(1));
  engine_.run();
  EXPECT_TRUE(elsewhere_);
  EXPECT_FALSE(workshop_.busy());
}

TEST_F(WorkshopTest, TakesOneAfterTheOther) {
  wanted_ = 3;
  for (const int i : {1, 2, 3}) tasks_.run(note(i));
  engine_.run();
  EXPECT_EQ(done_, (std::vector<int>{1, 2, 3}));
}

TEST_F(WorkshopTest, AnAnswerThatNobodyWaitsForIsForgotten) {
  tasks_.run(note(1));
  tasks_.clear();
  tasks_.run(note(2));
  engine_.run();
  EXPECT_EQ(done_, std::vector<int>{2});
}

}  // namespace
}  // namespace notifyd
