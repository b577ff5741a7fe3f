// What is left of it, in the process that it shares with others.
#include <malloc.h>

#include <array>
#include <thread>

#include "bench.h"
#include "cases.h"
#include "process_state.h"

namespace conformance {
namespace {

void leaves_no_thread(const Target& target) {
  const std::size_t before = threads();
  const auto bench = used_up(target);
  require(threads() <= before, "a thread of it is still there after destroy()");
}

void leaves_no_file(const Target& target) {
  const auto before = open_files();
  const auto bench = used_up(target);
  for (const auto& [number, file] : open_files()) {
    require(before.count(number) > 0, "it leaves a descriptor open: " + file);
  }
}

void leaves_signals(const Target& target) {
  const std::string before = signal_state();
  const auto bench = used_up(target);
  require(signal_state() == before, "it changes a signal's handler, or the signal mask");
}

void leaves_settings(const Target& target) {
  const auto before = settings();
  const auto bench = used_up(target);
  const auto after = settings();
  for (const auto& [what, value] : before) {
    require(after.at(what) == value, "it changes " + what + " of the process");
  }
}

void writes_nothing(const Target& target) {
  used_up(target);
  const std::string written = written_to_streams();
  require(written.empty(), "it writes to standard output or standard error: " +
                               written.substr(0, written.find('\n')));
}

// A destructor for a thread's own data, which runs when the thread ends and the code is gone.
void leaves_no_thread_data(const Target& target) {
  skip_unless_it_can_go(target);
  std::exception_ptr trouble;
  doing("the end of a thread that it was used on, after dlclose()");
  std::thread([&] {
    try {
      used_up(target)->code().unmap();
    } catch (...) {
      trouble = std::current_exception();
    }
    doing("the end of a thread that it was used on, after dlclose()");
  }).join();
  if (trouble) std::rethrow_exception(trouble);
}

void reloads(const Target& target) {
  constexpr int kWarmUp = 20, kRounds = 100;
  constexpr std::size_t kMost = std::size_t{256} * 1024;
  skip_unless_it_can_go(target);
  std::size_t before = 0;
  for (int round = 0; round < kRounds; ++round) {
    if (round == kWarmUp) before = mallinfo2().uordblks;
    Bench bench(target);
    bench.start();
    bench.use();
    bench.destroy();
    bench.code().unmap();
    require(!bench.code().still_mapped(), "it stays mapped after dlclose(), once it was used");
  }
  const std::size_t after = mallinfo2().uordblks;
  require(after < before + kMost, "memory grows by " +
                                      std::to_string((after - before) / (kRounds - kWarmUp)) +
                                      " bytes with each load, use and unload");
}

constexpr std::array kCases{
    Case{"leaves_no_thread", "no thread of it is left", leaves_no_thread},
    Case{"leaves_no_file", "no descriptor of it is left", leaves_no_file},
    Case{"leaves_signals", "signals are handled as before", leaves_signals},
    Case{"leaves_settings", "locale, directory, umask and environment are as before",
         leaves_settings},
    Case{"writes_nothing", "it writes to no stream of the process", writes_nothing},
    Case{"leaves_no_thread_data", "a thread that it was used on can end when it is gone",
         leaves_no_thread_data},
    Case{"reloads", "it can be loaded, used and unloaded again and again", reloads},
};

}  // namespace

std::span<const Case> end_cases() { return kCases; }

}  // namespace conformance
