// Run: troubles and lives as planned, then peace, until Slack shows what it should or the time is
// up.
#pragma once

#include <iosfwd>

#include "chaos/lives.h"
#include "chaos/stage.h"
#include "chaos/trouble.h"
#include "chaos/verdict.h"

namespace notifyd::chaos {

struct RunOptions {
  std::uint64_t seed = 1;
  Millis length = std::chrono::minutes(5);
  std::size_t requests = 400;
  Millis converge_within = std::chrono::minutes(10);
  StageOptions stage;
};

class Run {
 public:
  // Says on `out` what it does.
  Run(const RunOptions& options, std::ostream& out);

  Verdict play();
  Stage& stage() { return stage_; }

 private:
  struct Event {
    Millis at;
    std::function<void()> happens;
  };

  std::vector<Event> events();
  void say(const std::string& what);
  Verdict converge(const std::string& what);
  Millis elapsed() const;

  const RunOptions options_;
  std::ostream& out_;
  const std::vector<Trouble> troubles_;
  Stage stage_;
  Lives lives_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace notifyd::chaos
