#include "teleport/grpc_auth.h"

#include <gmock/gmock.h>

#include "unit/teleport/grpc_world.h"

namespace notifyd::teleport {
namespace {

using model::End;
using sim::AuthMethod;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class GrpcAuthTest : public GrpcWorld {
 protected:
  Result<RequestPage> list(std::string page = "") {
    return thread_.run([&] { return session_->list(page, {}); });
  }
  Result<> write(const std::string& id, PluginEntry set, PluginEntry expect) {
    return thread_.run([&] { return session_->write(id, "slack", set, expect); });
  }
  Result<PluginEntry> read(const std::string& id) {
    return thread_.run([&] { return session_->read(id, "slack"); });
  }
  Result<WatchEvent> next() {
    return thread_.run([&] { return stream_->next(); });
  }
  void watch() {
    thread_.on([this] { stream_ = session_->watch(); });
  }
  void end_watch() {
    thread_.on([this] { stream_.reset(); });
  }

  std::shared_ptr<AuthSession> session_ = session();
  std::unique_ptr<EventStream> stream_;
};

TEST_F(GrpcAuthTest, PingTellsAboutTheCluster) {
  const auto info = thread_.run([this] { return session_->ping(); });
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->name, "example.com");
  EXPECT_EQ(info->version, "18.0.0");
  EXPECT_EQ(info->web_url, "https://proxy.sim.example.com");
}

TEST_F(GrpcAuthTest, ListsInPages) {
  sim::AuthQuirks quirks;
  quirks.page_size_cap = 2;
  server_.faults().set_quirks(quirks);
  std::set<std::string> made;
  for (int i = 0; i < 5; ++i) made.insert(create());
  std::set<std::string> listed;
  std::string next;
  do {
    const auto page = list(next);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_LE(page->requests.size(), 2U);
    for (const auto& request : page->requests) listed.insert(request->id);
    next = page->next;
  } while (!next.empty());
  EXPECT_EQ(listed, made);
}

TEST_F(GrpcAuthTest, TellsHowFarARequestIsFromItsDecision) {
  sim::NewRequest what;
  what.user = "alice@example.com";
  what.roles = {"editor", "dba"};
  what.ttl = std::chrono::hours(1);
  what.access_ttl = std::chrono::hours(8);
  what.thresholds = {{2, 1}};
  what.resources.emplace_back().set_name("db-1");
  const std::string id = cluster_.create_request(what);
  ASSERT_TRUE(cluster_.review(id, "bob@example.com", ::types::APPROVED, "fine"));
  const auto page = list();
  ASSERT_TRUE(page) << page.error().message;
  const AccessRequest& request = *page->requests.at(0);
  EXPECT_EQ(request.expires_ms - request.created_ms, 3600'000);
  EXPECT_EQ(request.access_expires_ms - request.created_ms, 8 * 3600'000);
  EXPECT_EQ(request.resource_details.at(0).name, "db-1");
  const model::Threshold& threshold = request.thresholds.at(0);
  EXPECT_EQ(threshold.needed.approvals, 2U);
  ASSERT_TRUE(threshold.given);
  EXPECT_EQ(threshold.given->approvals, 1U);
  EXPECT_EQ(threshold.given->denials, 0U);
  EXPECT_THAT(threshold.roles, ElementsAre(0U, 1U));
}

TEST_F(GrpcAuthTest, ListsByTheOlderStreamWhereTheServerIsOldAndRemembersThat) {
  sim::AuthQuirks quirks;
  quirks.no_list_access_requests = true;
  server_.faults().set_quirks(quirks);
  for (int i = 0; i < 3; ++i) create();
  for (int i = 0; i < 2; ++i) {
    const auto page = list();
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_THAT(page->requests, SizeIs(3));
    EXPECT_EQ(page->next, "");
  }
  EXPECT_EQ(server_.calls(AuthMethod::kListAccessRequests), 1U);
  EXPECT_EQ(server_.calls(AuthMethod::kGetAccessRequestsV2), 2U);
}

TEST_F(GrpcAuthTest, AFailureHalfwayThroughTheOlderListIsAnError) {
  sim::AuthQuirks quirks;
  quirks.no_list_access_requests = true;
  server_.faults().set_quirks(quirks);
  server_.faults().set(AuthMethod::kGetAccessRequestsV2,
                       {.code = grpc::StatusCode::UNAVAILABLE, .message = "half"});
  const auto page = list();
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Errc::kUnavailable);
  EXPECT_EQ(page.error().message, "GetAccessRequestsV2: half");
}

TEST_F(GrpcAuthTest, ReadsWhatItWroteAndNothingWhereThereIsNoRecord) {
  const std::string id = create();
  EXPECT_THAT(*read(id), IsEmpty());
  ASSERT_TRUE(write(id, {{"user", "alice"}, {"messages", "C1/1.2"}}, {{"user", ""}}));
  EXPECT_THAT(*read(id), ElementsAre(Pair("messages", "C1/1.2"), Pair("user", "alice")));
  ASSERT_TRUE(write(id, {{"messages", ""}}, {}));
  EXPECT_THAT(*read(id), ElementsAre(Pair("user", "alice")));
}

TEST_F(GrpcAuthTest, ALostCompareAndSwapIsAConflict) {
  const std::string id = create();
  ASSERT_TRUE(write(id, {{"user", "alice"}}, {}));
  const auto lost = write(id, {{"user", "bob"}}, {{"user", ""}});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::kConflict);
  EXPECT_THAT(*read(id), ElementsAre(Pair("user", "alice")));
}

TEST_F(GrpcAuthTest, ARecordOfNoRequestIsNotFound) {
  const auto result = write("0190c6a4-0000-7000-8000-000000000000", {{"user", "alice"}}, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kNotFound);
}

TEST_F(GrpcAuthTest, KeepsBytesThatAreNotUtf8InRecords) {
  const std::string id = create();
  ASSERT_TRUE(write(id, {{"request_reason", "caf\xe9"}, {"k\xff", "v"}}, {{"k\xff", ""}}));
  EXPECT_THAT(*read(id), ElementsAre(Pair("k\xff", "v"), Pair("request_reason", "caf\xe9")));
}

TEST_F(GrpcAuthTest, ListsRecordsOfRequestsThatAreGoneToo) {
  const std::string here = create();
  const std::string gone = create();
  for (const auto& id : {here, gone}) ASSERT_TRUE(write(id, {{"user", id}}, {}));
  ASSERT_TRUE(cluster_.remove(gone));
  const auto records = thread_.run([this] { return session_->list_records("slack", nullptr); });
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_THAT(records->entries, SizeIs(2));
  EXPECT_EQ(records->entries.at(gone).at("user"), gone);
}

TEST_F(GrpcAuthTest, NamesTheRuleThatTheRoleLacks) {
  const std::string id = create();
  server_.deny("access_plugin_data", "update");
  server_.deny("access_request", "update");
  const auto result = write(id, {{"user", "alice"}}, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kDenied);
  EXPECT_THAT(result.error().message, HasSubstr("needs update on access_plugin_data"));
}

TEST_F(GrpcAuthTest, WatchesFromInitOn) {
  watch();
  const auto init = next();
  ASSERT_TRUE(init) << init.error().message;
  EXPECT_EQ(init->kind, WatchEvent::Kind::kInit);
  const std::string id = create();
  const auto put = next();
  ASSERT_TRUE(put) << put.error().message;
  EXPECT_EQ(put->request->id, id);
  EXPECT_EQ(put->request->end, End::kNone);
  ASSERT_TRUE(cluster_.remove(id));
  const auto removed = next();
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(removed->kind, WatchEvent::Kind::kDelete);
  EXPECT_EQ(removed->id, id);
  end_watch();
}

TEST_F(GrpcAuthTest, TakesAnInitThatOldServersSend) {
  sim::AuthQuirks quirks;
  quirks.init_without_status = true;
  server_.faults().set_quirks(quirks);
  watch();
  EXPECT_TRUE(next());
  end_watch();
}

TEST_F(GrpcAuthTest, AWatchWithoutTheRuleIsDenied) {
  server_.deny("access_request", "read");
  watch();
  const auto event = next();
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Errc::kDenied);
  EXPECT_THAT(event.error().message, HasSubstr("needs read on access_request"));
  end_watch();
}

TEST_F(GrpcAuthTest, SaysWhyAStreamEnded) {
  watch();
  ASSERT_TRUE(next());
  server_.drop_streams(grpc::StatusCode::UNAVAILABLE, "going down");
  const auto end = next();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Errc::kUnavailable);
  EXPECT_EQ(end.error().message, "WatchEvents: going down");
  const auto again = next();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().message, "WatchEvents: going down");
  end_watch();
}

TEST_F(GrpcAuthTest, AStreamThatEndsWithoutErrorHasEndedAllTheSame) {
  watch();
  ASSERT_TRUE(next());
  server_.drop_streams(grpc::StatusCode::OK, "");
  const auto end = next();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Errc::kUnavailable);
  end_watch();
}

TEST_F(GrpcAuthTest, ADestroyedStreamCancelsItsCall) {
  watch();
  ASSERT_TRUE(next());
  ASSERT_EQ(server_.open_streams(), 1U);
  end_watch();
  EXPECT_TRUE(test::wait_until([this] { return server_.open_streams() == 0; }));
}

TEST_F(GrpcAuthTest, AStreamCanGoWhileItsNextEventIsAwaited) {
  for (int i = 0; i < 20; ++i) {
    watch();
    ASSERT_TRUE(next());
    thread_.on([this] {
      notify::Scope scope;
      scope.run(
          [](EventStream* stream) -> Task<void> { (void)co_await stream->next(); }(stream_.get()));
      scope.clear();
      stream_.reset();
    });
  }
  EXPECT_TRUE(test::wait_until([this] { return server_.open_streams() == 0; }));
}

TEST_F(GrpcAuthTest, ADestroyedTaskCancelsItsCallAndWaitsForNothing) {
  server_.faults().set(AuthMethod::kPing, {.delay = std::chrono::seconds(2)});
  thread_.on([this] {
    notify::Scope scope;
    for (int i = 0; i < 20; ++i) {
      scope.run([](AuthSession* session) -> Task<void> {
        (void)co_await session->ping();
      }(session_.get()));
    }
  });
  server_.faults().clear();
  EXPECT_TRUE(thread_.run([this] { return session_->ping(); }));
}

// Answers that come when the engine is gone must not be posted to it.
TEST_F(GrpcAuthTest, TheEngineMayGoBeforeTheAnswersCome) {
  server_.faults().set(AuthMethod::kPing, {.delay = std::chrono::milliseconds(50)});
  for (int i = 0; i < 10; ++i) {
    AsioEngine engine;
    GrpcDialer dialer(engine, *http_, options());
    notify::Scope scope;
    scope.run([](GrpcDialer* d) -> Task<void> { (void)co_await d->dial(); }(&dialer));
  }
  server_.faults().clear();
}

}  // namespace
}  // namespace notifyd::teleport
