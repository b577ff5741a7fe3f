// What reloads cost, and what is left of them.
//
//   reload_bench [RELOADS [REQUESTS_BETWEEN_TWO]]        default: 10000 1
//
// Two builds of the Slack module take turns while requests come in. In the end every request has
// one message; memory, threads, descriptors and maps are those of the beginning.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ops/control_socket.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

namespace fs = std::filesystem;

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kChannel[] = "#access-requests";
constexpr std::size_t kWarmUp = 100;

WorldOptions quiet() {
  WorldOptions options;
  options.slack_options = "pace = \"obey\"\nnotify_requester = false\n";
  options.log_severity = "info";
  return options;
}

class Bench {
 public:
  Bench() {
    fs::create_directories(world_.path("modules"));
    std::ifstream file(fs::path(NOTIFYD_MODULES_DIR) / "libnotify_slack.so", std::ios::binary);
    builds_[0].assign(std::istreambuf_iterator<char>(file), {});
    builds_[1] = builds_[0] + "another build";
    put(0);
    std::ifstream host(world_.path("notifyd.toml"));
    std::string text(std::istreambuf_iterator<char>(host), {});
    const std::string before = NOTIFYD_MODULES_DIR;
    text.replace(text.find(before), before.size(), world_.path("modules"));
    world_.dir().write("notifyd.toml", text);
    world_.start();
  }

  void unchanged() {
    std::vector<double> times;
    for (int i = 0; i < 50; ++i) times.push_back(reload());
    std::sort(times.begin(), times.end());
    std::printf("a reload that changes nothing: median %.1f ms, longest %.1f ms\n",
                times[times.size() / 2], times.back());
  }

  void alternating(std::size_t reloads, std::size_t requests) {
    std::vector<double> times;
    std::size_t asked = 0;
    std::string after_warm_up;
    for (std::size_t i = 0; i < reloads; ++i) {
      for (std::size_t j = 0; j < requests; ++j, ++asked) world_.request();
      put((i + 1) % 2);
      times.push_back(reload());
      if (i == std::min(kWarmUp, reloads - 1)) after_warm_up = size();
    }
    std::sort(times.begin(), times.end());
    std::printf("%zu reloads with another module: median %.1f ms, longest %.1f ms\n", reloads,
                times[times.size() / 2], times.back());
    const bool all =
        world_.eventually([&] { return world_.messages(kChannel).size() >= asked; }, seconds(120));
    const std::size_t shown = world_.messages(kChannel).size();
    std::printf("%zu requests, %zu messages: lost %zu, doubled %zu%s\n", asked, shown,
                asked - std::min(asked, shown), shown - std::min(asked, shown),
                all ? "" : " (not all in time)");
    std::printf("after %zu: %s\nat the end: %s\n", std::min(kWarmUp, reloads),
                after_warm_up.c_str(), size().c_str());
  }

 private:
  void put(std::size_t build) const {
    std::ofstream(world_.path("modules/libnotify_slack.so"), std::ios::binary) << builds_[build];
    fs::permissions(world_.path("modules/libnotify_slack.so"), fs::perms(0755));
  }

  double reload() const {
    const auto before = steady_clock::now();
    const auto answer = ops::ask_daemon(world_.path("run/control.sock"), "reload", seconds(60));
    if (!answer || answer->find("\"good\":true") == std::string::npos) {
      std::printf("a reload failed: %s\n",
                  answer ? answer->c_str() : answer.error().message.c_str());
      std::exit(1);
    }
    return std::chrono::duration<double, std::milli>(steady_clock::now() - before).count();
  }

  std::string proc(const std::string& name) const {
    return "/proc/" + std::to_string(const_cast<World&>(world_).daemon().pid()) + "/" + name;
  }
  std::string size() const {
    std::ifstream status(proc("status"));
    long memory = 0;
    long threads = 0;
    for (std::string word; status >> word;) {
      if (word == "VmRSS:") status >> memory;
      if (word == "Threads:") status >> threads;
    }
    std::ifstream maps(proc("maps"));
    const auto lines = std::count(std::istreambuf_iterator<char>(maps), {}, '\n');
    const auto files = std::distance(fs::directory_iterator(proc("fd")), fs::directory_iterator());
    return std::to_string(memory / 1024) + " MiB, " + std::to_string(threads) + " threads, " +
           std::to_string(files) + " descriptors, " + std::to_string(lines) + " maps";
  }

  World world_{quiet()};
  std::string builds_[2];
};

std::size_t number(const char* text, std::size_t fallback) {
  std::size_t value = fallback;
  const std::string_view view = text;
  std::from_chars(view.data(), view.data() + view.size(), value);
  return value;
}

int measure(int argc, char** argv) {
  Bench bench;
  bench.unchanged();
  bench.alternating(argc > 1 ? number(argv[1], 10'000) : 10'000, argc > 2 ? number(argv[2], 1) : 1);
  return 0;
}

}  // namespace
}  // namespace notifyd::test

int main(int argc, char** argv) { return notifyd::test::measure(argc, argv); }
