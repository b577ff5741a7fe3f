// Whether an Access Request costs more where there is more of everything.
//
//   slope_bench [--events N]
//
// What one announcement costs while few and many requests wait to be announced elsewhere, with few
// and many roles in the configuration, and with few and many recipients of its own. The slope is
// the largest figure beside the smallest: 1 says that nothing grows.

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "figures.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

using std::chrono::steady_clock;

constexpr char kWaitingRole[] = "waiting";
constexpr std::chrono::seconds kPatience{300};

std::string channel(std::size_t i) { return "channel-" + std::to_string(i); }
std::string role(std::size_t i) { return "measured-" + std::to_string(i); }

// One setting of what is varied.
struct Setting {
  std::size_t waiting = 0;  // requests that a channel of one post a second holds up
  std::size_t roles = 0;    // that no request is for
  std::size_t recipients = 1;
};

struct Cost {
  double cpu_us = 0, wall_us = 0;  // of one message
};

// The channels that request `i` is announced in. Of one with a single recipient nobody else's are,
// so that no pace adds to what it takes.
std::vector<std::string> channels_of(const Setting& setting, std::size_t i) {
  if (setting.recipients == 1) return {channel(i)};
  std::vector<std::string> channels;
  for (std::size_t c = 0; c < setting.recipients; ++c) channels.push_back(channel(c));
  return channels;
}

std::string roles_for(const Setting& setting, std::size_t events) {
  std::string lines =
      std::string(kWaitingRole) + " = [\"#prod\"]\n\"*\" = [\"#access-requests\"]\n";
  for (std::size_t i = 0; i <= events; ++i) {
    std::string list;
    for (const std::string& name : channels_of(setting, i)) {
      list += (list.empty() ? "\"#" : ", \"#") + name + '"';
    }
    lines += role(i) + " = [" + list + "]\n";
  }
  for (std::size_t i = 0; i < setting.roles; ++i) {
    lines += 'r' + std::to_string(i) + "=[\"#prod\"]\n";
  }
  return lines;
}

WorldOptions options_for(const Setting& setting, std::size_t events) {
  WorldOptions options;
  options.slack_options = std::string("pace = \"") + (setting.waiting > 0 ? "published" : "obey") +
                          "\"\nnotify_requester = false\n";
  options.log_severity = "warn";
  options.roles = roles_for(setting, events);
  return options;
}

sim::NewRequest request_of(std::size_t i, const std::string& for_role) {
  sim::NewRequest what;
  what.user = "user-" + std::to_string(i % 1000) + "@example.com";
  what.roles = {for_role};
  what.reason = "because of a good reason";
  return what;
}

void let_wait(World& world, std::size_t count) {
  std::vector<sim::NewRequest> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(request_of(i, kWaitingRole));
  world.cluster.create_requests(all);
}

// Request `i` comes, and is announced everywhere.
void announce(World& world, const Setting& setting, std::size_t i) {
  const std::vector<std::string> channels = channels_of(setting, i);
  const std::size_t before = world.messages('#' + channels.front()).size();
  const auto posted = [&] {
    return std::ranges::all_of(channels, [&](const std::string& name) {
      return world.messages('#' + name).size() > before;
    });
  };
  world.cluster.create_request(request_of(i, role(i)));
  if (!world.eventually(posted, kPatience)) {
    throw std::runtime_error("it was not announced:\n" + world.daemon().err());
  }
}

// What the daemon spends in a microsecond while nothing happens but what waits; once it has seen to
// all that was there.
double idle_us_per_us(const Process& daemon) {
  constexpr std::chrono::seconds kLook{2};
  constexpr double kQuiet = 0.05;
  const auto end = steady_clock::now() + kPatience;
  for (;;) {
    const double before = cpu_us(daemon);
    std::this_thread::sleep_for(kLook);
    const double spent =
        (cpu_us(daemon) - before) / std::chrono::duration<double, std::micro>(kLook).count();
    if (spent < kQuiet) return spent;
    if (steady_clock::now() > end) throw std::runtime_error("it does not come to rest");
  }
}

// The mean of `events` requests that come one after the other.
Cost measure(const Setting& setting, std::size_t events) {
  World world(options_for(setting, events));
  for (std::size_t i = 0; i <= std::max(events, setting.recipients); ++i) {
    world.workspace.add_channel(channel(i));
  }
  let_wait(world, setting.waiting);
  Process& daemon = world.start(false);
  const auto listed = [&] { return world.auth.calls(sim::AuthMethod::kListAccessRequests) > 0; };
  if (!wait_until(listed, kPatience)) throw std::runtime_error(daemon.err());
  announce(world, setting, 0);  // all is listed before that, and names are looked up
  const double idle = idle_us_per_us(daemon);
  const double cpu = cpu_us(daemon);
  const auto start = steady_clock::now();
  for (std::size_t i = 1; i <= events; ++i) announce(world, setting, i);
  const std::chrono::duration<double, std::micro> took = steady_clock::now() - start;
  const auto messages = static_cast<double>(events * setting.recipients);
  return {(cpu_us(daemon) - cpu - idle * took.count()) / messages, took.count() / messages};
}

struct Row {
  const char* what;
  std::size_t Setting::*varied;
  std::vector<std::size_t> sizes;
};

void print(const Row& row, std::size_t events) {
  std::printf("%s\n", row.what);
  Cost first, last;
  for (const std::size_t size : row.sizes) {
    Setting setting;
    setting.*row.varied = size;
    last = measure(setting, events);
    if (size == row.sizes.front()) first = last;
    std::printf("  %7zu  %7.0f us CPU  %7.0f us wall\n", size, last.cpu_us, last.wall_us);
    std::fflush(stdout);
  }
  std::printf("  slope    %7.2f         %7.2f\n", last.cpu_us / first.cpu_us,
              last.wall_us / first.wall_us);
}

void print_all(std::size_t events) {
  // A configuration file has at most 1 MiB, and a record about 300 recipients.
  const Row rows[] = {
      {"requests that wait", &Setting::waiting, {10, 1'000, 100'000}},
      {"roles in role_to_recipients", &Setting::roles, {10, 1'000, 40'000}},
      {"recipients of a request, each message", &Setting::recipients, {10, 100, 300}},
  };
  for (const Row& row : rows) print(row, events);
}

}  // namespace
}  // namespace notifyd::test

int main(int argc, char** argv) {
  std::size_t events = 50;
  CLI::App app("Whether an Access Request costs more where there is more of everything");
  app.add_option("--events", events, "how many requests are measured at each size");
  CLI11_PARSE(app, argc, argv);
  notifyd::test::print_all(events);
  return 0;
}
