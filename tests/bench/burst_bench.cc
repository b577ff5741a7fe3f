// What a burst of Access Requests costs.
//
// All come at once, are announced and then approved, and Slack answers at once. Besides, what the
// daemon holds when it has nothing to do.
//
//   burst_bench [--requests N] [--channels N] [--program PATH --modules DIR]
//
// The last two measure another build of the daemon under the same load: run them in turn, A B A B,
// on a machine that does nothing else, and compare the ratios.

#include <CLI/CLI.hpp>

#include "figures.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

using std::chrono::steady_clock;

struct Load {
  std::size_t requests = 2'000, channels = 1;
};

std::string channel(std::size_t i) { return "burst-" + std::to_string(i); }
std::string role(std::size_t i) { return "role-" + std::to_string(i); }

WorldOptions options_for(const Load& load) {
  WorldOptions options;
  options.slack_options = "pace = \"obey\"\nnotify_requester = false\n";
  options.log_severity = "warn";
  options.digests = true;  // an older build has no such option, and nobody makes that many here
  for (std::size_t i = 0; i < load.channels; ++i) {
    options.roles += "\"" + role(i) + "\" = [\"#" + channel(i) + "\"]\n";
  }
  return options;
}

// How far a burst has got, and what it took.
class Burst {
 public:
  Burst(const char* what, std::size_t requests, const Process& daemon)
      : what_(what), requests_(requests), daemon_(daemon), cpu_(cpu_seconds(daemon)) {}

  void print() const {
    const std::chrono::duration<double> took = steady_clock::now() - start_;
    const double each = (cpu_seconds(daemon_) - cpu_) * 1000 / static_cast<double>(requests_);
    std::printf("%-10s %6.2f s  %5.0f/s  %.3f ms CPU each\n", what_, took.count(),
                static_cast<double>(requests_) / took.count(), each);
  }

 private:
  const char* what_;
  const std::size_t requests_;
  const Process& daemon_;
  const double cpu_;
  const steady_clock::time_point start_ = steady_clock::now();
};

void wait_for(World& world, int posts, int edits) {
  const auto done = [&] {
    auto calls = world.workspace.counters();
    return calls["chat.postMessage"].ok >= posts && calls["chat.update"].ok >= edits;
  };
  if (!wait_until(done, std::chrono::seconds(300))) throw std::runtime_error("it did not end");
}

void measure(const Load& load, const std::string& program, const std::string& modules) {
  WorldOptions options = options_for(load);
  if (!program.empty()) options.program = program;
  if (!modules.empty()) options.modules_dir = modules;
  World world(options);
  for (std::size_t i = 0; i < load.channels; ++i) world.workspace.add_channel(channel(i));
  Process& daemon = world.start(false);
  wait_until([&] { return world.auth.calls(sim::AuthMethod::kListAccessRequests) > 0; },
             std::chrono::seconds(30));
  std::printf("at rest    %ld KiB anonymous, %ld KiB resident\n", memory_kib(daemon, "RssAnon:"),
              memory_kib(daemon, "VmRSS:"));
  std::vector<std::string> ids;
  const Burst announcing("announced", load.requests, daemon);
  for (std::size_t i = 0; i < load.requests; ++i) {
    ids.push_back(world.request([&](sim::NewRequest& what) {
      what.user = "user-" + std::to_string(i % 1000) + "@example.com";
      what.roles = {role(i % load.channels)};
    }));
  }
  const int count = static_cast<int>(load.requests);
  wait_for(world, count, 0);
  announcing.print();
  const Burst resolving("approved", load.requests, daemon);
  for (const std::string& id : ids) world.resolve(id, true);
  wait_for(world, count, count);
  resolving.print();
  std::printf("peak       %ld KiB resident\n", memory_kib(daemon, "VmHWM:"));
  world.terminate();
}

}  // namespace
}  // namespace notifyd::test

int main(int argc, char** argv) {
  notifyd::test::Load load;
  std::string program;
  std::string modules;
  CLI::App app("What a burst of Access Requests costs");
  app.add_option("--requests", load.requests, "how many at once");
  app.add_option("--channels", load.channels, "how many channels they are for");
  app.add_option("--program", program, "another build of teleport-notifyd");
  app.add_option("--modules", modules, "and its modules");
  CLI11_PARSE(app, argc, argv);
  notifyd::test::measure(load, program, modules);
  return 0;
}
