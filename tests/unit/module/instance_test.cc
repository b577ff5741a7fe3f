#include "module/instance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

#include "scripted_module.h"

namespace notifyd::modules {
namespace {

using test::InstanceTest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string text(notify_str s) { return {s.ptr, s.len}; }

TEST_F(InstanceTest, DeliversAndBringsTheAnswerToTheEngine) {
  script_.deliver = [&](notify_ticket ticket, const notify_event* e) {
    script_.answer(ticket, NOTIFY_OK, "sent to " + text(e->recipient) + " " + text(e->request->id));
  };
  start();
  const Answer answer = wait_for(instance_->deliver(event()));
  EXPECT_EQ(answer.rc, notify_rc{NOTIFY_OK});
  EXPECT_EQ(answer.receipt, "sent to C1 r-1");
}

TEST_F(InstanceTest, RunsEveryCallOnOneThreadThatIsNotOurs) {
  std::vector<std::thread::id> threads;
  script_.create = [&] {
    threads.push_back(std::this_thread::get_id());
    return notify_rc{NOTIFY_OK};
  };
  script_.route = [&](notify_ticket ticket, const notify_event*) {
    threads.push_back(std::this_thread::get_id());
    script_.answer(ticket);
  };
  script_.destroy = [&] { threads.push_back(std::this_thread::get_id()); };
  start();
  wait_for(instance_->route(event()));
  instance_.reset();
  ASSERT_THAT(threads, SizeIs(3));
  EXPECT_EQ(threads[0], threads[1]);
  EXPECT_EQ(threads[0], threads[2]);
  EXPECT_NE(threads[0], std::this_thread::get_id());
}

TEST_F(InstanceTest, KeepsManyTicketsOpenAtOnceAndTakesAnswersInAnyOrder) {
  std::vector<notify_ticket> tickets;
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    tickets.push_back(ticket);
    if (tickets.size() < 3) return;
    std::ranges::reverse(tickets);
    for (const notify_ticket t : tickets) script_.answer(t);
  };
  start();
  std::optional<Answer> one;
  std::optional<Answer> two;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event("C1")), &one));
  scope.run(keep(instance_->deliver(event("C2")), &two));
  wait_for(instance_->deliver(event("C3")));
  EXPECT_TRUE(until([&] { return one && two; }));
}

TEST_F(InstanceTest, KeepsTheEventAliveUntilItIsAnswered) {
  notify_ticket open = 0;
  const notify_event* kept = nullptr;
  script_.deliver = [&](notify_ticket ticket, const notify_event* e) {
    if (text(e->recipient) == "C1") {
      open = ticket;
      kept = e;
    } else {
      script_.answer(open, NOTIFY_OK, text(kept->recipient) + text(kept->request->id));
      EXPECT_EQ(text(kept->request->id), "r-1") << "still there until the call returns";
      script_.answer(ticket);
    }
  };
  start();
  std::optional<Answer> first;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event("C1")), &first));
  wait_for(instance_->deliver(event("C2")));
  EXPECT_EQ(first->receipt, "C1r-1");
}

TEST_F(InstanceTest, RefusesASecondAnswerAndSaysSo) {
  notify_rc second = NOTIFY_OK;
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    script_.answer(ticket, NOTIFY_OK, "first");
    second = script_.answer(ticket, NOTIFY_OK, "second");
  };
  start();
  EXPECT_EQ(wait_for(instance_->deliver(event())).receipt, "first");
  instance_.reset();
  EXPECT_EQ(second, notify_rc{NOTIFY_MISUSE});
  EXPECT_THAT(lines_->starting("WARN module answered a ticket that is not open"),
              ElementsAre(HasSubstr("instance=chat")));
}

TEST_F(InstanceTest, RefusesTheTicketsOfAnotherInstance) {
  notify_ticket stale = 0;
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    if (stale != 0) {
      EXPECT_EQ(script_.answer(stale), notify_rc{NOTIFY_MISUSE});
    }
    stale = ticket;
    script_.answer(ticket);
  };
  start();
  wait_for(instance_->deliver(event()));
  instance_.reset();
  start();
  wait_for(instance_->deliver(event()));
}

TEST_F(InstanceTest, TakesAnAnswerThatBreaksTheContractForMisuse) {
  notify_rc told = NOTIFY_OK;
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    told = script_.answer(ticket, NOTIFY_OK, std::string(5000, 'x'));
  };
  start();
  const Answer answer = wait_for(instance_->deliver(event()));
  EXPECT_EQ(answer.rc, notify_rc{NOTIFY_MISUSE});
  EXPECT_THAT(answer.detail, HasSubstr("the receipt has 5000 bytes"));
  instance_.reset();
  EXPECT_EQ(told, notify_rc{NOTIFY_MISUSE});
  EXPECT_THAT(lines_->starting("WARN module broke its contract"), SizeIs(1));
}

TEST_F(InstanceTest, TakesAnswersFromThreadsOfTheModule) {
  std::thread worker;
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    worker = std::thread([this, ticket] { script_.answer(ticket, NOTIFY_OK, "from elsewhere"); });
  };
  script_.destroy = [&] { worker.join(); };
  start();
  EXPECT_EQ(wait_for(instance_->deliver(event())).receipt, "from elsewhere");
  instance_.reset();
}

TEST_F(InstanceTest, ForgetsTheAnswerThatNobodyWaitsForAnyMore) {
  std::promise<void> go;
  script_.deliver = [&, gone = go.get_future().share()](notify_ticket ticket, const notify_event*) {
    gone.wait();
    script_.answer(ticket);
  };
  start();
  std::optional<Answer> answer;
  {
    notify::Scope scope;
    scope.run(keep(instance_->deliver(event()), &answer));
  }
  go.set_value();
  instance_.reset();
  engine_.run();
  EXPECT_FALSE(answer.has_value());
}

TEST_F(InstanceTest, AnswersForEntriesThatTheModuleLacks) {
  table_.find = nullptr;
  start();
  EXPECT_FALSE(instance_->can_find());
  EXPECT_EQ(wait_for(instance_->find(event())).rc, notify_rc{NOTIFY_DROP}) << "cannot be known";
  EXPECT_EQ(wait_for(instance_->check()).rc, notify_rc{NOTIFY_OK_SKIPPED});
}

TEST_F(InstanceTest, AsksTheModuleWhetherItWouldWork) {
  table_.check = [](notify_instance* i, notify_ticket t) { test::script_of(i).check(t); };
  script_.check = [&](notify_ticket t) { script_.answer(t, NOTIFY_BROKEN_AUTH); };
  start();
  EXPECT_EQ(wait_for(instance_->check()).rc, notify_rc{NOTIFY_BROKEN_AUTH});
}

TEST_F(InstanceTest, WantsWhatItsMaskNames) {
  start();
  EXPECT_EQ(instance_->name(), "chat");
  EXPECT_TRUE(instance_->wants(model::Step::announce()));
  EXPECT_FALSE(instance_->wants(model::Step::tell(model::End::kExpired)));
}

TEST_F(InstanceTest, AsksToHurryWithWhatIsOpen) {
  table_.abandon = [](notify_instance* i, notify_ticket t) { test::script_of(i).abandon(t); };
  script_.deliver = [](notify_ticket, const notify_event*) {};
  script_.abandon = [&](notify_ticket t) { script_.answer(t, NOTIFY_CANCELLED); };
  start();
  std::optional<Answer> answer;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event()), &answer));
  instance_->hurry();
  EXPECT_TRUE(until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer->rc, notify_rc{NOTIFY_CANCELLED});
}

}  // namespace
}  // namespace notifyd::modules
