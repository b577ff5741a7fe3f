// Answers: once, in time, within the bounds, and nothing in them that must not be.
#include <array>

#include "bench.h"
#include "cases.h"

namespace conformance {
namespace {

using Entry = Bench::Entry;

// Until nothing more can come of what was begun.
void let_go_by(Bench& bench) {
  bench.host().run_until([] { return false; }, kPatienceMs);
}

void answers_once(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  let_go_by(bench);
  bench.destroy();
  for (const auto& [ticket, answered] : bench.host().answers) {
    require(answered.times == 1, "a ticket was answered " + std::to_string(answered.times) +
                                     " times; each is answered once");
  }
}

void answers_fit(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  for (const auto& [ticket, answered] : bench.host().answers) {
    require(answered.misuse.empty(), "an answer is out of bounds: " + answered.misuse);
  }
}

void checks(const Target& target) {
  Bench bench(target);
  if (bench.table().check == nullptr) throw Skipped("it has no check()");
  bench.start();
  require_class(bench.ask(Entry::kCheck, {}), "check()");
}

void finds(const Target& target) {
  Bench bench(target);
  if (bench.table().find == nullptr) throw Skipped("it has no find()");
  bench.start();
  bench.use();
  for (const std::uint32_t kind : bench.kinds()) {
    for (const bool knows_review : {true, false}) {
      EventData data = bench.event(kind);
      data.knows_review = knows_review;
      data.attempt = 1;
      require_class(bench.ask(Entry::kFind, data), Bench::name(Entry::kFind, kind));
    }
  }
}

void takes_receipts_back(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  std::string receipt;
  for (int round = 0; round < 3; ++round) {
    for (const std::uint32_t kind : bench.kinds()) {
      if (kind == NOTIFY_GIVEN_UP || kind == NOTIFY_REQUESTS_DIGEST) continue;
      EventData data = bench.event(kind);
      data.receipt = receipt;
      const Answered answered = bench.ask(Entry::kDeliver, data);
      require_class(answered, Bench::name(Entry::kDeliver, kind));
      if (!answered.answer.receipt.empty()) receipt = answered.answer.receipt;
    }
  }
}

void foreign_receipt(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  const std::string long_one(4096, '9');
  for (const std::string& receipt :
       {std::string("C0000000001/1700000001.000100"), std::string("{\"v\":1"), std::string("-1"),
        std::string("\xFF\xFE"), std::string("a\0b", 3), long_one}) {
    for (const std::uint32_t kind : bench.kinds()) {
      EventData data = bench.event(kind);
      data.receipt = receipt;
      require_class(bench.ask(Entry::kDeliver, data), Bench::name(Entry::kDeliver, kind));
    }
  }
}

void unknown_kind(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  for (const std::uint32_t kind : {0U, 9U, 40U, 63U, 4'000'000'000U}) {
    EventData data = bench.event(NOTIFY_REQUEST_PENDING);
    data.kind = kind;
    require_class(bench.ask(Entry::kDeliver, data), "deliver() of kind " + std::to_string(kind));
  }
}

void bare_request(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  for (const std::uint32_t kind : bench.kinds()) {
    EventData data = bench.event(kind);
    data.request = RequestData::bare();
    require_class(bench.ask(Entry::kRoute, data), "route()");
    require_class(bench.ask(Entry::kDeliver, data), Bench::name(Entry::kDeliver, kind));
  }
}

void hostile_request(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  for (const std::uint32_t kind : bench.kinds()) {
    EventData data = bench.event(kind);
    data.request = RequestData::hostile();
    data.lost = data.lost_why = data.label = data.request.reason;
    require_class(bench.ask(Entry::kRoute, data), "route()");
    require_class(bench.ask(Entry::kDeliver, data), Bench::name(Entry::kDeliver, kind));
  }
}

std::optional<std::string> leak_of(const FakeHost& host, const std::string& secret) {
  if (host.mentions(secret)) return "a log line or a detail";
  for (const auto& [ticket, answered] : host.answers) {
    const notify::Answer& a = answered.answer;
    if ((a.receipt + a.message).find(secret) != std::string::npos) return "a receipt or a message";
  }
  for (const HttpCall& call : host.calls) {
    const std::size_t query = call.url.find('?');
    if (query != std::string::npos && call.url.find(secret, query) != std::string::npos) {
      return "the query of an address";
    }
  }
  return std::nullopt;
}

void keeps_secrets(const Target& target) {
  Bench bench(target);
  if (bench.host().config.secrets.empty()) throw Skipped("it has no secrets, or was given none");
  bench.start();
  for (const std::uint32_t code : {200U, 401U, 404U, 500U}) {
    bench.host().respond = [code](const HttpCall&) { return std::optional(status(code, "no")); };
    bench.use();
  }
  for (const std::string& name : bench.host().config.secrets) {
    const auto leak = leak_of(bench.host(), bench.host().config.options.at(name).front());
    require(!leak, "the value of " + name + " is in " + leak.value_or(""));
  }
}

constexpr std::array kCases{
    Case{"answers_once", "each ticket is answered once, however long one waits", answers_once},
    Case{"answers_fit", "receipts, names and recipients are within the bounds of abi.h",
         answers_fit},
    Case{"checks", "check() is answered", checks},
    Case{"finds", "find() is answered, also where the review is not known any more", finds},
    Case{"takes_receipts_back", "its receipts work with later events", takes_receipts_back},
    Case{"foreign_receipt", "receipts that it did not write do no harm", foreign_receipt},
    Case{"unknown_kind", "a kind that it does not want does no harm", unknown_kind},
    Case{"bare_request", "a request of which little is known does no harm", bare_request},
    Case{"hostile_request", "neither size nor content of a request do any harm", hostile_request},
    Case{"keeps_secrets", "no secret is logged, answered or in an address", keeps_secrets},
};

}  // namespace

std::span<const Case> answer_cases() { return kCases; }

}  // namespace conformance
