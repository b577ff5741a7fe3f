#include "module/instance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "module_dir.h"
#include "scripted_module.h"

namespace notifyd::modules {
namespace {

using test::InstanceTest;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string text(notify_str s) { return {s.ptr, s.len}; }

// ---- Asking and answering ----

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
    for (auto t = tickets.rbegin(); t != tickets.rend(); ++t) script_.answer(*t);
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
  EXPECT_TRUE(instance_->wants(NOTIFY_REQUEST_PENDING));
  EXPECT_FALSE(instance_->wants(NOTIFY_REQUEST_EXPIRED));
  EXPECT_FALSE(instance_->wants(70));
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

// ---- create() ----

TEST_F(InstanceTest, RefusedByTheModuleGivesItsLastErrorLine) {
  script_.create = [&] {
    script_.log(NOTIFY_LOG_ERROR, "first");
    script_.log(NOTIFY_LOG_ERROR, "chat.token is missing");
    return notify_rc{NOTIFY_BROKEN_CONFIG};
  };
  const auto started = try_start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(
      started.error().message,
      "instance chat: module scripted refused to start (BROKEN_CONFIG): chat.token is missing");
}

TEST_F(InstanceTest, RefusedWithoutAWordSaysSo) {
  script_.create = [] { return notify_rc{NOTIFY_BROKEN}; };
  EXPECT_THAT(try_start().error().message, HasSubstr("(BROKEN): it gave no reason"));
}

TEST_F(InstanceTest, ThatNeverStartsIsGivenUpAndNamed) {
  limits_.create = Millis(50);
  limits_.slow_call = Millis(10);
  std::promise<void> release;
  script_.create = [&, released = release.get_future().share()] {
    released.wait();
    return notify_rc{NOTIFY_OK};
  };
  const auto started = try_start();
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message,
              AllOf(HasSubstr("instance chat"), HasSubstr("did not return from create()")));
  EXPECT_FALSE(lines_->starting("WARN still waiting for the module's create()").empty());
  EXPECT_EQ(quarantine_->size(), 1U);
  release.set_value();
}

TEST_F(InstanceTest, WrittenInCppMayThrowFromItsConstructor) {
  test::ModuleDir dir;
  test::TempDir runtime;
  LibraryOptions loading;
  loading.staging = *Staging::open(runtime.path(), Log());
  auto library = Library::load(dir.add("throws"), loading);
  ASSERT_TRUE(library.ok()) << library.error().message;
  InstanceOptions options;
  options.name = "moon";
  options.library = *library;
  options.quarantine = quarantine_;
  const auto started = Instance::start(std::move(options), engine_, http_, Log());
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message, HasSubstr("(BROKEN_CONFIG): cannot do without a moon"));
}

// ---- What the host gives ----

TEST_F(InstanceTest, LogsOneCleanLineWithTheInstance) {
  script_.create = [&] {
    const notify_kv field{{"re quest", 8}, {"a\nb", 3}};
    script_.host->log(script_.host, NOTIFY_LOG_WARN, {"two\nlines", 9}, &field, 1);
    return notify_rc{NOTIFY_OK};
  };
  start();
  EXPECT_THAT(lines_->starting("WARN two"),
              ElementsAre("WARN two lines re_quest=\"a b\" instance=chat"));
}

TEST_F(InstanceTest, NeverLogsASecretOfItsConfig) {
  notify_option token{sizeof(notify_option), NOTIFY_TEXT, NOTIFY_SECRET, 0,
                      "chat.token",          nullptr,     "the token"};
  const notify_option* const options[] = {&token, nullptr};
  table_.options = options;
  settings_.entries["chat.token"].values = {"not-a-real-token"};
  settings_.entries["chat.token"].secret = true;
  script_.create = [&] {
    notify_str value{};
    EXPECT_EQ(script_.host->config(script_.host, "chat.token", 0, &value), notify_rc{NOTIFY_OK});
    script_.log(NOTIFY_LOG_ERROR, "token " + text(value) + " is refused");
    return notify_rc{NOTIFY_BROKEN_AUTH};
  };
  EXPECT_THAT(try_start().error().message, HasSubstr("token [chat.token] is refused"));
  for (const std::string& line : lines_->all()) {
    EXPECT_THAT(line, ::testing::Not(HasSubstr("not-a-real-token")));
  }
}

TEST_F(InstanceTest, CountsOnTheEngine) {
  std::string counted;
  count_ = [&](const std::string& metric, double by, const auto& labels) {
    counted = metric + std::to_string(static_cast<int>(by)) + labels[0].second;
  };
  script_.create = [&] {
    const notify_kv label{{"method", 6}, {"post", 4}};
    script_.host->count(script_.host, "calls", 2, &label, 1);
    return notify_rc{NOTIFY_OK};
  };
  start();
  EXPECT_EQ(counted, "");
  engine_.run();
  EXPECT_EQ(counted, "calls2post");
}

// ---- HTTP and timers ----

class HttpTest : public InstanceTest {
 protected:
  // deliver() sends one request and answers with what came back.
  HttpTest() {
    script_.deliver = [this](notify_ticket ticket, const notify_event*) {
      ticket_ = ticket;
      call_ = send();
    };
  }
  std::uint64_t send() {
    std::string body = "{}";
    const notify_kv header{{"X-A", 3}, {"b", 1}};
    notify_http_request request{};
    request.size = sizeof request;
    request.timeout_ms = 1234;
    request.method = {"POST", 4};
    request.url = {"https://example.com/a", 21};
    request.body = {body.data(), body.size()};
    request.headers = &header;
    request.n_headers = 1;
    return script_.host->http(script_.host, &request, &HttpTest::on_done, this);
  }
  static void on_done(void* user, const notify_http_response* response) {
    auto& self = *static_cast<HttpTest*>(user);
    ++self.done_;
    std::string seen = std::to_string(response->outcome) + " " + std::to_string(response->status) +
                       " " + text(response->body);
    for (std::size_t i = 0; i < response->n_headers; ++i) {
      seen += " " + text(response->headers[i].key) + "=" + text(response->headers[i].value);
    }
    self.script_.answer(self.ticket_, NOTIFY_OK, seen);
  }
  static net::HttpResponse answered() {
    net::HttpResponse response;
    response.outcome = net::HttpResponse::Outcome::kAnswered;
    response.status = 201;
    response.body = "made";
    response.headers = {{"retry-after", "3"}};
    return response;
  }

  notify_ticket ticket_ = 0;
  std::uint64_t call_ = 0;
  std::atomic<int> done_{0};
};

TEST_F(HttpTest, CopiesTheRequestAndBringsTheResponse) {
  start();
  std::optional<Answer> answer;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event()), &answer));
  ASSERT_TRUE(until([&] { return http_.open() == 1; }));
  const net::HttpRequest sent = http_.requests()[0];
  EXPECT_EQ(sent.method + " " + sent.url + " " + sent.body, "POST https://example.com/a {}");
  EXPECT_EQ(sent.timeout_ms, 1234U);
  EXPECT_THAT(sent.headers, ElementsAre(std::pair<std::string, std::string>("X-A", "b")));
  http_.end(1, answered());
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  EXPECT_EQ(answer->receipt, "0 201 made retry-after=3");
}

TEST_F(HttpTest, CallsNothingBackAfterCancel) {
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    call_ = send();
    EXPECT_NE(call_, 0U);
    script_.host->cancel(script_.host, call_);
    script_.answer(ticket);
  };
  start();
  wait_for(instance_->deliver(event()));
  EXPECT_EQ(http_.open(), 0U) << "the call itself is cancelled";
  wait_for(instance_->route(event()));
  EXPECT_EQ(done_, 0);
}

TEST_F(HttpTest, CancelWinsOverACompletionThatIsOnItsWay) {
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    call_ = send();
    http_.end(1, answered());  // posted to this thread, behind this call
    script_.host->cancel(script_.host, call_);
    script_.answer(ticket);
  };
  start();
  wait_for(instance_->deliver(event()));
  wait_for(instance_->route(event()));
  EXPECT_EQ(done_, 0);
}

TEST_F(HttpTest, DropsWhatIsOpenAtTheEnd) {
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    send();
    script_.answer(ticket);
  };
  start();
  wait_for(instance_->deliver(event()));
  instance_.reset();
  EXPECT_EQ(http_.open(), 0U);
  EXPECT_EQ(done_, 0);
}

TEST_F(InstanceTest, TimersFireOnTheInstancesThreadAndCanBeCancelled) {
  struct State {
    test::Script* script;
    notify_ticket ticket;
    std::thread::id thread;
  } state{&script_, 0, {}};
  static std::atomic<int> cancelled_fired;
  cancelled_fired = 0;
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    state.ticket = ticket;
    state.thread = std::this_thread::get_id();
    const notify_host* host = script_.host;
    const auto dropped = host->timer(
        host, 1, [](void*) { ++cancelled_fired; }, nullptr);
    host->cancel(host, dropped);
    host->timer(
        host, 20,
        [](void* user) {
          auto& s = *static_cast<State*>(user);
          EXPECT_EQ(s.thread, std::this_thread::get_id());
          s.script->answer(s.ticket, NOTIFY_OK, "fired");
        },
        &state);
  };
  start();
  EXPECT_EQ(wait_for(instance_->deliver(event())).receipt, "fired");
  EXPECT_EQ(cancelled_fired, 0);
}

// ---- Ending ----

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
  std::promise<void> release;
  std::atomic<bool> destroyed{false};
  script_.deliver = [&, released = release.get_future().share()](notify_ticket ticket,
                                                                 const notify_event*) {
    released.wait();
    script_.answer(ticket);
  };
  script_.destroy = [&] { destroyed = true; };
  start();
  std::optional<Answer> answer;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event()), &answer));
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
