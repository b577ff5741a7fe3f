// When things go wrong around it: HTTP in every way, a daemon that stops, and company.
#include <array>

#include "bench.h"
#include "cases.h"

namespace conformance {
namespace {

using Entry = Bench::Entry;

std::vector<HttpAnswer> failures() {
  std::vector<HttpAnswer> all{not_answered(NOTIFY_HTTP_NOT_SENT),
                              not_answered(NOTIFY_HTTP_UNSURE),
                              not_answered(NOTIFY_HTTP_CANCELLED),
                              not_answered(77),  // of a host to come
                              status(200),
                              status(200, "{"),
                              status(200, "[[[[[[[[null]]]]]]]]"),
                              status(200, "{\"ok\":\"yes\",\"error\":[],\"ts\":{}}"),
                              status(200, std::string("\0\xFF\xFE<html>", 9)),
                              status(200, std::string(1'000'000, '[')),
                              status(429, "", {{"retry-after", "soon"}}),
                              status(429, "", {{"retry-after", "-99999999999999999999"}})};
  for (const std::uint32_t code :
       {0U, 100U, 204U, 301U, 400U, 401U, 403U, 404U, 408U, 413U, 429U, 500U, 503U, 999U}) {
    all.push_back(status(code, "no"));
  }
  return all;
}

void http_failures(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  if (bench.host().calls.empty()) throw Skipped("it makes no HTTP calls");
  for (const HttpAnswer& failure : failures()) {
    bench.host().respond = [&failure](const HttpCall&) { return std::optional(failure); };
    for (const std::uint32_t kind : bench.kinds()) {
      EventData data = bench.event(kind);
      data.key = "fails-with-" + std::to_string(failure.outcome) + std::to_string(failure.status);
      require_class(bench.ask(Entry::kDeliver, data), Bench::name(Entry::kDeliver, kind));
    }
    // What is limited shall be over by then.
    bench.host().advance(2 * 24 * 3'600'000ULL);
  }
}

// A minute less: rounding is nobody's fault.
void keeps_retry_after(const Target& target) {
  constexpr std::uint64_t kAsked = 1'800'000, kLeast = kAsked - 60'000;
  Bench bench(target);
  bench.start();
  bench.use();
  if (bench.host().calls.empty()) throw Skipped("it makes no HTTP calls");
  bench.host().respond = [](const HttpCall&) {
    return std::optional(
        status(429, R"({"ok":false,"error":"ratelimited"})", {{"retry-after", "1800"}}));
  };
  const std::size_t before = bench.host().calls.size();
  EventData data = bench.event(bench.kinds().front());
  data.key = "limited";
  const notify_ticket ticket = bench.begin(Entry::kDeliver, data);
  bench.wait(ticket, kLeast);
  if (bench.host().calls.size() == before) throw Skipped("deliver() makes no HTTP call");
  const HttpCall first = bench.host().calls.at(before);
  for (std::size_t i = before + 1; i < bench.host().calls.size(); ++i) {
    const HttpCall& again = bench.host().calls[i];
    require(again.url != first.url || again.at_ms >= first.at_ms + kLeast,
            "it calls again " + std::to_string(again.at_ms - first.at_ms) +
                " ms after a 429 with Retry-After: 1800");
  }
  if (!bench.host().answered(ticket)) return;  // it waits itself
  const Answered& answered = bench.host().answers.at(ticket);
  const std::uint64_t waits = answered.at_ms - first.at_ms + answered.answer.retry_after_ms;
  require(NOTIFY_CLASS(answered.answer.rc) == NOTIFY_RETRY && waits >= kLeast,
          "after a 429 with Retry-After: 1800 it answers to come again in " +
              std::to_string(answered.answer.retry_after_ms) + " ms");
}

// What waits for the far side when the daemon stops.
std::vector<notify_ticket> begin_many(Bench& bench, std::size_t n) {
  bench.host().respond = nullptr;
  std::vector<notify_ticket> tickets;
  const auto kinds = bench.kinds();
  for (std::size_t i = 0; i < n; ++i) {
    EventData data = bench.event(kinds[i % kinds.size()]);
    data.request.id = "many-" + std::to_string(i);
    tickets.push_back(bench.begin(Entry::kDeliver, data));
  }
  return tickets;
}

void hurries(const Target& target) {
  Bench bench(target);
  if (bench.table().abandon == nullptr) throw Skipped("it has no abandon()");
  bench.start();
  bench.use();
  const auto tickets = begin_many(bench, 8);
  doing("abandon()");
  for (const notify_ticket ticket : tickets) bench.instance().abandon(ticket);
  for (const notify_ticket ticket : tickets) bench.answer(ticket, "what was abandoned");
}

void hurries_once(const Target& target) {
  Bench bench(target);
  if (bench.table().abandon == nullptr) throw Skipped("it has no abandon()");
  bench.start();
  bench.use();
  const auto tickets = begin_many(bench, 8);
  doing("abandon()");
  for (const notify_ticket ticket : tickets) bench.instance().abandon(ticket);
  while (!bench.host().pending.empty()) bench.host().reply(status(200, R"({"ok":true})"));
  bench.host().run_until([] { return false; }, kPatienceMs);
  for (const notify_ticket ticket : tickets) {
    if (!bench.host().answered(ticket)) continue;
    require(bench.host().answers.at(ticket).times == 1,
            "a ticket was answered when it was abandoned, and again when the far side answered");
  }
}

void ends_under_load(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  begin_many(bench, 64);
  bench.destroy();
  require(bench.host().unanswered() == 0, "destroy() returned with " +
                                              std::to_string(bench.host().unanswered()) +
                                              " tickets that were never answered");
}

void two_instances(const Target& target) {
  Bench bench(target);
  bench.start();
  FakeHost other(bench.host().config);
  other.respond = bench.host().respond;
  doing("create() of a second instance");
  {
    Instance second(bench.table(), other);
    require(second.runs(), "create() refuses a second instance");
    bench.use();
    doing("destroy() of a second instance");
  }
  doing("deliver() of the first instance, when a second one is gone");
  bench.use();
  bench.destroy();
}

void two_generations(const Target& target) {
  skip_unless_it_can_go(target);
  const Copy copy(target.module);
  Bench old_one(target);
  old_one.start();
  old_one.use();
  Bench new_one({copy.path(), target.config});
  doing("create() of a new generation beside the old one");
  new_one.start();
  new_one.use();
  old_one.destroy();
  old_one.code().unmap();
  doing("deliver() of a new generation, when the old one is gone");
  new_one.use();
  new_one.destroy();
}

constexpr std::array kCases{
    Case{"http_failures", "whatever becomes of an HTTP call, the event is answered", http_failures},
    Case{"keeps_retry_after", "a 429's Retry-After is kept", keeps_retry_after},
    Case{"hurries", "what is abandoned is answered all the same", hurries},
    Case{"hurries_once", "and once, when the far side answers meanwhile", hurries_once},
    Case{"ends_under_load", "destroy() answers all that is open", ends_under_load},
    Case{"two_instances", "instances are independent of each other", two_instances},
    Case{"two_generations", "an old and a new copy work side by side", two_generations},
};

}  // namespace

std::span<const Case> trouble_cases() { return kCases; }

}  // namespace conformance
