// FakeNotifier: a module instance as a table of functions. It remembers what it was asked and
// answers what the test says, at once or when the test says so.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "module/notifier.h"

namespace notifyd::test {

class FakeNotifier : public modules::Notifier {
 public:
  using Handler = std::function<modules::Answer(const modules::Event&)>;

  explicit FakeNotifier(std::string name = "slack") : name_(std::move(name)) {}

  // What the test sets.
  std::vector<model::Recipient> recipients{{"C1", "#approvals", model::Audience::kReviewer}};
  Handler on_route, on_deliver, on_find;  // unset: OK, with receipts "<recipient>/<n>"
  bool finds = true;
  bool digests = true;
  bool hold = false;            // deliveries wait until release()
  bool hold_routes = false;     // likewise
  bool secret_touched = false;  // a file that holds a secret was written

  // What happened: "deliver announce C1", in order.
  std::vector<std::string> calls;
  std::vector<modules::Event> events;

  std::size_t held() const { return held_.size(); }
  void release_one() {
    auto [answer, reply] = std::move(held_.front());
    held_.pop_front();
    reply(answer);
  }
  void release() {
    hold = false;
    for (auto held = std::exchange(held_, {}); auto& [answer, reply] : held) reply(answer);
  }

  // ---- Notifier ----
  const std::string& name() const override { return name_; }
  bool wants(const model::Step&) const override { return true; }
  bool can_find() const override { return finds; }
  bool wants_digests() const override { return digests; }

  notify::Task<modules::Answer> route(modules::Event event) override {
    note("route", event);
    if (on_route) co_return on_route(event);
    modules::Answer answer;
    answer.recipients = recipients;
    if (!hold_routes) co_return answer;
    notify::Reply<modules::Answer> reply;
    held_.emplace_back(std::move(answer), reply.to());
    modules::Answer late = co_await reply;
    co_return late;
  }

  notify::Task<modules::Answer> deliver(modules::Event event) override {
    note("deliver", event);
    modules::Answer answer = on_deliver ? on_deliver(event) : delivered(event);
    if (!hold) co_return answer;
    notify::Reply<modules::Answer> reply;
    held_.emplace_back(std::move(answer), reply.to());
    modules::Answer late = co_await reply;
    co_return late;
  }

  notify::Task<modules::Answer> find(modules::Event event) override {
    note("find", event);
    if (on_find) co_return on_find(event);
    modules::Answer answer;
    answer.rc = NOTIFY_OK_SKIPPED;
    co_return answer;
  }

  bool secrets_changed() override { return std::exchange(secret_touched, false); }

  notify::Task<modules::Answer> check() override { co_return modules::Answer{}; }

  modules::Answer delivered(const modules::Event& event) {
    modules::Answer answer;
    answer.message = event.recipient.id + "/17." + std::to_string(++messages_);
    answer.receipt = answer.message;
    if (event.step.kind != model::Step::Kind::kAnnounce) answer.message.clear();
    return answer;
  }

  static modules::Answer failing(notify_rc rc, std::string detail = "because the test says so") {
    modules::Answer answer;
    answer.rc = rc;
    answer.detail = std::move(detail);
    return answer;
  }

  std::size_t count(const std::string& call) const {
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
  }

 private:
  void note(const std::string& what, const modules::Event& event) {
    const auto step = event.key.rfind('/');
    calls.push_back(what == "route"
                        ? what
                        : what + " " + event.key.substr(step + 1) + " " + event.recipient.id);
    events.push_back(event);
  }

  std::string name_;
  unsigned messages_ = 0;
  std::deque<std::pair<modules::Answer, std::function<void(modules::Answer)>>> held_;
};

}  // namespace notifyd::test
