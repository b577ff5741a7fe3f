// What the daemon costs beside what gRPC and libcurl cost by themselves.
//
// The same load for both, one after the other: a burst of Access Requests, their approvals, and
// then a steady trickle. Slack answers after --slack-delay. The daemon goes first; the bare client
// (floor_client.cc) makes as many calls with as many bytes.
//
//   floor_bench [--requests N] [--channels N] [--slack-delay MS] [--rate N] [--seconds N] [--json]
//               [--program PATH [--modules DIR] [--config-style ours|upstream]]
//
// --program measures another program in the daemon's place: another build, with its modules, or,
// with --config-style upstream, any that takes teleport-slack's configuration.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "figures.h"
#include "support/world.h"

namespace notifyd::test {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr std::chrono::seconds kLongest{600};

struct Load {
  std::size_t requests = 2'000, channels = 1;
  int slack_delay_ms = 50;
  std::size_t rate = 50, seconds = 10;  // of the trickle
};

struct Subject {
  std::string program, modules;
  bool upstream = false;  // its configuration's style
};

// How many bytes the daemon's calls have.
struct Bytes {
  std::size_t post = 0, edit = 0, record = 0;
};

struct Figures {
  double announce_s = 0, announce_cpu_ms = 0;  // CPU: of each
  double resolve_s = 0, resolve_cpu_ms = 0;
  double trickle_cpu_ms = 0, p50_ms = 0, p99_ms = 0;  // from the request to its post
  long rest_anonymous_kib = 0, rest_resident_kib = 0, peak_kib = 0;
  double start_ms = 0;                               // until it watches
  double calls_of_teleport = 0, calls_of_slack = 0;  // of each request, announced and resolved
};

std::string channel(std::size_t i) { return "burst-" + std::to_string(i); }
std::string role(std::size_t i) { return "role-" + std::to_string(i); }

double cpu_ms(const Process& process) { return 1000 * cpu_seconds(process); }

WorldOptions options_for(const Load& load, const Subject& subject) {
  WorldOptions options;
  options.slack_options = "pace = \"obey\"\nnotify_requester = false\n";
  options.log_severity = "warn";
  options.digests = true;  // an older build has no such option, and nobody makes that many here
  for (std::size_t i = 0; i < load.channels; ++i) {
    options.roles += "\"" + role(i) + "\" = [\"#" + channel(i) + "\"]\n";
  }
  if (!subject.program.empty()) options.program = subject.program;
  if (!subject.modules.empty()) options.modules_dir = subject.modules;
  return options;
}

// One program under the load.
class Run {
 public:
  using Starter = std::function<Process&(World&)>;

  Run(const Load& load, const WorldOptions& options, const Starter& start)
      : load_(load), world_(options) {
    for (std::size_t i = 0; i < load.channels; ++i) world_.workspace.add_channel(channel(i));
    world_.slack.faults().add(sim::Fault::delay(milliseconds(load.slack_delay_ms)).after_effect());
    const auto began = steady_clock::now();
    process_ = &start(world_);
    wait([&] { return world_.auth.open_streams() > 0; }, "it does not watch");
    figures_.start_ms = duration<double, std::milli>(steady_clock::now() - began).count();
  }

  Figures measure() {
    settle();
    figures_.rest_anonymous_kib = memory_kib(*process_, "RssAnon:");
    figures_.rest_resident_kib = memory_kib(*process_, "VmRSS:");
    announce();
    settle();
    bytes_ = average();
    resolve();
    settle();
    count_calls();
    figures_.peak_kib = memory_kib(*process_, "VmHWM:");
    trickle();
    process_->signal(SIGKILL);
    process_->wait();
    return figures_;
  }
  Bytes bytes() const { return bytes_; }  // after measure()

 private:
  struct Lap {
    steady_clock::time_point at = steady_clock::now();
    double cpu = 0;
  };

  void wait(const std::function<bool()>& done, const char* what) const {
    if (!wait_until([&] { return done() || !process_->running(); }, kLongest) || !done()) {
      throw std::runtime_error(std::string(what) + ": " + process_->err());
    }
  }
  // Until nothing comes of the last lap any more.
  void settle() const {
    double before = 0;
    do {
      before = cpu_ms(*process_);
      std::this_thread::sleep_for(milliseconds(500));
    } while (cpu_ms(*process_) > before);
  }
  std::string request(std::size_t i) {
    return world_.request([&](sim::NewRequest& what) {
      what.user = "user-" + std::to_string(i % 1000) + "@example.com";
      what.roles = {role(i % load_.channels)};
    });
  }
  int ok(const char* method) const {
    auto counters = world_.workspace.counters();
    return counters[method].ok;
  }
  // Time, and CPU of each.
  void take(const Lap& lap, double& seconds, double& cpu_each, std::size_t count) const {
    seconds = duration<double>(steady_clock::now() - lap.at).count();
    settle();
    cpu_each = (cpu_ms(*process_) - lap.cpu) / static_cast<double>(count);
  }

  void announce() {
    const Lap lap{steady_clock::now(), cpu_ms(*process_)};
    for (std::size_t i = 0; i < load_.requests; ++i) ids_.push_back(request(i));
    const int count = static_cast<int>(load_.requests);
    wait([&] { return ok("chat.postMessage") >= count; }, "it does not announce all");
    take(lap, figures_.announce_s, figures_.announce_cpu_ms, load_.requests);
  }

  void resolve() {
    const Lap lap{steady_clock::now(), cpu_ms(*process_)};
    for (const std::string& id : ids_) world_.resolve(id, true);
    const int count = static_cast<int>(load_.requests);
    wait([&] { return ok("chat.update") >= count && ok("reactions.add") >= count; },
         "it does not resolve all");
    take(lap, figures_.resolve_s, figures_.resolve_cpu_ms, load_.requests);
  }

  void count_calls() {
    double slack = 0;
    for (const auto& [method, count] : world_.workspace.counters()) slack += count.ok;
    const auto all = static_cast<double>(load_.requests);
    figures_.calls_of_slack = slack / all;
    figures_.calls_of_teleport =
        static_cast<double>(world_.auth.calls(sim::AuthMethod::kUpdatePluginData) +
                            world_.auth.calls(sim::AuthMethod::kGetPluginData)) /
        all;
  }

  // From the moment before a request is made until its post arrives.
  void trickle() {
    world_.workspace.clear_journal();
    const Lap lap{steady_clock::now(), cpu_ms(*process_)};
    const std::size_t count = load_.rate * load_.seconds;
    std::vector<system_clock::time_point> made;
    for (std::size_t i = 0; i < count; ++i) {
      std::this_thread::sleep_until(lap.at + i * std::chrono::microseconds(1'000'000) / load_.rate);
      made.push_back(system_clock::now());
      request(i);
    }
    wait([&] { return world_.workspace.journal("chat.postMessage").size() >= count; },
         "it does not keep up");
    std::vector<double> delays;
    const auto calls = world_.workspace.journal("chat.postMessage");
    for (std::size_t i = 0; i < count; ++i) delays.push_back(ms(calls[i].arrived - made[i]));
    std::ranges::sort(delays);
    figures_.p50_ms = delays[count / 2];
    figures_.p99_ms = delays[count * 99 / 100];
    double seconds = 0;
    take(lap, seconds, figures_.trickle_cpu_ms, count);
  }
  template <class Duration>
  static double ms(Duration time) {
    return duration<double, std::milli>(time).count();
  }

  std::size_t average_of(const char* method) const {
    std::size_t sum = 0;
    const auto calls = world_.workspace.journal(method);
    for (const sim::Call& call : calls) sum += call.args.dump().size();
    return calls.empty() ? 0 : sum / calls.size();
  }
  Bytes average() const {
    const auto records = world_.auth.traffic(sim::AuthMethod::kUpdatePluginData);
    // A first write has one record's bytes, a second two.
    const std::size_t written = records.calls == 0 ? 0 : records.bytes_in / records.calls;
    return {average_of("chat.postMessage"), average_of("chat.postMessage"), written * 2 / 3};
  }

  const Load& load_;
  World world_;
  Process* process_ = nullptr;
  std::vector<std::string> ids_;
  Figures figures_;
  Bytes bytes_;
};

// ---- Who is measured ----

std::string upstream_config(const World& world, const Load& load) {
  std::string text = "[teleport]\naddr = \"" + world.auth.address() + "\"\nidentity = \"" +
                     world.path("identity") + "\"\n[slack]\ntoken = \"" + World::kToken +
                     "\"\napiurl = \"" + world.slack.base_url() +
                     "\"\n[role_to_recipients]\n\"*\" = [\"access-requests\"]\n";
  for (std::size_t i = 0; i < load.channels; ++i) {
    text += "\"" + role(i) + "\" = [\"" + channel(i) + "\"]\n";
  }
  return text + "[log]\noutput = \"stderr\"\nseverity = \"WARN\"\n";
}

// The process that a run without a daemon of its world's own measures; it outlives the run.
class Other {
 public:
  Process& start(std::vector<std::string> command) {
    process_ = std::make_unique<Process>(std::move(command));
    return *process_;
  }

 private:
  std::unique_ptr<Process> process_;
};

struct Measured {
  Figures figures;
  Bytes bytes;
};

Measured measure_subject(const Load& load, const Subject& subject) {
  Other other;
  Run run(load, options_for(load, subject), [&](World& world) -> Process& {
    if (!subject.upstream) return world.start(false);
    const std::string file = world.dir().write("teleport-slack.toml", upstream_config(world, load));
    return other.start({subject.program, "start", "--config", file});
  });
  const Figures figures = run.measure();
  return {figures, run.bytes()};
}

void write_credentials(const World& world) {
  const sim::Credentials client = world.pki.issue_client("notifyd");
  sim::write_private_file(world.path("ca.pem"), client.ca_pem);
  sim::write_private_file(world.path("cert.pem"), client.cert_pem);
  sim::write_private_file(world.path("key.pem"), client.key_pem);
}

Figures measure_floor(const Load& load, const Bytes& bytes) {
  Other other;
  Run run(load, options_for(load, {}), [&](World& world) -> Process& {
    write_credentials(world);
    return other.start({NOTIFYD_FLOOR_CLIENT, "--auth", world.auth.address(), "--credentials",
                        world.dir().path(), "--slack", world.slack.base_url(), "--token",
                        World::kToken, "--post-bytes", std::to_string(bytes.post), "--edit-bytes",
                        std::to_string(bytes.edit), "--record-bytes",
                        std::to_string(bytes.record)});
  });
  return run.measure();
}

// ---- What is printed ----

struct Row {
  const char* what;
  const char* unit;
  double Figures::*value;
};
constexpr Row kRows[] = {
    {"announced all", "s", &Figures::announce_s},
    {"  CPU of each", "ms", &Figures::announce_cpu_ms},
    {"resolved all", "s", &Figures::resolve_s},
    {"  CPU of each", "ms", &Figures::resolve_cpu_ms},
    {"trickle: request to post, median", "ms", &Figures::p50_ms},
    {"trickle: request to post, 99 %", "ms", &Figures::p99_ms},
    {"trickle: CPU of each", "ms", &Figures::trickle_cpu_ms},
    {"start to watching", "ms", &Figures::start_ms},
    {"calls of Teleport, each", "", &Figures::calls_of_teleport},
    {"calls of Slack, each", "", &Figures::calls_of_slack},
};

void print(const Load& load, const Figures& subject, const Figures& floor) {
  std::printf("%zu requests, %zu channels, Slack answers in %d ms; trickle: %zu/s for %zu s\n",
              load.requests, load.channels, load.slack_delay_ms, load.rate, load.seconds);
  std::printf("%-34s %10s %10s %7s\n", "", "program", "floor", "ratio");
  for (const Row& row : kRows) {
    const double value = subject.*row.value;
    const double least = floor.*row.value;
    std::printf("%-34s %7.2f %-2s %7.2f %-2s %7.2f\n", row.what, value, row.unit, least, row.unit,
                least == 0 ? 0 : value / least);
  }
  std::printf("%-34s %6ld KiB %6ld KiB\n", "at rest, anonymous", subject.rest_anonymous_kib,
              floor.rest_anonymous_kib);
  std::printf("%-34s %6ld KiB %6ld KiB\n", "at rest, resident", subject.rest_resident_kib,
              floor.rest_resident_kib);
  std::printf("%-34s %6ld KiB %6ld KiB\n", "peak after the burst", subject.peak_kib,
              floor.peak_kib);
}

nlohmann::json to_json(const Figures& f) {
  return {{"announce_s", f.announce_s},
          {"announce_cpu_ms", f.announce_cpu_ms},
          {"resolve_s", f.resolve_s},
          {"resolve_cpu_ms", f.resolve_cpu_ms},
          {"trickle_p50_ms", f.p50_ms},
          {"trickle_p99_ms", f.p99_ms},
          {"trickle_cpu_ms", f.trickle_cpu_ms},
          {"start_ms", f.start_ms},
          {"teleport_calls", f.calls_of_teleport},
          {"slack_calls", f.calls_of_slack},
          {"rest_anonymous_kib", f.rest_anonymous_kib},
          {"rest_resident_kib", f.rest_resident_kib},
          {"peak_kib", f.peak_kib}};
}

void print_json(const Load& load, const Figures& subject, const Figures& floor) {
  const nlohmann::json all{{"requests", load.requests},
                           {"channels", load.channels},
                           {"slack_delay_ms", load.slack_delay_ms},
                           {"rate", load.rate},
                           {"seconds", load.seconds},
                           {"program", to_json(subject)},
                           {"floor", to_json(floor)}};
  std::printf("%s\n", all.dump(2).c_str());
}

}  // namespace
}  // namespace notifyd::test

int main(int argc, char** argv) {
  using namespace notifyd::test;
  Load load;
  Subject subject;
  bool json = false;
  std::string style = "ours";
  CLI::App app("What the daemon costs beside what gRPC and libcurl cost by themselves");
  app.add_option("--requests", load.requests, "how many at once");
  app.add_option("--channels", load.channels, "how many channels they are for");
  app.add_option("--slack-delay", load.slack_delay_ms, "after how many ms Slack answers");
  app.add_option("--rate", load.rate, "requests a second of the trickle");
  app.add_option("--seconds", load.seconds, "how long that lasts");
  app.add_option("--program", subject.program, "in the daemon's place");
  app.add_option("--modules", subject.modules, "and its modules");
  app.add_option("--config-style", style, "of that program")
      ->check(CLI::IsMember({"ours", "upstream"}));
  app.add_flag("--json", json, "print JSON");
  CLI11_PARSE(app, argc, argv);
  subject.upstream = style == "upstream";
  const Measured measured = measure_subject(load, subject);
  const Figures floor = measure_floor(load, measured.bytes);
  json ? print_json(load, measured.figures, floor) : print(load, measured.figures, floor);
  return 0;
}
