#include "sim/teleport/watch_stream.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "auth_client.h"
#include "support/wait.h"

namespace notifyd::sim {
namespace {

using ::grpc::StatusCode;

class WatchStreamTest : public AuthServerTest {
 protected:
  // An open stream whose INIT is read.
  std::unique_ptr<EventReader> open(const ::proto::Watch& request = watch_requests()) {
    auto events = std::make_unique<EventReader>(client_.stub(), request);
    EXPECT_TRUE(events->next());
    EXPECT_EQ(events->event().type(), ::proto::INIT);
    return events;
  }

  AuthClient client_{server_, notifier_};
};

TEST_F(WatchStreamTest, InitComesFirstAndListsWhatWasAgreedTo) {
  create();
  ::proto::Watch request = watch_requests();
  request.add_kinds()->set_kind("role");
  const auto events = open(request);
  const auto status = decoded<::types::WatchStatus>(events->event().watch_status());
  EXPECT_EQ(status.kind(), "watch_status");
  ASSERT_EQ(status.spec().kinds_size(), 1);
  EXPECT_EQ(status.spec().kinds(0).kind(), "access_request");
}

TEST_F(WatchStreamTest, ADeniedKindFailsTheCallUnlessPartialSuccessIsAllowed) {
  ::proto::Watch request = watch_requests();
  request.set_allow_partial_success(false);
  request.add_kinds()->set_kind("role");
  EventReader events(client_.stub(), request);
  EXPECT_EQ(events.finish().error_code(), StatusCode::PERMISSION_DENIED);
}

TEST_F(WatchStreamTest, WithoutTheRuleNothingIsLeftToWatch) {
  server_.deny("access_request", "read");
  EventReader events(client_.stub(), watch_requests());
  EXPECT_EQ(events.finish().error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(WatchStreamTest, APutCarriesTheWholeRequest) {
  const auto events = open();
  const std::string id = create();
  ASSERT_TRUE(events->next());
  EXPECT_EQ(events->event().type(), ::proto::PUT);
  EXPECT_EQ(events->request().metadata().name(), id);
  EXPECT_EQ(events->request().spec().user(), "alice@example.com");
}

TEST_F(WatchStreamTest, ADeleteCarriesAHeaderOnly) {
  const std::string id = create();
  const auto events = open();
  ASSERT_TRUE(cluster_.remove(id));
  ASSERT_TRUE(events->next());
  EXPECT_EQ(events->event().type(), ::proto::DELETE);
  ASSERT_TRUE(events->event().has_resource_header());
  const auto header = decoded<::types::ResourceHeader>(events->event().resource_header());
  EXPECT_EQ(header.kind(), "access_request");
  EXPECT_EQ(header.version(), "v3");
  EXPECT_EQ(header.metadata().name(), id);
}

TEST_F(WatchStreamTest, PluginDataIsNoEvent) {
  const std::string id = create();
  const auto events = open();
  ASSERT_TRUE(client_.write(id, {{"a", "1"}}).ok());
  ASSERT_TRUE(cluster_.remove(id));
  ASSERT_TRUE(events->next());
  EXPECT_EQ(events->event().type(), ::proto::DELETE);
}

TEST_F(WatchStreamTest, AFilterKeepsPutsBackButNotDeletes) {
  ::proto::Watch request = watch_requests();
  auto& filter = *request.mutable_kinds(0)->add_filter();
  filter.set_key("state");
  filter.set_value("PENDING");
  const auto events = open(request);
  const std::string id = create();
  ASSERT_TRUE(cluster_.set_state(id, ::types::DENIED, ""));
  ASSERT_TRUE(cluster_.remove(id));
  ASSERT_TRUE(events->next());
  EXPECT_EQ(events->request().spec().state(), ::types::PENDING);
  ASSERT_TRUE(events->next());
  EXPECT_EQ(events->event().type(), ::proto::DELETE);
}

TEST_F(WatchStreamTest, EventsOfManyWritersComeInTheOrderOfTheChanges) {
  const auto events = open();
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      for (int k = 0; k < 100; ++k) {
        const auto done = cluster_.set_state(create(), ::types::DENIED, "");
        EXPECT_TRUE(done.ok());
      }
    });
  }
  std::set<std::string> pending;
  for (int i = 0; i < 800; ++i) {
    ASSERT_TRUE(events->next());
    const auto request = events->request();
    const bool is_new = request.spec().state() == ::types::PENDING;
    ASSERT_EQ(is_new, pending.insert(request.metadata().name()).second);
  }
  for (std::thread& writer : writers) writer.join();
}

TEST_F(WatchStreamTest, AWatcherThatReadsNothingHoldsUpNobody) {
  const auto lazy = open();
  const auto keen = open();
  constexpr int kMany = 20'000;  // far more than the flow control window holds
  cluster_.create_requests(std::vector<NewRequest>(kMany, request_by("alice@example.com")));
  for (int i = 0; i < kMany; ++i) ASSERT_TRUE(keen->next());
  EXPECT_EQ(client_.ping(), StatusCode::OK);
}

TEST_F(WatchStreamTest, DroppedStreamsEndWithTheChosenStatus) {
  const auto one = open();
  const auto two = open();
  server_.drop_streams(StatusCode::RESOURCE_EXHAUSTED, "too slow");
  EXPECT_EQ(one->finish().error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(two->finish().error_message(), "too slow");
  EXPECT_TRUE(test::wait_until([&] { return server_.open_streams() == 0; }));
  open();
}

TEST_F(WatchStreamTest, StalledStreamsAreSilentUntilTheStallEnds) {
  const auto events = open();
  server_.stall_streams(true);
  const std::string id = create();
  std::atomic<bool> heard = false;
  std::thread reader([&] { heard = events->next(); });
  EXPECT_EQ(client_.ping(), StatusCode::OK);  // all else goes on
  EXPECT_FALSE(heard);
  server_.stall_streams(false);
  reader.join();
  EXPECT_TRUE(heard);
  EXPECT_EQ(events->request().metadata().name(), id);
}

TEST_F(WatchStreamTest, AStreamOpenedDuringAStallIsSilentToo) {
  server_.stall_streams(true);
  EventReader events(client_.stub(), watch_requests());
  ASSERT_TRUE(test::wait_until([&] { return server_.open_streams() == 1; }));
  EXPECT_EQ(server_.traffic(AuthMethod::kWatchEvents).bytes_out, 0U);
  server_.stall_streams(false);
  ASSERT_TRUE(events.next());
  EXPECT_EQ(events.event().type(), ::proto::INIT);
}

TEST_F(WatchStreamTest, AStalledStreamCanBeDropped) {
  const auto events = open();
  server_.stall_streams(true);
  create();
  server_.drop_streams();
  EXPECT_EQ(events->finish().error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(WatchStreamTest, AServerThatNeverSaysInitSaysNothing) {
  server_.faults().set_quirks({.no_init = true});
  EventReader events(client_.stub(), watch_requests());
  ASSERT_TRUE(test::wait_until([&] { return server_.open_streams() == 1; }));
  create();
  server_.drop_streams();
  EXPECT_FALSE(events.next());
}

TEST_F(WatchStreamTest, AnOldServersInitHasNoStatus) {
  server_.faults().set_quirks({.init_without_status = true});
  EXPECT_FALSE(open()->event().has_watch_status());
}

TEST_F(WatchStreamTest, AFaultRefusesTheStream) {
  server_.faults().set(AuthMethod::kWatchEvents, {.code = StatusCode::INTERNAL, .calls = 1});
  EXPECT_EQ(EventReader(client_.stub(), watch_requests()).finish().error_code(),
            StatusCode::INTERNAL);
  open();
}

TEST_F(WatchStreamTest, AFaultDelaysInit) {
  server_.faults().set(AuthMethod::kWatchEvents, {.delay = std::chrono::milliseconds(50)});
  const auto start = std::chrono::steady_clock::now();
  open();
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(50));
}

TEST_F(WatchStreamTest, ADelayedStreamEndsWithTheServer) {
  server_.faults().set(AuthMethod::kWatchEvents, {.delay = std::chrono::hours(1)});
  EventReader events(client_.stub(), watch_requests());
  ASSERT_TRUE(test::wait_until([&] { return server_.open_streams() == 1; }));
  server_.stop();
  EXPECT_EQ(events.finish().error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(WatchStreamTest, ACancelledStreamIsForgotten) {
  const auto events = open();
  events->cancel();
  EXPECT_TRUE(test::wait_until([&] { return server_.open_streams() == 0; }));
  create();
}

TEST_F(WatchStreamTest, StreamsComeAndGoWhileTheClusterChanges) {
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    while (!stop) create();
  });
  for (int i = 0; i < 50; ++i) {
    const auto events = open();
    EXPECT_TRUE(events->next());
    if (i % 2 == 0) server_.drop_streams();
  }
  stop = true;
  writer.join();
  EXPECT_TRUE(test::wait_until([&] { return server_.open_streams() == 0; }));
}

}  // namespace
}  // namespace notifyd::sim
