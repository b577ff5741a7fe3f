#include "daemon/fleet.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>

#include "support/fake_engine.h"
#include "support/wait.h"

namespace notifyd::daemon {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::IsEmpty;

// A module whose instances do what the test says. Each of them runs in a thread of its own.
struct Chat {
  std::atomic<bool> refuses = false, keeps_what_it_is_asked = false;
  std::atomic<int> created = 0, destroying = 0, destroyed = 0, hurried = 0;
  std::shared_future<void> destroy_after;  // not valid: at once

  std::size_t kept() {
    const std::lock_guard lock(mutex);
    return open.size();
  }
  // Answers what was kept.
  void release() {
    const std::lock_guard lock(mutex);
    for (const auto& [host, ticket] : std::exchange(open, {})) answer(host, ticket);
  }
  static void answer(const notify_host* host, notify_ticket ticket) {
    notify_result result{};
    result.size = sizeof result;
    host->answer(host, ticket, &result);
  }

  std::mutex mutex;
  std::vector<std::pair<const notify_host*, notify_ticket>> open;
};

Chat* chat = nullptr;  // of the test that runs

const notify_host* host_of(notify_instance* instance) {
  return reinterpret_cast<const notify_host*>(instance);
}

notify_module module_table() {
  notify_module table{};
  table.magic = NOTIFY_MAGIC;
  table.abi_major = NOTIFY_ABI_MAJOR;
  table.size = sizeof table;
  table.event_mask = 1U << NOTIFY_REQUEST_PENDING;
  table.name = "chat";
  table.version = "1.0";
  table.create = [](const notify_host* host, notify_instance** out) {
    *out = reinterpret_cast<notify_instance*>(const_cast<notify_host*>(host));
    ++chat->created;
    return chat->refuses ? notify_rc{NOTIFY_BROKEN_CONFIG} : notify_rc{NOTIFY_OK};
  };
  table.destroy = [](notify_instance*) {
    ++chat->destroying;
    if (chat->destroy_after.valid()) chat->destroy_after.wait();
    ++chat->destroyed;
  };
  table.route = [](notify_instance* self, notify_ticket ticket, const notify_event*) {
    Chat::answer(host_of(self), ticket);
  };
  table.deliver = [](notify_instance* self, notify_ticket ticket, const notify_event*) {
    if (!chat->keeps_what_it_is_asked) return Chat::answer(host_of(self), ticket);
    const std::lock_guard lock(chat->mutex);
    chat->open.emplace_back(host_of(self), ticket);
  };
  table.abandon = [](notify_instance*, notify_ticket) { ++chat->hurried; };
  return table;
}

LineupEntry entry(const std::string& name) {
  LineupEntry entry;
  entry.name = entry.config.name = name;
  entry.config.file = name + ".toml";
  entry.module = "libnotify_chat.so";
  entry.library = modules::Library::in_process(module_table());
  return entry;
}

class FleetTest : public testing::Test {
 protected:
  FleetTest() { chat = &script_; }

  Newcomer start(const std::string& name) { return fleet_.start(entry(name), faults_); }
  Fleet::Joined join(const std::string& name) { return fleet_.join(start(name)); }

  // Runs the engine, whose clock stands, until it holds.
  template <class Condition>
  bool until(Condition condition) {
    return test::wait_until([&] {
      engine_.run();
      return condition();
    });
  }
  // Gives its answer's code once it is there.
  std::shared_ptr<std::optional<notify_rc>> deliver(modules::Notifier& to) {
    modules::Event event;
    event.request = std::make_shared<model::AccessRequest>();
    event.cluster = std::make_shared<const model::Cluster>();
    const auto rc = std::make_shared<std::optional<notify_rc>>();
    asking_.run([](notify::Task<modules::Answer> task,
                   std::shared_ptr<std::optional<notify_rc>> out) -> notify::Task<> {
      const modules::Answer answer = co_await task;
      *out = answer.rc;
    }(to.deliver(std::move(event)), rc));
    return rc;
  }
  std::vector<unsigned> generations() const {
    std::vector<unsigned> all;
    for (const InstanceStatus& one : fleet_.status()) all.push_back(one.generation);
    return all;
  }

  Chat script_;
  config::Faults faults_;
  test::FakeEngine engine_;
  std::unique_ptr<net::Http> http_ = net::make_curl_http({}, Log());
  Workshop workshop_{engine_};
  const delivery::DeliveryOptions delivery_;
  Fleet fleet_{engine_, *http_, workshop_, delivery_, Log()};
  notify::Scope asking_;
};

// ---- Bringing up ----

TEST_F(FleetTest, ANewcomerAnswersForNothingYet) {
  const Newcomer newcomer = start("ops");
  ASSERT_TRUE(newcomer.instance);
  EXPECT_EQ(newcomer.module, "libnotify_chat.so");
  EXPECT_THAT(fleet_.names(), IsEmpty());
}

TEST_F(FleetTest, OneThatRefusesToStartIsAFaultAndNoNewcomer) {
  script_.refuses = true;
  EXPECT_FALSE(start("ops").instance);
  EXPECT_THAT(faults_.lines(), ElementsAre(testing::HasSubstr("module chat refused to start (")));
}

TEST_F(FleetTest, TheEngineGoesOnWhileOneBegins) {
  std::optional<Newcomer> begun;
  asking_.run([](notify::Task<Newcomer> task, std::optional<Newcomer>* out) -> notify::Task<> {
    *out = co_await task;
  }(fleet_.begin(entry("ops"), faults_), &begun));
  EXPECT_FALSE(begun);
  ASSERT_TRUE(until([&] { return begun.has_value(); }));
  EXPECT_TRUE(begun->instance);
}

TEST_F(FleetTest, OneThatIsNotNeededAfterAllEnds) {
  fleet_.dismiss(start("ops"));
  EXPECT_TRUE(until([&] { return script_.destroyed == 1; }));
  EXPECT_THAT(fleet_.names(), IsEmpty());
}

TEST_F(FleetTest, WhatRefusedToStartCanBeDismissed) {
  fleet_.dismiss(Newcomer{});
  engine_.run();
  EXPECT_EQ(fleet_.stuck(), 0U);
}

// ---- Switching ----

TEST_F(FleetTest, TheFirstOfANameComesWithASenderOfItsOwn) {
  const auto ops = join("ops");
  const auto dev = join("dev");
  EXPECT_TRUE(ops.is_new);
  EXPECT_TRUE(dev.is_new);
  EXPECT_NE(ops.sender, dev.sender);
  EXPECT_THAT(fleet_.names(), ElementsAre("dev", "ops"));
  EXPECT_THAT(generations(), ElementsAre(1U, 1U));
}

TEST_F(FleetTest, TheNextOfANameAnswersForTheSameSender) {
  const auto first = join("ops");
  Newcomer newcomer = start("ops");
  const modules::Instance* const next = newcomer.instance.get();
  const auto second = fleet_.join(std::move(newcomer));
  EXPECT_FALSE(second.is_new);
  EXPECT_EQ(second.sender, first.sender);
  EXPECT_EQ(&second.sender->notifier(), next);
  EXPECT_THAT(generations(), ElementsAre(2U));
}

TEST_F(FleetTest, AGenerationThatIsReplacedEndsOnceItHasAnsweredWhatItBegan) {
  script_.keeps_what_it_is_asked = true;
  const auto rc = deliver(join("ops").sender->notifier());
  ASSERT_TRUE(until([&] { return script_.kept() == 1; }));
  join("ops");
  engine_.advance(kDrainWithin / 2);
  EXPECT_EQ(script_.destroyed, 0);
  EXPECT_FALSE(*rc);
  script_.release();
  ASSERT_TRUE(until([&] { return script_.destroyed == 1; }));
  EXPECT_EQ(*rc, notify_rc{NOTIFY_OK});
  EXPECT_EQ(script_.hurried, 0);
}

TEST_F(FleetTest, AGenerationThatTakesTooLongIsAskedToHurry) {
  script_.keeps_what_it_is_asked = true;
  const auto rc = deliver(join("ops").sender->notifier());
  ASSERT_TRUE(until([&] { return script_.kept() == 1; }));
  join("ops");
  engine_.advance(kDrainWithin + Millis(1));
  EXPECT_TRUE(until([&] { return script_.hurried == 1; }));
  EXPECT_EQ(script_.destroyed, 0);
  script_.release();
  EXPECT_TRUE(until([&] { return script_.destroyed == 1; }));
}

TEST_F(FleetTest, AGenerationThatDoesNotComeBackStaysInQuarantineAndIsNamed) {
  std::promise<void> release;
  script_.destroy_after = release.get_future().share();
  join("ops");
  join("ops");
  EXPECT_THAT(fleet_.quarantined(), IsEmpty());
  EXPECT_TRUE(test::wait_until([&] {
    engine_.advance(kDrainWithin + kHurryWithin);
    return fleet_.stuck() == 1;
  }));
  EXPECT_THAT(fleet_.quarantined(), ElementsAre("ops"));
  EXPECT_THAT(fleet_.names(), ElementsAre("ops"));
  release.set_value();
  EXPECT_TRUE(until([&] { return fleet_.stuck() == 0; }));
}

TEST_F(FleetTest, ANameIsFreeAsSoonAsItsInstanceDeparts) {
  const delivery::Sender* const first = join("ops").sender;
  EXPECT_EQ(&fleet_.depart("ops"), first);
  EXPECT_THAT(fleet_.names(), IsEmpty());
  const auto next = join("ops");
  EXPECT_TRUE(next.is_new);
  EXPECT_NE(next.sender, first);
  EXPECT_THAT(generations(), ElementsAre(1U));
}

TEST_F(FleetTest, WhatDepartsEndsWhenNothingOfItIsUnderWayAnyMore) {
  join("ops");
  const delivery::Sender& sender = fleet_.depart("ops");
  engine_.advance(kDrainWithin + kHurryWithin);
  EXPECT_EQ(script_.destroyed, 0);
  fleet_.departed(sender);
  EXPECT_TRUE(until([&] { return script_.destroyed == 1; }));
}

TEST_F(FleetTest, TellsWhatRunsByItsFileAndModule) {
  LineupEntry named = entry("ops");
  named.config.module = "chat";
  fleet_.join(fleet_.start(std::move(named), faults_));
  const RunningInstances running = fleet_.running();
  ASSERT_TRUE(running.contains("ops"));
  EXPECT_EQ(running.at("ops").config.file, "ops.toml");
  EXPECT_EQ(running.at("ops").config.module, "chat");
  const InstanceStatus status = fleet_.status().at(0);
  EXPECT_EQ(status.version, "1.0");
  EXPECT_EQ(status.file, "ops.toml");
  EXPECT_EQ(status.since_ms, unix_ms(engine_.wall()));
}

// ---- The end ----

TEST_F(FleetTest, AsksAllToHurry) {
  script_.keeps_what_it_is_asked = true;
  deliver(join("ops").sender->notifier());
  deliver(join("dev").sender->notifier());
  ASSERT_TRUE(until([&] { return script_.kept() == 2; }));
  fleet_.hurry();
  EXPECT_TRUE(until([&] { return script_.hurried == 2; }));
  script_.release();
}

TEST_F(FleetTest, EndsAllGenerationsWithoutWaitingForTheDeadline) {
  join("ops");
  join("ops");
  join("dev");
  fleet_.depart("dev");
  const TimePoint before = steady_clock::now();
  fleet_.end(before + seconds(60));
  EXPECT_LT(steady_clock::now(), before + seconds(30));
  EXPECT_EQ(script_.destroyed, 3);
  EXPECT_EQ(fleet_.stuck(), 0U);
}

// The deadline of a generation that leaves is the engine's clock's; the end's is what counts.
TEST_F(FleetTest, WaitsAtTheEndForAGenerationThatWasLeaving) {
  std::promise<void> release;
  script_.destroy_after = release.get_future().share();
  join("ops");
  join("ops");
  ASSERT_TRUE(test::wait_until([this] { return script_.destroying == 1; }));
  const auto releasing = std::async(std::launch::async, [&] {
    test::wait_until([this] { return script_.destroying == 2; });
    // Were it not waited for, it would be given up by now.
    test::wait_until([this] { return fleet_.stuck() != 0; }, Millis(100));
    release.set_value();
  });
  fleet_.end(steady_clock::now() + seconds(60));
  EXPECT_EQ(script_.destroyed, 2);
  EXPECT_EQ(fleet_.stuck(), 0U);
}

TEST_F(FleetTest, IsNotHeldUpAtTheEndByAGenerationThatHadLonger) {
  std::promise<void> release;
  script_.destroy_after = release.get_future().share();
  engine_.advance(std::chrono::hours(24 * 365));  // what leaves may take until then
  join("ops");
  join("ops");
  const TimePoint before = steady_clock::now();
  fleet_.end(before + Millis(200));
  EXPECT_LT(steady_clock::now(), before + 5 * Millis(200));
  EXPECT_EQ(fleet_.stuck(), 2U);
  release.set_value();
  EXPECT_TRUE(test::wait_until([this] { return fleet_.stuck() == 0; }));
}

TEST_F(FleetTest, SharesOneDeadlineHoweverManyDoNotComeBack) {
  std::promise<void> release;
  script_.destroy_after = release.get_future().share();
  for (const char* name : {"a", "b", "c", "d", "e"}) join(name);
  const TimePoint before = steady_clock::now();
  fleet_.end(before + Millis(200));
  EXPECT_LT(steady_clock::now(), before + 5 * Millis(200));
  EXPECT_EQ(fleet_.stuck(), 5U);
  release.set_value();
  EXPECT_TRUE(test::wait_until([this] { return fleet_.stuck() == 0; }));
}

}  // namespace
}  // namespace notifyd::daemon
