// A child process of a test: its output in files, killed with its owner.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace notifyd::test {

class Process {
 public:
  // Starts at once; throws std::runtime_error if it can't. `environment` is added to ours.
  explicit Process(std::vector<std::string> command,
                   const std::map<std::string, std::string>& environment = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  void signal(int number) const;
  // The exit code, 128 + n after signal n; nullopt if it still runs when the time is up.
  std::optional<int> wait(std::chrono::milliseconds limit = std::chrono::seconds(30));
  bool running();
  pid_t pid() const { return pid_; }

  std::string out() const;  // so far
  std::string err() const;

 private:
  TempDir dir_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

struct Finished {
  int exit_code;
  std::string out, err;
};
// Runs to its end.
Finished run(std::vector<std::string> command,
             const std::map<std::string, std::string>& environment = {});

}  // namespace notifyd::test
