// A module inside the test program, whose functions the test writes; and what an Instance needs
// around it: an engine the test runs, an HTTP that the test answers.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "module/instance.h"
#include "support/fake_engine.h"
#include "support/log_lines.h"
#include "support/wait.h"

namespace notifyd::test {

// One at a time. Everything it calls runs on the instance's thread; set it before start().
struct Script {
  using Handle = std::function<void(notify_ticket, const notify_event*)>;

  std::function<notify_rc()> create = [] { return notify_rc{NOTIFY_OK}; };
  std::function<void()> destroy = [] {};
  Handle route = answer_ok(), deliver = answer_ok(), find = answer_ok();
  std::function<void(notify_ticket)> check, abandon;
  const notify_host* host = nullptr;

  notify_rc answer(notify_ticket ticket, notify_rc rc = NOTIFY_OK,
                   std::string_view receipt = "") const {
    notify_result result{};
    result.size = sizeof result;
    result.rc = rc;
    result.receipt = {receipt.data(), receipt.size()};
    return host->answer(host, ticket, &result);
  }
  void log(std::uint32_t level, std::string_view line) const {
    host->log(host, level, {line.data(), line.size()}, nullptr, 0);
  }

  static inline Script* current = nullptr;

 private:
  Handle answer_ok() {
    return [this](notify_ticket ticket, const notify_event*) { answer(ticket); };
  }
};

inline Script& script_of(notify_instance* instance) { return *reinterpret_cast<Script*>(instance); }

inline notify_module scripted_table() {
  notify_module table{};
  table.magic = NOTIFY_MAGIC;
  table.abi_major = NOTIFY_ABI_MAJOR;
  table.size = sizeof table;
  table.event_mask = 1U << NOTIFY_REQUEST_PENDING | 1U << NOTIFY_REQUEST_REVIEWED;
  table.name = "scripted";
  table.version = "1.0";
  table.create = [](const notify_host* host, notify_instance** out) {
    Script::current->host = host;
    *out = reinterpret_cast<notify_instance*>(Script::current);
    return Script::current->create();
  };
  table.destroy = [](notify_instance* i) { script_of(i).destroy(); };
  table.route = [](notify_instance* i, notify_ticket t, const notify_event* e) {
    script_of(i).route(t, e);
  };
  table.deliver = [](notify_instance* i, notify_ticket t, const notify_event* e) {
    script_of(i).deliver(t, e);
  };
  table.find = [](notify_instance* i, notify_ticket t, const notify_event* e) {
    script_of(i).find(t, e);
  };
  return table;
}

class FakeHttp : public net::Http {
 public:
  std::uint64_t send(net::HttpRequest request, Handler done) override {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    open_.emplace(++last_, std::move(done));
    return last_;
  }
  void cancel(std::uint64_t id) override {
    net::HttpResponse response;
    response.outcome = net::HttpResponse::Outcome::kCancelled;
    end(id, std::move(response));
  }

  // False: that call is not open.
  bool end(std::uint64_t id, net::HttpResponse response) {
    Handler done;
    {
      const std::lock_guard lock(mutex_);
      auto node = open_.extract(id);
      if (!node) return false;
      done = std::move(node.mapped());
    }
    done(std::move(response));
    return true;
  }
  std::vector<net::HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t open() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::vector<net::HttpRequest> requests_;
  std::map<std::uint64_t, Handler> open_;
};

class InstanceTest : public ::testing::Test {
 protected:
  InstanceTest() {
    Script::current = &script_;
    settings_.file = "chat.toml";
  }

  // Null when it is refused; `faults_` says why.
  std::unique_ptr<modules::Instance> try_start() {
    modules::InstanceOptions options;
    options.name = "chat";
    options.library = modules::Library::in_process(table_);
    options.settings = settings_;
    options.quarantine = quarantine_;
    options.limits = limits_;
    options.allow_insecure = allow_insecure_;
    options.extra_cas = extra_cas_;
    options.count = count_;
    return modules::Instance::start(std::move(options), engine_, http_, Log(lines_), faults_);
  }
  void start() {
    instance_ = try_start();
    ASSERT_THAT(faults_.lines(), ::testing::IsEmpty());
  }

  // Runs the engine until the answer is there.
  modules::Answer wait_for(notify::Task<modules::Answer> task) {
    std::optional<modules::Answer> answer;
    notify::Scope scope;
    scope.run(keep(std::move(task), &answer));
    EXPECT_TRUE(until([&] { return answer.has_value(); }));
    return answer.value_or(modules::Answer{});
  }
  template <class Condition>
  bool until(Condition condition) {
    return wait_until([&] {
      engine_.run();
      return condition();
    });
  }
  static notify::Task<void> keep(notify::Task<modules::Answer> task,
                                 std::optional<modules::Answer>* out) {
    *out = co_await task;
  }
  static modules::Event event(std::string recipient = "C1") {
    auto request = std::make_shared<model::AccessRequest>();
    request->id = "r-1";
    modules::Event e;
    e.recipient.id = std::move(recipient);
    e.request = std::move(request);
    e.cluster = std::make_shared<const model::Cluster>();
    return e;
  }

  notify_module table_ = scripted_table();
  Script script_;
  config::Settings settings_;
  bool allow_insecure_ = false;
  net::CaText extra_cas_;
  modules::InstanceLimits limits_;
  modules::CountSink count_;
  config::Faults faults_;
  std::shared_ptr<modules::Quarantine> quarantine_ = std::make_shared<modules::Quarantine>();
  std::shared_ptr<LogLines> lines_ = std::make_shared<LogLines>();
  notifyd::test::FakeEngine engine_;
  FakeHttp http_;
  std::unique_ptr<modules::Instance> instance_;
};

}  // namespace notifyd::test
