// What the fault tests share: many requests in one channel, and how they fared.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/world.h"

namespace notifyd::test {

// Slack here has no limits of its own unless a test sets them, so nothing is held back for it, and
// who asked is not told, so that the channel has all there is.
WorldOptions unpaced();

class FaultsTest : public ::testing::Test {
 protected:
  static constexpr char kChannel[] = "#access-requests";

  explicit FaultsTest(const WorldOptions& options = unpaced()) : world(options) {}

  void request_many(std::size_t count);
  // One after the other, evenly, for as long as a fault has to last.
  void request_over(std::size_t count, std::chrono::milliseconds time);

  std::size_t lost() const;  // requests that the channel does not show
  std::size_t doubled() const;
  std::size_t still_pending() const;
  bool log_says(const std::string& text, std::size_t replica = 0) {
    return world.daemon(replica).err().find(text) != std::string::npos;
  }

  // Waits until all are announced and nothing is under way any more, then none may be there twice.
  void expect_each_announced_once();

  World world;
  std::vector<std::string> ids;

 private:
  std::map<std::string, std::size_t> announcements() const;
  bool settled() const;
};

}  // namespace notifyd::test
