// Whether it reads what it may, and for as long as it may. Each struct and text ends right before
// memory that nobody may touch, in the size of each release of the ABI.
#include <array>

#include "bench.h"
#include "cases.h"

namespace conformance {
namespace {

using Entry = Bench::Entry;

void let_go_by(Bench& bench) {
  bench.host().run_until([] { return false; }, kPatienceMs);
}

void use_guarded(const Target& target, const BenchOptions& options) {
  Bench bench(target, options);
  bench.start();
  bench.use();
  if (bench.table().find != nullptr) {
    // Whether it is answered is another question.
    for (const std::uint32_t kind : bench.kinds()) bench.begin(Entry::kFind, bench.event(kind));
  }
  let_go_by(bench);
  bench.destroy();
}

void reads_host(const Target& target) {
  for (const Shape& shape : kShapes) {
    BenchOptions options;
    options.shape = shape;
    options.host = Guard::kBehind;
    use_guarded(target, options);
  }
}

void reads_events(const Target& target) {
  for (const Shape& shape : kShapes) {
    BenchOptions options;
    options.shape = shape;
    options.structs = Guard::kBehind;
    use_guarded(target, options);
  }
}

void reads_texts(const Target& target) {
  BenchOptions options;
  options.texts = Guard::kBehind;
  use_guarded(target, options);
}

void borrows_config(const Target& target) {
  Bench bench(target);
  bench.host().takes_config_back = true;
  bench.start();
  bench.use();
  bench.destroy();
}

void borrows_events(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  for (const std::uint32_t kind : bench.kinds()) {
    const notify_ticket ticket = bench.begin(Entry::kDeliver, bench.event(kind));
    bench.answer(ticket, Bench::name(Entry::kDeliver, kind));
    doing("what comes after " + Bench::name(Entry::kDeliver, kind) + " was answered");
    bench.event_of(ticket).forbid();
    let_go_by(bench);
  }
  bench.destroy();
}

void borrows_http_answers(const Target& target) {
  Bench bench(target);
  bench.host().takes_answers_back = true;
  bench.start();
  bench.use();
  if (bench.host().calls.empty()) throw Skipped("it makes no HTTP calls");
  doing("what comes after an HTTP answer");
  let_go_by(bench);
  bench.destroy();
}

constexpr std::array kCases{
    Case{"reads_host", "it reads no further in notify_host than that goes, in any release",
         reads_host},
    Case{"reads_events", "nor in an event, in any release", reads_events},
    Case{"reads_texts", "nor past the end of a text", reads_texts},
    Case{"borrows_config", "it looks at no option's value after it has asked again",
         borrows_config},
    Case{"borrows_events", "nor at an event after it has answered", borrows_events},
    Case{"borrows_http_answers", "nor at an HTTP answer after the callback", borrows_http_answers},
};

}  // namespace

std::span<const Case> memory_cases() { return kCases; }

}  // namespace conformance
