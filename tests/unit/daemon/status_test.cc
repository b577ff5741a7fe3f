#include "daemon/status.h"

#include <gtest/gtest.h>

namespace notifyd::daemon {
namespace {

Status sample() {
  Status status;
  status.program = "teleport-notifyd v1";
  status.config = "/etc/teleport-notifyd/notifyd.toml";
  status.started_ms = 1;
  status.clusters.emplace_back();
  status.clusters.front().connected = true;
  status.clusters.front().name = "example";
  InstanceStatus& slack = status.instances.emplace_back();
  slack.name = "slack";
  slack.generation = 3;
  slack.state = "parked: token_revoked";
  slack.unreachable = {"#gone"};
  status.unused_modules = {"webhook"};
  status.quarantined = {"stuck"};
  status.reload = ReloadStatus{2, 5, false, {"slack.toml:1:1: what is wrong"}};
  return status;
}

TEST(Status, WhatIsWrittenIsReadAgain) {
  const auto read = parse_status(to_json(sample()));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(sample()));
}

TEST(Status, OfAnOlderOrNewerDaemonIsReadAsFarAsItGoes) {
  const auto read = parse_status(R"({"program":"x","instances":[{"name":"slack","new":[1]}]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->program, "x");
  ASSERT_EQ(read->instances.size(), 1U);
  EXPECT_EQ(read->instances[0].name, "slack");
  EXPECT_FALSE(read->reload);
}

TEST(Status, OfADaemonWithOneClusterIsOfOne) {
  const auto read = parse_status(R"({"cluster":{"name":"example"}})");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->clusters.size(), 1U);
  EXPECT_EQ(read->clusters.front().name, "example");
}

TEST(Status, WhatIsNoneIsNoStatus) {
  for (const char* text : {"", "x", "[]", "1", R"({"program":1})", R"({"instances":{"a":1}})",
                           R"({"cluster":[]})", R"({"clusters":{}})", R"({"reload":"x"})"}) {
    EXPECT_FALSE(parse_status(text)) << text;
  }
}

TEST(ReloadStatus, WhatIsWrittenIsReadAgain) {
  const ReloadStatus reload{7, 8, true, {"slack: replaced"}};
  const auto read = parse_reload(to_json(reload));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(reload));
}

}  // namespace
}  // namespace notifyd::daemon
