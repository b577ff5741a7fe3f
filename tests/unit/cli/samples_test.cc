#include "cli/samples.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/host_config.h"
#include "support/temp_dir.h"

namespace notifyd::cli {
namespace {

using testing::IsEmpty;

std::string contents(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Samples, TeleportSlackTomlIsReadByItsOwnParser) {
  const test::TempDir dir;
  const auto config =
      config::load_upstream_config(dir.write("teleport-slack.toml", sample_teleport_slack_toml()));
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_THAT(config.warnings, IsEmpty());
  EXPECT_THAT(config.clusters.front().addrs, ::testing::ElementsAre("example.com:3025"));
}

TEST(Samples, NotifydTomlAndTheInstalledConfDAreReadTogether) {
  const test::TempDir dir;
  dir.write("conf.d/slack.toml", contents(SAMPLE_CONF_D "/slack.toml"));
  const auto config = config::load_notifyd_config(dir.write("notifyd.toml", sample_notifyd_toml()));
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_THAT(config.warnings, IsEmpty());
  ASSERT_EQ(config.instances.size(), 1U);
  EXPECT_EQ(config.instances[0].module, "slack");
}

// What Teleport's guide tells people to write. The value in upstream's file stays upstream's:
// scripts look for it, to write their own in its place.
TEST(Samples, SayThatTheProxysHttpsPortIsAnAddress) {
  constexpr const char* kGuide = "# The hostname and HTTPS port of the Teleport Proxy Service";
  EXPECT_THAT(std::string(sample_teleport_slack_toml()), testing::HasSubstr(kGuide));
  EXPECT_THAT(std::string(sample_notifyd_toml()), testing::HasSubstr(kGuide));
  EXPECT_THAT(std::string(sample_notifyd_toml()),
              testing::HasSubstr("\naddr = \"teleport.example.com:443\"\n"));
}

// A line such as `#key = value`, switched on.
std::string switched_on(std::string_view sample) {
  std::istringstream lines{std::string(sample)};
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const bool setting = line.starts_with("#") && !line.starts_with("# ") && line.size() > 1;
    text += (setting ? line.substr(1) : line) + "\n";
  }
  return text;
}

TEST(Samples, CommentedKeysOfNotifydTomlAreKnownToo) {
  const test::TempDir dir;
  std::istringstream lines(switched_on(sample_notifyd_toml()));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const bool triple = line.starts_with("client_") || line.starts_with("root_cas");  // or identity
    // Not every machine has tbot's user.
    if (line.starts_with("identity_owner")) line = "identity_owner = \"root\"";
    if (!triple && !line.starts_with("conf_d")) text += line + "\n";
  }
  dir.write("conf.d/slack.toml", contents(SAMPLE_CONF_D "/slack.toml"));
  const auto config = config::load_notifyd_config(dir.write("notifyd.toml", text));
  ASSERT_THAT(config.faults.lines(), IsEmpty());
  EXPECT_THAT(config.warnings, IsEmpty());
}

}  // namespace
}  // namespace notifyd::cli
