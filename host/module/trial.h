// Trial: a module is loaded, started and ended in a child process before the daemon loads it. What
// crashes, exits or hangs while it is loaded, or changes what belongs to the whole process, is told
// in an error and never reaches the daemon. What happens later, in a delivery, no trial can tell.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "module/library.h"

namespace notifyd::modules {

struct Trial {
  std::string program;                 // that plays the child: this one, whatever is at its path
  std::vector<std::string> arguments;  // what makes it play
  std::string module;                  // its name
  std::string copy;                    // the staged file, which the child maps
  std::chrono::milliseconds limit{20'000};
};

// [any] Blocks until the child has ended, or is killed at the limit. Good is also a module that
// refuses to start: the daemon hears its reasons itself. The error may hold what the module wrote
// to stderr, which the caller looks through for secrets.
Result<> try_out(const Trial& trial);

// ---- In the child ----

// What it is at, said on its descriptor kTrialPipe, one letter each. A line behind kFault says what
// it found wrong.
inline constexpr int kTrialPipe = 3;
enum class TrialPhase : char {
  kStarting = 's',
  kLoading = 'l',
  kCreating = 'c',
  kDestroying = 'd',
  kUnloading = 'u',
  kEnd = 'e',
  kFault = '!'
};
void say(TrialPhase phase);

// Starts and ends an instance of the library, and unloads it. What it leaves behind is a fault.
void play(std::shared_ptr<Library> library, const std::string& instance, config::Settings settings,
          bool allow_insecure);

}  // namespace notifyd::modules
