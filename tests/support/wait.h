// Waiting for what other threads and processes bring about.
#pragma once

#include <chrono>
#include <thread>

namespace notifyd::test {

// Until the condition holds (true), or so long that it never will (false). For EXPECT_TRUE and
// ASSERT_TRUE: it does not end the test itself.
template <class Condition>
bool wait_until(Condition condition,
                std::chrono::steady_clock::duration limit = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace notifyd::test
