// What is left of a token in the daemon's memory once it was renewed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

#include "support/world.h"

namespace notifyd::test {
namespace {

constexpr const char* kChannel = "#access-requests";
constexpr const char* kNewToken = "xoxb-the-new-one-9876543210";

// In what the process can write: its heap, its stacks, its data.
std::size_t copies_in_memory(pid_t pid, const std::string& text) {
  const std::string process = "/proc/" + std::to_string(pid);
  std::ifstream maps(process + "/maps");
  std::ifstream memory(process + "/mem", std::ios::binary);
  std::size_t copies = 0;
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    char dash = 0;
    std::string rights;
    std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
    if (!rights.starts_with("rw")) continue;
    std::string bytes(end - begin, '\0');
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(begin));
    memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(memory.gcount()));
    for (auto at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) {
      ++copies;
    }
  }
  return copies;
}

class RenewedToken : public testing::Test {
 protected:
  RenewedToken() {
    write_token(World::kToken);
    world.workspace.add_token(kNewToken);
    world.dir().write("conf.d/slack.toml", "[slack]\ntoken = \"" + world.path("token") +
                                               "\"\napi_url = \"" + world.slack.base_url() +
                                               "\"\npace = \"obey\"\nnotify_requester = false\n"
                                               "[role_to_recipients]\n\"*\" = [\"" +
                                               kChannel + "\"]\n");
  }
  void write_token(const std::string& token) const { world.dir().write("token", token + "\n"); }
  // Side by side, so that there are as many copies as there can be.
  void announce(std::size_t requests) {
    for (std::size_t i = 0; i < requests; ++i) world.request();
    ASSERT_TRUE(world.eventually([&] { return world.messages(kChannel).size() == requests; },
                                 std::chrono::seconds(60)));
  }

  World world;
};

TEST_F(RenewedToken, LeavesNoCopyOfTheOldOneInMemory) {
  // Or only root could look.
  const Process& daemon = world.start(true, {{"TELEPORT_NOTIFYD_CORE_DUMPS", "1"}});
  announce(60);
  ASSERT_GT(copies_in_memory(daemon.pid(), World::kToken), 0U) << "or nothing can be found at all";
  world.workspace.edit_token(World::kToken, [](sim::SlackToken& t) { t.refusal = "invalid_auth"; });
  const std::string parked = world.request();
  ASSERT_TRUE(wait_until([&] { return daemon.err().find("parked") != std::string::npos; }));
  write_token(kNewToken);
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kChannel, parked).has_value(); },
                               std::chrono::seconds(60)));
  wait_until([&] { return copies_in_memory(daemon.pid(), World::kToken) == 0; },
             std::chrono::seconds(10));
  EXPECT_EQ(copies_in_memory(daemon.pid(), World::kToken), 0U);
  EXPECT_GT(copies_in_memory(daemon.pid(), kNewToken), 0U);
}

}  // namespace
}  // namespace notifyd::test
