// What a start costs in a cluster with many Access Requests.
//
//   catch_up_bench [PENDING [RESOLVED]]        default: 10000 50000
//
// restart: all pending ones were announced before and the resolved ones have their records; nothing
// is to be done, so this is what listing and comparing costs. backlog: nobody was ever told of the
// pending ones, and the channel takes one post a second, so nearly all of them wait.

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/world.h"

namespace notifyd::test {
namespace {

using sim::AuthMethod;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kChannel[] = "#access-requests";

struct Size {
  std::size_t pending = 10'000, resolved = 50'000;
};

WorldOptions quiet(const std::string& pace) {
  WorldOptions options;
  options.slack_options = "pace = \"" + pace + "\"\nnotify_requester = false\n";
  options.log_severity = "info";
  options.digests = true;  // nobody makes that many here
  return options;
}

std::vector<std::string> create(World& world, std::size_t count) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(world.request([i](sim::NewRequest& what) {
      what.user = "user-" + std::to_string(i % 1000) + "@example.com";
    }));
  }
  return ids;
}

// "VmRSS:" in MiB, "Threads:" as it is.
long status_of(const Process& daemon, const std::string& key) {
  std::ifstream status("/proc/" + std::to_string(daemon.pid()) + "/status");
  for (std::string word; status >> word;) {
    long value = 0;
    if (word == key && status >> value) return key.starts_with("Vm") ? value / 1024 : value;
  }
  return 0;
}

long open_files(const Process& daemon) {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(daemon.pid()) + "/fd");
  return std::distance(begin(files), end(files));
}

long ms_since(steady_clock::time_point start) {
  return static_cast<long>(
      std::chrono::duration_cast<milliseconds>(steady_clock::now() - start).count());
}

void print_process(const Process& daemon) {
  std::printf("  memory %ld MiB (peak %ld MiB), %ld threads, %ld open files\n",
              status_of(daemon, "VmRSS:"), status_of(daemon, "VmHWM:"),
              status_of(daemon, "Threads:"), open_files(daemon));
}

struct Calls {
  explicit Calls(const World& w)
      : lists(w.auth.calls(AuthMethod::kListAccessRequests)),
        reads(w.auth.calls(AuthMethod::kGetPluginData)),
        writes(w.auth.calls(AuthMethod::kUpdatePluginData)),
        posts(w.messages(kChannel).size()) {}
  std::size_t lists, reads, writes, posts;
};

void print_calls(const char* when, const Calls& from, const Calls& to) {
  std::printf("  %s: %zu list pages, %zu plugin-data reads, %zu writes, %zu posts\n", when,
              to.lists - from.lists, to.reads - from.reads, to.writes - from.writes,
              to.posts - from.posts);
}

// The record of a request at its end, as the daemon wrote it, for all those that ended before.
void add_resolved(World& world, std::size_t count) {
  const std::string model = world.request();
  world.resolve(model, true);
  const auto told = [&] {
    const auto entry = world.cluster.entry(model, "slack");
    return entry.contains("resolution") || entry.empty();
  };
  if (!wait_until(told, seconds(60))) throw std::runtime_error("the model request was not told");
  const auto record = world.cluster.entry(model, "slack");
  for (std::size_t i = 0; i < count; ++i) {
    const std::string id =
        world.request([](sim::NewRequest& what) { what.state = ::types::APPROVED; });
    const auto written =
        world.cluster.update_plugin_data({"access_request", id, "slack", record, {}});
    if (!written.ok()) throw std::runtime_error(written.error().message);
  }
}

void restart(const Size& size) {
  World world(quiet("obey"));
  world.start();
  const auto first = create(world, size.pending);
  const auto announced = [&] { return world.messages(kChannel).size() >= first.size(); };
  if (!wait_until(announced, seconds(600))) throw std::runtime_error("not all were announced");
  add_resolved(world, size.resolved);
  world.terminate();
  const Calls before(world);
  const auto start = steady_clock::now();
  Process& daemon = world.start(false);
  world.wait_ready(daemon, seconds(300));
  std::printf("restart with %zu pending and %zu resolved: follows after %ld ms\n", size.pending,
              size.resolved, ms_since(start));
  print_calls("until then", before, Calls(world));
  const auto asked = steady_clock::now();
  const std::string id = world.request();
  if (!wait_until([&] { return Calls(world).posts > before.posts; }, seconds(60))) return;
  std::printf("  a new request is announced after %ld ms\n", ms_since(asked));
  print_process(daemon);
}

void backlog(const Size& size) {
  World world(quiet("published"));
  create(world, size.pending);
  const Calls before(world);
  const auto start = steady_clock::now();
  Process& daemon = world.start(false);
  world.wait_ready(daemon, seconds(300));
  std::printf("first start with a backlog of %zu: follows after %ld ms\n", size.pending,
              ms_since(start));
  wait_until([&] { return Calls(world).posts >= before.posts + 60; }, seconds(120));
  std::printf("  %ld s later, at a post a second:\n", ms_since(start) / 1000);
  print_calls("until then", before, Calls(world));
  print_process(daemon);
  const auto stop = steady_clock::now();
  world.terminate();
  std::printf("  stops within %ld ms\n", ms_since(stop));
}

std::size_t number(const char* text, std::size_t fallback) {
  std::size_t value = fallback;
  std::from_chars(text, text + std::char_traits<char>::length(text), value);
  return value;
}

}  // namespace
}  // namespace notifyd::test

int main(int argc, char** argv) {
  notifyd::test::Size size;
  if (argc > 1) size.pending = notifyd::test::number(argv[1], size.pending);
  if (argc > 2) size.resolved = notifyd::test::number(argv[2], size.resolved);
  notifyd::test::restart(size);
  notifyd::test::backlog(size);
  return 0;
}
