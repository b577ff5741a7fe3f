// What an instance gets from the host: log, config, counters, HTTP and timers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "scripted_module.h"

namespace notifyd::modules {
namespace {

using test::InstanceTest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string text(notify_str s) { return {s.ptr, s.len}; }

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
    script_.log(NOTIFY_LOG_WARN, std::string(4090, '.') + text(value) + " is where a line is cut");
    script_.log(NOTIFY_LOG_ERROR, "token " + text(value) + " is refused");
    return notify_rc{NOTIFY_BROKEN_AUTH};
  };
  EXPECT_FALSE(try_start());
  EXPECT_THAT(faults_.lines(), ElementsAre(HasSubstr("token [chat.token] is refused")));
  for (const std::string& line : lines_->all()) {
    EXPECT_THAT(line, ::testing::Not(HasSubstr("not-a-")));
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
                       " " + text(response->body) + text(response->error);
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

TEST_F(HttpTest, IsInTheClearOnlyWhereTheFileAllowsIt) {
  for (const bool allowed : {false, true}) {
    allow_insecure_ = allowed;
    start();
    std::optional<Answer> answer;
    notify::Scope scope;
    scope.run(keep(instance_->deliver(event()), &answer));
    ASSERT_TRUE(until([&] { return http_.open() == 1; }));
    EXPECT_EQ(http_.requests().back().allow_insecure, allowed);
    http_.end(allowed ? 2 : 1, answered());
    ASSERT_TRUE(until([&] { return answer.has_value(); }));
    instance_.reset();
  }
}

TEST_F(HttpTest, TrustsTheCasThatTheFileNames) {
  extra_cas_ = std::make_shared<const std::string>("a CA");
  start();
  std::optional<Answer> answer;
  notify::Scope scope;
  scope.run(keep(instance_->deliver(event()), &answer));
  ASSERT_TRUE(until([&] { return http_.open() == 1; }));
  EXPECT_EQ(http_.requests().back().extra_cas, extra_cas_);
  net::HttpResponse refused;
  refused.error = "SSL certificate problem";
  refused.untrusted = true;
  http_.end(1, refused);
  ASSERT_TRUE(until([&] { return answer.has_value(); }));
  EXPECT_THAT(answer->receipt, HasSubstr("SSL certificate problem; if it is from a CA that"));
}

TEST_F(HttpTest, WithoutItsSizeIsNotSentAndSaysWhy) {
  script_.deliver = [&](notify_ticket ticket, const notify_event*) {
    ticket_ = ticket;
    const notify_http_request request{};
    script_.host->http(script_.host, &request, &HttpTest::on_done, this);
  };
  start();
  EXPECT_EQ(wait_for(instance_->deliver(event())).receipt,
            "1 0 the module's notify_http_request has size 0, expected at least 72; set it to "
            "sizeof(notify_http_request)");
  EXPECT_TRUE(http_.requests().empty());
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

}  // namespace
}  // namespace notifyd::modules
