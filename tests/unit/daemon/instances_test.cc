#include "daemon/instances.h"

#include <gmock/gmock.h>

#include <future>

#include "support/fake_engine.h"
#include "support/wait.h"

namespace notifyd::daemon {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// A module whose destroy() waits until the test lets it.
std::shared_future<void>* stuck_until = nullptr;  // null: it does not wait

notify_module module_table() {
  notify_module table{};
  table.magic = NOTIFY_MAGIC;
  table.abi_major = NOTIFY_ABI_MAJOR;
  table.size = sizeof table;
  table.event_mask = 1U << NOTIFY_REQUEST_PENDING;
  table.name = "stuck";
  table.version = "1.0";
  table.create = [](const notify_host*, notify_instance** out) {
    static int state;
    *out = reinterpret_cast<notify_instance*>(&state);
    return notify_rc{NOTIFY_OK};
  };
  table.destroy = [](notify_instance*) {
    if (stuck_until != nullptr) stuck_until->wait();
  };
  table.route = table.deliver = [](notify_instance*, notify_ticket, const notify_event*) {};
  return table;
}

LineupEntry entry(const std::string& name) {
  return {{},    name,   "libnotify_stuck.so", modules::Library::in_process(module_table()), {},
          false, nullptr};
}

class InstancesTest : public testing::Test {
 protected:
  InstancesTest() { stuck_until = nullptr; }

  void start(int count) {
    for (int i = 0; i < count; ++i) {
      config::Faults faults;
      ASSERT_NE(instances_.start(entry("chat-" + std::to_string(i)), faults), nullptr);
    }
  }

  test::FakeEngine engine_;
  std::unique_ptr<net::Http> http_ = net::make_curl_http({}, Log());
  Instances instances_{engine_, *http_, Log()};
};

TEST_F(InstancesTest, EndWithoutWaitingForTheDeadline) {
  start(3);
  const TimePoint before = steady_clock::now();
  instances_.end(before + seconds(60));
  EXPECT_LT(steady_clock::now(), before + seconds(30));
  EXPECT_EQ(instances_.stuck(), 0U);
  EXPECT_TRUE(instances_.all().empty());
}

TEST_F(InstancesTest, ShareOneDeadlineHoweverManyDoNotComeBack) {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  stuck_until = &released;
  start(5);
  const TimePoint before = steady_clock::now();
  instances_.end(before + Millis(200));
  EXPECT_LT(steady_clock::now(), before + 5 * Millis(200));
  EXPECT_EQ(instances_.stuck(), 5U);
  release.set_value();
  EXPECT_TRUE(test::wait_until([this] { return instances_.stuck() == 0; }));
}

}  // namespace
}  // namespace notifyd::daemon
