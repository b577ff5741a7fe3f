// notifyd-demo: a simulated cluster and a simulated workspace with the real daemon between them.
#include <csignal>

#include <chrono>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "sim/demo/daemon.h"
#include "sim/demo/installation.h"
#include "sim/demo/notifier_panel.h"
#include "sim/demo/options.h"
#include "sim/demo/play.h"
#include "sim/demo/world.h"
#include "sim/page/page_server.h"

namespace notifyd::sim {
namespace {

constexpr std::chrono::seconds kStartPatience{30};

// nohup has it ignored, and a blocked signal would be delivered all the same.
bool ignored(int signal) {
  struct sigaction current {};
  return ::sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

// Before any thread is there, so that all have it: signals then wait until they are asked for.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  if (!ignored(SIGHUP)) sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

bool signalled_within(const sigset_t& signals, std::chrono::milliseconds time) {
  const timespec limit{time.count() / 1000, (time.count() % 1000) * 1'000'000};
  return sigtimedwait(&signals, nullptr, &limit) > 0;
}

std::string last_line(const std::string& file) {
  std::ifstream in(file);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

// All that there is, in the order in which it comes to be.
struct Demo {
  explicit Demo(const DemoOptions& options)
      : world(options),
        installation(world, options),
        notifier(installation),
        page(world.cluster, world.workspace, {options.port, world.roles(), &notifier}),
        daemon(installation) {}

  World world;
  Installation installation;
  NotifierPanel notifier;
  PageServer page;  // before the daemon, and gone after it: the page is told of what that does
  DaemonProcess daemon;
};

int fail(Demo& demo, const std::string& what) {
  demo.daemon.stop();
  std::cerr << "notifyd-demo: " << what << "\n";
  const std::string log = demo.installation.log();
  if (log.empty()) return 1;
  demo.installation.keep_log();
  std::cerr << "The daemon's log is in " << log;
  const std::string last = last_line(log);
  std::cerr << (last.empty() ? ", and it is empty" : "; it ends with:\n" + last) << "\n";
  return 1;
}

// The daemon follows the cluster, or it does not get there; a signal ends the waiting too.
std::optional<std::string> wait_until_ready(Demo& demo, const sigset_t& signals) {
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  while (demo.world.auth.open_streams() == 0) {
    if (auto ended = demo.daemon.ended()) return ended;
    if (signalled_within(signals, std::chrono::milliseconds(50))) return "interrupted";
    if (std::chrono::steady_clock::now() > deadline) return "the daemon did not connect in time";
  }
  return std::nullopt;
}

int serve(Demo& demo, const sigset_t& signals) {
  demo.notifier.look();
  std::cout << "The demo runs at " << demo.page.url() << "\nCtrl-C ends it." << std::endl;
  while (!signalled_within(signals, std::chrono::seconds(1))) {
    demo.world.cluster.tick();
    demo.notifier.look();
    if (const auto ended = demo.daemon.ended()) return fail(demo, *ended);
  }
  std::cout << "\nGood bye." << std::endl;
  return 0;
}

int play(Demo& demo, const sigset_t& signals) {
  const auto trouble = [&]() -> std::optional<std::string> {
    if (signalled_within(signals, std::chrono::milliseconds(0))) return "interrupted";
    return demo.daemon.ended();
  };
  if (const auto failure = play_once(demo.world, trouble)) return fail(demo, *failure);
  std::cout << "\nAll of it arrived." << std::endl;
  return 0;
}

int run(const DemoOptions& options, const sigset_t& signals) {
  Demo demo(options);
  if (const auto trouble = wait_until_ready(demo, signals)) return fail(demo, *trouble);
  return options.once ? play(demo, signals) : serve(demo, signals);
}

}  // namespace
}  // namespace notifyd::sim

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = notifyd::sim::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  const sigset_t signals = notifyd::sim::block_signals();
  try {
    return notifyd::sim::run(*options, signals);
  } catch (const std::exception& error) {
    std::cerr << "notifyd-demo: " << error.what() << "\n";
    return 1;
  }
}
