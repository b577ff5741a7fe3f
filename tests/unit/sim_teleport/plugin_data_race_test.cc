// Writers that race for one record over the wire: what compare-and-swap promises must hold whoever
// wins, and when answers are lost.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "auth_client.h"

namespace notifyd::sim {
namespace {

using ::grpc::StatusCode;

constexpr int kWriters = 8;

class PluginDataRaceTest : public AuthServerTest {
 protected:
  // Runs `work(client, number)` in one thread for each writer.
  template <class Work>
  void race(Work work) {
    std::vector<std::thread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([this, work, i] {
        AuthClient client(server_, notifier_);
        work(client, i);
      });
    }
    for (std::thread& writer : writers) writer.join();
  }

  std::string value() const {
    const Keys keys = cluster_.entry(id_, "slack");
    const auto found = keys.find("count");
    return found == keys.end() ? "" : found->second;
  }

  static std::string plus_one(const std::string& count) {
    return std::to_string(count.empty() ? 1 : std::stoi(count) + 1);
  }

  ::grpc::Status increment(AuthClient& client) {
    const std::string seen = value();
    return client.write(id_, {{"count", plus_one(seen)}}, {{"count", seen}});
  }

  std::size_t applied() const {
    std::size_t count = 0;
    for (const JournalEntry& entry : cluster_.journal()) count += entry.refused ? 0 : 1;
    return count;
  }

  const std::string id_ = create();
};

TEST_F(PluginDataRaceTest, OfThoseWhoExpectItToBeAbsentOneWins) {
  std::atomic<int> winners = 0;
  race([&](AuthClient& client, int writer) {
    const auto name = std::to_string(writer);
    const auto status = client.write(id_, {{"notifyd_owner", name}}, {{"notifyd_owner", ""}});
    if (status.ok()) ++winners;
  });
  EXPECT_EQ(winners, 1);
}

TEST_F(PluginDataRaceTest, NoIncrementIsLost) {
  constexpr int kEach = 25;
  race([&](AuthClient& client, int /*writer*/) {
    for (int done = 0; done < kEach;) {
      const ::grpc::Status status = increment(client);
      ASSERT_TRUE(status.ok() || status.error_code() == StatusCode::FAILED_PRECONDITION)
          << status.error_code() << ": " << status.error_message();
      if (status.ok()) ++done;
    }
  });
  EXPECT_EQ(value(), std::to_string(kWriters * kEach));
  EXPECT_EQ(applied(), static_cast<std::size_t>(kWriters * kEach));
}

TEST_F(PluginDataRaceTest, ALostAnswerLeavesTheWriteAndNothingElse) {
  server_.faults().set(AuthMethod::kUpdatePluginData,
                       {.code = StatusCode::UNAVAILABLE, .probability = 0.3, .answer_lost = true});
  std::atomic<int> sure = 0;
  std::atomic<int> unsure = 0;
  race([&](AuthClient& client, int /*writer*/) {
    for (int i = 0; i < 50; ++i) {
      const StatusCode code = increment(client).error_code();
      if (code == StatusCode::OK) ++sure;
      if (code == StatusCode::UNAVAILABLE) ++unsure;
    }
  });
  EXPECT_GT(unsure, 0);
  EXPECT_GE(std::stoi(value()), sure);
  EXPECT_LE(std::stoi(value()), sure + unsure);
  EXPECT_EQ(static_cast<int>(applied()), std::stoi(value()));
}

TEST_F(PluginDataRaceTest, WritersOfDifferentPluginsDoNotDisturbEachOther) {
  race([&](AuthClient& /*client*/, int writer) {
    for (int i = 0; i < 50; ++i) {
      const std::string before = i == 0 ? "" : std::to_string(i);
      const auto done = cluster_.update_plugin_data({"access_request",
                                                     id_,
                                                     "plugin-" + std::to_string(writer),
                                                     {{"count", std::to_string(i + 1)}},
                                                     {{"count", before}}});
      EXPECT_TRUE(done.ok());
    }
  });
  for (int i = 0; i < kWriters; ++i) {
    EXPECT_EQ(cluster_.entry(id_, "plugin-" + std::to_string(i)).at("count"), "50");
  }
}

}  // namespace
}  // namespace notifyd::sim
