#include "e2e/faults_fixture.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <thread>

namespace notifyd::test {
namespace {

using std::chrono::seconds;

constexpr seconds kPatience{120};
constexpr std::string_view kIdLabel = "*ID*: ";
constexpr std::size_t kIdLength = 36;

}  // namespace

WorldOptions unpaced() {
  WorldOptions options;
  options.slack_options = "pace = \"obey\"\nnotify_requester = false\n";
  return options;
}

void FaultsTest::request_many(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) ids.push_back(world.request());
}

void FaultsTest::request_over(std::size_t count, std::chrono::milliseconds time) {
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(world.request());
    std::this_thread::sleep_for(time / count);
  }
}

// How often each request is shown in the channel.
std::map<std::string, std::size_t> FaultsTest::announcements() const {
  std::map<std::string, std::size_t> count;
  for (const std::string& id : ids) count[id] = 0;
  for (const sim::SlackMessage& m : world.messages(kChannel)) {
    const std::string text = block_text(m, 1);
    const auto at = text.find(kIdLabel);
    if (at != std::string::npos) ++count[text.substr(at + kIdLabel.size(), kIdLength)];
  }
  return count;
}

std::size_t FaultsTest::lost() const {
  const auto shown = announcements();
  return static_cast<std::size_t>(
      std::ranges::count_if(shown, [](const auto& each) { return each.second == 0; }));
}

std::size_t FaultsTest::doubled() const {
  const auto shown = announcements();
  return std::accumulate(shown.begin(), shown.end(), std::size_t{0},
                         [](std::size_t sum, const auto& each) {
                           return sum + (each.second > 1 ? each.second - 1 : 0);
                         });
}

std::size_t FaultsTest::still_pending() const {
  return static_cast<std::size_t>(std::ranges::count_if(ids, [this](const std::string& id) {
    return world.status(kChannel, id).find("PENDING") != std::string::npos;
  }));
}

// Nothing was begun whose end is not on record.
bool FaultsTest::settled() const {
  return std::ranges::all_of(ids, [this](const std::string& id) {
    const auto entry = world.cluster.entry(id, "slack");
    const auto ours = entry.find("notifyd");
    return ours != entry.end() && ours->second.find("\"try\"") == std::string::npos;
  });
}

void FaultsTest::expect_each_announced_once() {
  EXPECT_TRUE(world.eventually([this] { return lost() == 0; }, kPatience)) << lost() << " lost";
  EXPECT_TRUE(wait_until([this] { return settled(); }, kPatience));
  EXPECT_EQ(doubled(), 0U) << "the history scopes are there, so it could be known";
}

}  // namespace notifyd::test
