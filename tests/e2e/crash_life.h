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

// One life for each of these points, several at once. Empty, or a text for each that went wrong.
std::vector<std::string> crash_at_each(const std::vector<std::size_t>& points);

}  // namespace notifyd::test
