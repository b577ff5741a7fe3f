// What a start costs in a cluster with many Access Requests.
//
//   catch_up_bench [PENDING [RESOLVED]]        default: 10000 50000
//
// restart: all pending ones were announced before and the resolved ones have their records; nothing
// is to be done, so this is what listing and comparing costs. backlog: nobody was ever told of the
// pending ones, and the channel takes one post a second, so nearly all of them wait.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "figures.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

using sim::AuthMethod;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kChannel[] = "#access-requests";
constexpr seconds kPatience{600};
constexpr std::size_t kPosts = 20;  // of a backlog, before it is looked at again

struct Size {
  std::size_t pending = 10'000, resolved = 50'000;  // one of each at the least
};

WorldOptions quiet(const std::string& pace) {
  WorldOptions options;
  options.slack_options = "pace = \"" + pace + "\"\nnotify_requester = false\n";
  options.log_severity = "info";
  options.digests = true;  // nobody makes that many here
  return options;
}

std::vector<std::string> create(World& world, std::size_t count) {
  std::vector<sim::NewRequest> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    all[i].user = "user-" + std::to_string(i % 1000) + "@example.com";
    all[i].roles = {"editor"};
    all[i].reason = "because of a good reason";
  }
  return world.cluster.create_requests(all);
}

long threads_of(const Process& daemon) {
  const std::filesystem::directory_iterator threads("/proc/" + std::to_string(daemon.pid()) +
                                                    "/task");
  return std::distance(begin(threads), end(threads));
}

long open_files(const Process& daemon) {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(daemon.pid()) + "/fd");
  return std::distance(begin(files), end(files));
}

double mebibytes(const Process& daemon, const std::string& key) {
  return static_cast<double>(memory_kib(daemon, key)) / 1024;
}

long ms_since(steady_clock::time_point start) {
  return static_cast<long>(
      std::chrono::duration_cast<milliseconds>(steady_clock::now() - start).count());
}

void print_process(const Process& daemon) {
  std::printf("  memory of its own %.1f MiB, resident %.1f MiB (peak %.1f MiB)\n",
              mebibytes(daemon, "RssAnon:"), mebibytes(daemon, "VmRSS:"),
              mebibytes(daemon, "VmHWM:"));
  std::printf("  %ld threads, %ld open files\n", threads_of(daemon), open_files(daemon));
}

struct Calls {
  explicit Calls(const World& w)
      : lists(w.auth.calls(AuthMethod::kListAccessRequests)),
        reads(w.auth.calls(AuthMethod::kGetPluginData)),
        writes(w.auth.calls(AuthMethod::kUpdatePluginData)),
        posts(w.messages(kChannel).size()),
        record_bytes(w.auth.traffic(AuthMethod::kGetPluginData).bytes_out),
        page_bytes(w.auth.traffic(AuthMethod::kListAccessRequests).bytes_out) {}
  std::size_t lists, reads, writes, posts, record_bytes, page_bytes;
};

void print_calls(const char* when, const Calls& from, const Calls& to) {
  std::printf("  %s: %zu list pages, %zu plugin-data reads, %zu writes, %zu posts\n", when,
              to.lists - from.lists, to.reads - from.reads, to.writes - from.writes,
              to.posts - from.posts);
}

// Where the time goes, as the Auth Service sees it.
struct Phases {
  double records_asked = 0, records_sent = 0, pages_began = 0;

  void look(const World& world, const Calls& before, double now) {
    const auto note = [now](double& when, bool happened) {
      if (when == 0 && happened) when = now;
    };
    const sim::AuthTraffic records = world.auth.traffic(AuthMethod::kGetPluginData);
    note(records_asked, records.calls > before.reads);
    note(records_sent, records.bytes_out > before.record_bytes);
    note(pages_began, world.auth.calls(AuthMethod::kListAccessRequests) > before.lists);
  }

  void print(const World& world, const Calls& before, double all) const {
    const double mib = 1 << 20;
    const auto sent = [&](AuthMethod method, std::size_t until_then) {
      return static_cast<double>(world.auth.traffic(method).bytes_out - until_then) / mib;
    };
    std::printf(
        "  to its first question %.2f s; records: %.2f s until Teleport has them together, "
        "%.2f s until they are read (%.0f MiB); pages: %.2f s (%.0f MiB)\n",
        records_asked, records_sent - records_asked, pages_began - records_sent,
        sent(AuthMethod::kGetPluginData, before.record_bytes), all - pages_began,
        sent(AuthMethod::kListAccessRequests, before.page_bytes));
  }
};

// Starts the daemon and waits until it follows.
Process& follow(World& world, const std::string& what) {
  const Calls before(world);
  const auto start = steady_clock::now();
  const auto now = [&] { return static_cast<double>(ms_since(start)) / 1000; };
  Process& daemon = world.start(false);
  Phases phases;
  const auto follows = [&] {
    phases.look(world, before, now());
    return !daemon.running() || daemon.err().find("following Access Requests") != std::string::npos;
  };
  if (!wait_until(follows, kPatience) || !daemon.running()) {
    throw std::runtime_error("the daemon does not follow:\n" + daemon.err());
  }
  const double all = now();
  std::printf("%s: follows after %.2f s, %.2f s of processor time\n", what.c_str(), all,
              cpu_seconds(daemon));
  phases.print(world, before, all);
  print_calls("until then", before, Calls(world));
  print_process(daemon);
  return daemon;
}

// Has one request announced, and one that ended told; all others are seeded as copies of the two.
void seed(World& world, const Size& size) {
  world.start();
  const auto entry = [&](const std::string& id) { return world.cluster.entry(id, "slack"); };
  const std::string pending = create(world, 1).front();
  const std::string ended = create(world, 1).front();
  const auto until = [](const auto& told) {
    if (!wait_until(told, seconds(60))) throw std::runtime_error("they were not told");
  };
  until([&] { return entry(ended).contains("messages"); });  // else its end is nobody's news
  world.resolve(ended, true);
  until([&] { return entry(pending).contains("messages") && entry(ended).contains("resolution"); });
  world.terminate();  // all is on record then
  const auto record = entry(pending);
  for (const std::string& id : create(world, size.pending - 1)) {
    const auto written =
        world.cluster.update_plugin_data({"access_request", id, "slack", record, {}});
    if (!written.ok()) throw std::runtime_error(written.error().message);
  }
  const auto archived = world.cluster.archive(size.resolved, ended);
  if (!archived.ok()) throw std::runtime_error(archived.error().message);
  world.cluster.clear_journal();
}

void restart(const Size& size) {
  World world(quiet("obey"));
  const auto start = steady_clock::now();
  seed(world, size);
  std::printf("set up within %ld ms\n", ms_since(start));
  Process& daemon = follow(world, "restart with " + std::to_string(size.pending) + " pending and " +
                                      std::to_string(size.resolved) + " resolved");
  const Calls before(world);
  const auto asked = steady_clock::now();
  world.request();
  if (!wait_until([&] { return Calls(world).posts > before.posts; }, seconds(60))) return;
  std::printf("  a new request is announced after %ld ms\n", ms_since(asked));
  print_process(daemon);
}

void backlog(const Size& size) {
  World world(quiet("published"));
  create(world, size.pending);
  const Calls before(world);
  follow(world, "first start with a backlog of " + std::to_string(size.pending));
  const auto start = steady_clock::now();
  wait_until([&] { return Calls(world).posts >= before.posts + kPosts; }, 2 * seconds(kPosts));
  std::printf("  %ld s later, at a post a second:\n", ms_since(start) / 1000);
  print_calls("until then", before, Calls(world));
  print_process(world.daemon());
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
  size.pending = std::max<std::size_t>(size.pending, 1);
  notifyd::test::restart(size);
  notifyd::test::backlog(size);
  return 0;
}
