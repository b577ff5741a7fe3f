// What the tests of the ways through a proxy share: the daemon is sent to the simulated one.
#pragma once

#include <string>

#include "e2e/faults_fixture.h"

namespace notifyd::test {

inline WorldOptions through_proxy() {
  WorldOptions options = unpaced();
  options.through_proxy = true;
  options.teleport_options = "refresh_identity = true\nrefresh_identity_interval = \"1s\"\n";
  return options;
}

class WaysTest : public FaultsTest {
 protected:
  explicit WaysTest(const WorldOptions& options = through_proxy()) : FaultsTest(options) {}

  void expect_ends_shown() {
    for (const std::string& id : ids) world.resolve(id, true);
    EXPECT_TRUE(world.eventually([this] { return still_pending() == 0; }, std::chrono::minutes(2)));
  }
  std::string status_text() const {
    return World::command({"status", "--config", world.path("notifyd.toml")}).out;
  }
};

}  // namespace notifyd::test
