// How an instance ends, also when its module does not want to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "scripted_module.h"

namespace notifyd::modules {
namespace {

using test::InstanceTest;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(InstanceTest, AnswersForAModuleThatEndsWithoutAnswering) {
  script_.deliver = [](notify_ticket, const notify_event*) {};
  start();
  std::optional<Answer> answer;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event()), &answer));
  instance_.reset();
  engine_.run();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->rc, notify_rc{NOTIFY_CANCELLED});
  EXPECT_THAT(lines_->starting("ERROR module was destroyed without answering"),
              ElementsAre(HasSubstr("tickets=1")));
}

TEST_F(InstanceTest, MayAnswerFromDestroy) {
  notify_ticket open = 0;
  script_.deliver = [&](notify_ticket ticket, const notify_event*) { open = ticket; };
  script_.destroy = [&] { script_.answer(open, NOTIFY_CANCELLED); };
  start();
  std::optional<Answer> answer;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event()), &answer));
  instance_.reset();
  engine_.run();
  EXPECT_TRUE(answer.has_value());
  EXPECT_THAT(lines_->starting("ERROR"), IsEmpty());
}

TEST_F(InstanceTest, ThatDoesNotComeBackGoesToQuarantineAndItsTicketsAreAnswered) {
  limits_.destroy = Millis(50);
  limits_.slow_call = Millis(10);
  std::promise<void> entered;
  std::promise<void> release;
  std::atomic<bool> destroyed{false};
  script_.deliver = [&, released = release.get_future().share()](notify_ticket ticket,
                                                                 const notify_event*) {
    entered.set_value();
    released.wait();
    script_.answer(ticket);
  };
  script_.destroy = [&] { destroyed = true; };
  start();
  std::optional<Answer> answer;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event()), &answer));
  entered.get_future().wait();
  instance_.reset();
  engine_.run();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->rc, notify_rc{NOTIFY_CANCELLED});
  EXPECT_THAT(lines_->starting("ERROR module does not come back"),
              ElementsAre(AllOf(HasSubstr("in=deliver()"), HasSubstr("instance=chat"))));
  EXPECT_EQ(quarantine_->size(), 1U);
  EXPECT_FALSE(destroyed);
  release.set_value();
  EXPECT_TRUE(test::wait_until([&] { return quarantine_->size() == 0; }))
      << "a module that comes back after all is let go";
  EXPECT_TRUE(destroyed);
}

TEST_F(InstanceTest, EndsByTheTimeItWasToldWhateverItsOwnLimit) {
  limits_.destroy = std::chrono::minutes(1);
  std::promise<void> release;
  script_.destroy = [released = release.get_future().share()] { released.wait(); };
  start();
  const TimePoint before = std::chrono::steady_clock::now();
  instance_->end_by(before + Millis(50));
  instance_.reset();
  EXPECT_LT(std::chrono::steady_clock::now(), before + limits_.destroy / 2);
  EXPECT_EQ(quarantine_->size(), 1U);
  release.set_value();
  EXPECT_TRUE(test::wait_until([&] { return quarantine_->size() == 0; }));
}

TEST_F(InstanceTest, ThatBlocksItsThreadIsNamedOnceUntilItGoesOn) {
  std::promise<void> entered;
  std::promise<void> release;
  script_.deliver = [&, released = release.get_future().share()](notify_ticket ticket,
                                                                 const notify_event*) {
    entered.set_value();
    released.wait();
    script_.answer(ticket);
  };
  start();
  std::optional<Answer> answer;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event()), &answer));
  entered.get_future().wait();
  engine_.advance(std::chrono::seconds(30));
  EXPECT_THAT(lines_->starting("WARN module blocks its thread"),
              ElementsAre(AllOf(HasSubstr("in=deliver()"), HasSubstr("instance=chat"),
                                HasSubstr("module=scripted"))));
  release.set_value();
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  wait_for(instance_->route(event()));
  EXPECT_TRUE(test::wait_until([&] {
    engine_.advance(std::chrono::seconds(5));
    return !lines_->starting("INFO module's thread goes on").empty();
  }));
}

}  // namespace
}  // namespace notifyd::modules
