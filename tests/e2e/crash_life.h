// One Access Request's whole life, with a daemon that dies once on its way and is started again.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace notifyd::test {

struct CrashLife {
  std::vector<std::string> points;  // that the first daemon came to, in their order
  bool died = false;
  std::string bad;  // what Slack or the record shows that it should not; "" when all is right
};

// The daemon dies at the `crash_at`-th point, 0: at none.
CrashLife live_through(std::size_t crash_at);

struct CrashLives {
  std::vector<std::string> bad;  // a text for each that went wrong
  std::size_t died = 0;          // how many came to their point: not all lives take the same way
};

// One life for each point from the first to this, several at once.
CrashLives crash_at_each(std::size_t points);

}  // namespace notifyd::test
