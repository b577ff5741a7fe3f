// From the file to the first answers. Most of these are gates.
#include <array>

#include "bench.h"
#include "cases.h"

namespace conformance {
namespace {

void file(const Target& target) {
  const std::string fault = fault_of_file(target.module);
  require(fault.empty(), fault);
}

void loads(const Target& target) {
  const Code code(target.module);
  read_table_of(target.module, code.table());
}

void unloads(const Target& target) {
  Code code(target.module);
  code.unmap();
  require(!code.still_mapped(), "it stays mapped after dlclose()");
}

void unknown_extension(const Target& target) {
  const Code code(target.module);
  if (code.table().extension == nullptr) throw Skipped("it has no extension()");
  doing("extension()");
  for (const char* id : {"org.example.nobody-has-this/1", ""}) {
    require(code.table().extension(id) == nullptr,
            "extension(\"" + std::string(id) + "\") gives what it cannot know");
  }
}

void starts(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.destroy();
}

void starts_offline(const Target& target) {
  Bench bench(target);
  bench.start();
  require(bench.host().calls.empty(), "create() calls the network; check() is there for that");
}

// `option`: the one that has no value, "" for all.
void start_without(const Target& target, const std::string& option, notify_rc rc) {
  Bench bench(target);
  bench.host().refuse_config = [&](const std::string& asked) -> std::optional<notify_rc> {
    if (option.empty() || asked == option) return rc;
    return std::nullopt;
  };
  try {
    bench.start();
  } catch (const Failed&) {
    require(bench.host().logged(NOTIFY_LOG_ERROR, "") > 0,
            "create() refuses and logs no line at NOTIFY_LOG_ERROR that says why");
    return;
  }
  bench.destroy();
}

// The daemon calls create() also when it has found faults itself, so that all are said at once:
// then what is wrong is not set, required or not.
void refuses_with_words(const Target& target) {
  std::vector<std::string> options{""};
  const Bench bench(target);
  for (const auto& option : bench.info().options) options.push_back(option.name);
  for (const std::string& option : options) {
    for (const notify_rc rc : {NOTIFY_DROP, NOTIFY_RETRY}) start_without(target, option, rc);
  }
}

void delivers(const Target& target) {
  Bench bench(target);
  bench.start();
  bench.use();
  for (const auto& [ticket, answered] : bench.host().answers) require_class(answered, "a ticket");
  bench.destroy();
}

constexpr std::array kCases{
    Case{"file", "the daemon would map the file", file, true},
    Case{"loads", "it can be loaded and its table is right", loads, true},
    Case{"unloads", "it is gone after dlclose()", unloads},
    Case{"unknown_extension", "extension() gives NULL for what it does not know",
         unknown_extension},
    Case{"starts", "create() and destroy() work, with a host that has no extensions", starts, true},
    Case{"starts_offline", "create() makes no HTTP call", starts_offline},
    Case{"refuses_with_words", "whatever is not set, create() works or says what to mend",
         refuses_with_words},
    Case{"delivers", "each kind of event is answered", delivers, true},
};

}  // namespace

std::span<const Case> start_cases() { return kCases; }

}  // namespace conformance
