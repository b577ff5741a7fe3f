// The child's side of a trial.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/engine.h"
#include "module/guest.h"
#include "module/outlet.h"
#include "module/process_state.h"
#include "module/trial.h"

namespace notifyd::modules {
namespace {

// create() makes no network call; one that does all the same gets nowhere.
class NoHttp final : public net::Http {
 public:
  std::uint64_t send(net::HttpRequest /*request*/, Handler /*done*/) override { return 1; }
  void cancel(std::uint64_t /*id*/) override {}
};

// Who started us may be gone; then nobody wants to know.
void write_out(const std::string& text) {
  if (::write(kTrialPipe, text.data(), text.size()) < 0) std::_Exit(2);
}

// A thread that has been joined may be listed by the kernel for another moment.
constexpr int kTries = 100;
constexpr std::chrono::milliseconds kMoment{5};

// What comes with a process's first thread, such as ThreadSanitizer's own, stays from then on.
void have_had_a_thread() {
  pid_t thread = 0;
  std::thread([&thread] { thread = ::gettid(); }).join();
  const std::string task = "/proc/self/task/" + std::to_string(thread);
  for (int i = 0; i < kTries && ::access(task.c_str(), F_OK) == 0; ++i) {
    std::this_thread::sleep_for(kMoment);
  }
}

std::string difference_from(const ProcessState& before) {
  std::string difference = before.difference(ProcessState::now());
  for (int i = 0; i < kTries && !difference.empty(); ++i) {
    std::this_thread::sleep_for(kMoment);
    difference = before.difference(ProcessState::now());
  }
  return difference;
}

// False: it refused to start, which it will tell the daemon itself.
bool start_and_end(GuestOptions options) {
  AsioEngine engine;
  NoHttp http;
  const auto outlet = std::make_shared<Outlet>(engine, http);
  Guest guest(std::move(options), outlet, Log());
  say(TrialPhase::kCreating);
  const bool started = guest.create().get() == NOTIFY_OK;
  if (started) {
    say(TrialPhase::kDestroying);
    guest.destroy();
    guest.end().wait();
  }
  outlet->cut();
  return started;
}

}  // namespace

void say(TrialPhase phase) { write_out(std::string(1, static_cast<char>(phase))); }

void play(std::shared_ptr<Library> library, const std::string& instance, config::Settings settings,
          bool allow_insecure) {
  have_had_a_thread();
  const ProcessState before = ProcessState::now();
  GuestOptions options;
  options.name = instance;
  options.library = library;
  options.settings = std::move(settings);
  options.allow_insecure = allow_insecure;
  const bool started = start_and_end(std::move(options));
  const std::string left = difference_from(before);
  if (started && !left.empty()) {
    say(TrialPhase::kFault);
    write_out(left + "\n");
    std::_Exit(0);  // a thread that goes on would crash once its code is gone
  }
  say(TrialPhase::kUnloading);
  library.reset();
}

}  // namespace notifyd::modules
