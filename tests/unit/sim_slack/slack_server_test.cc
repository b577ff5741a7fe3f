// The server under load, limits and faults.
#include "slack_fixture.h"

#include <future>
#include <thread>

namespace notifyd::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ServerTest : public SlackTest {
 protected:
  httplib::Result post_raw() const {
    return raw("chat.postMessage", {{"channel", general}, {"text", "x"}});
  }
  std::size_t stored() const { return workspace.messages(general).size(); }
};

// ---- Rate limits ----

TEST_F(ServerTest, OverTheLimitIs429WithRetryAfterAndNoEffect) {
  server.set_limits({{"chat.postMessage", {0.5, 1}}});
  EXPECT_EQ(post_raw()->status, 200);
  const auto refused = post_raw();
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->get_header_value("Retry-After"), "2");
  EXPECT_EQ(Json::parse(refused->body), Json({{"ok", false}, {"error", "ratelimited"}}));
  EXPECT_EQ(stored(), 1U);
  EXPECT_EQ(raw("auth.test", Json::object())->status, 200);
  clock.advance(seconds(2));
  EXPECT_EQ(post_raw()->status, 200);
}

TEST_F(ServerTest, TheChannelsLimitLeavesOtherChannelsOpen) {
  server.set_limits({{std::string(kPostPerChannel), {1, 1}}});
  const std::string other = workspace.add_channel("other");
  post_raw();
  EXPECT_EQ(post_raw()->status, 429);
  EXPECT_NE(post(other, "x"), "");
}

TEST_F(ServerTest, ADmHasOneBucketByItsIdAndByTheUsers) {
  server.set_limits({{std::string(kPostPerChannel), {1, 1}}});
  const std::string dm = call("conversations.open", {{"users", alice}})["channel"]["id"];
  EXPECT_NE(post(dm, "x"), "");
  EXPECT_EQ(raw("chat.postMessage", {{"channel", alice}, {"text", "x"}})->status, 429);
}

TEST_F(ServerTest, ACallInsideARetryAfterIsHeldAgainstTheClient) {
  server.set_limits({{"chat.postMessage", {1, 1}}});
  post_raw();
  post_raw();  // 429
  post_raw();  // may have been on its way already
  clock.advance(milliseconds(500));
  post_raw();
  const auto calls = workspace.journal("chat.postMessage");
  EXPECT_FALSE(calls[2].inside_retry_after);
  EXPECT_TRUE(calls[3].inside_retry_after);
  EXPECT_EQ(workspace.counters()["chat.postMessage"].refused, 3);
  ASSERT_THAT(workspace.invariants(), SizeIs(1));
  EXPECT_EQ(workspace.invariants()[0].rule, "inside_retry_after");
}

TEST_F(ServerTest, PublishedLimitsLetABurstThroughAndThenNoMore) {
  server.set_limits(published_limits());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(post_raw()->status, 200);
  EXPECT_EQ(post_raw()->status, 429);
  server.set_limits({});
  EXPECT_EQ(post_raw()->status, 200);
}

// ---- Faults ----

TEST_F(ServerTest, StatusesComeWithAnyBody) {
  server.faults().add(Fault::http(503).nth(1));
  server.faults().add(Fault::http(500, Fault::Body::kHtml).nth(1));
  server.faults().add(Fault::http(502, Fault::Body::kEmpty).nth(1));
  const auto json = post_raw();
  EXPECT_EQ(json->status, 503);
  EXPECT_EQ(Json::parse(json->body)["error"], "internal_error");
  const auto html = post_raw();
  EXPECT_EQ(html->status, 500);
  EXPECT_THAT(html->body, ::testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(post_raw()->body, IsEmpty());
  EXPECT_EQ(stored(), 0U);
  EXPECT_EQ(post_raw()->status, 200);
}

TEST_F(ServerTest, AFaultPicksItsCalls) {
  auto& faults = server.faults();
  const int rule = faults.add(Fault::http(503).on("chat.postMessage").in(general).nth(2).times(2));
  EXPECT_EQ(raw("auth.test", Json::object())->status, 200);
  EXPECT_NE(post(alice, "x"), "");
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(post_raw()->status);
  EXPECT_THAT(statuses, ::testing::ElementsAre(200, 503, 503, 200));
  EXPECT_EQ(faults.hits(rule), 2);
}

TEST_F(ServerTest, AProbabilityWithASeedStrikesTheSameCallsAgain) {
  const auto strikes = [&] {
    server.faults().clear();
    server.faults().seed(7);
    server.faults().add(Fault::http(503).with_probability(0.5));
    std::string pattern;
    for (int i = 0; i < 20; ++i) pattern += post_raw()->status == 200 ? '.' : 'x';
    return pattern;
  };
  const std::string first = strikes();
  EXPECT_EQ(strikes(), first);
  EXPECT_THAT(first, ::testing::HasSubstr("x"));
  EXPECT_THAT(first, ::testing::HasSubstr("."));
}

TEST_F(ServerTest, ASlackErrorIsGivenBeforeOrAfterTheEffect) {
  server.faults().add(Fault::code("channel_not_found").nth(1));
  EXPECT_EQ(error_of("chat.postMessage", {{"channel", general}, {"text", "x"}}),
            "channel_not_found");
  EXPECT_EQ(stored(), 0U);
  server.faults().add(Fault::code("fatal_error").after_effect().nth(1));
  EXPECT_EQ(error_of("chat.postMessage", {{"channel", general}, {"text", "x"}}), "fatal_error");
  EXPECT_EQ(stored(), 1U);
  const auto calls = workspace.journal("chat.postMessage");
  EXPECT_FALSE(calls[0].effect);
  EXPECT_TRUE(calls[1].effect);
}

TEST_F(ServerTest, AResetBeforeTheEffectLosesTheCall) {
  server.faults().add(Fault::reset().nth(1));
  EXPECT_FALSE(post_raw());
  EXPECT_EQ(stored(), 0U);
  EXPECT_TRUE(post_raw());
}

TEST_F(ServerTest, AResetAfterTheEffectLosesOnlyTheAnswer) {
  server.faults().add(Fault::reset().after_effect().nth(1));
  EXPECT_FALSE(post_raw());
  EXPECT_EQ(stored(), 1U);
}

TEST_F(ServerTest, TruncatedJsonAndAWrongLengthAreWhatTheySay) {
  server.faults().add(Fault::truncated_json().after_effect().nth(1));
  server.faults().add(Fault::wrong_length().nth(1));
  const auto truncated = post_raw();
  EXPECT_EQ(truncated->status, 200);
  EXPECT_TRUE(Json::parse(truncated->body, nullptr, false).is_discarded());
  EXPECT_EQ(stored(), 1U);
  EXPECT_FALSE(post_raw());
}

TEST_F(ServerTest, ARedirectNamesAnotherHost) {
  server.faults().add(Fault::redirect("https://example.com/").nth(1));
  const auto result = post_raw();
  EXPECT_EQ(result->status, 302);
  EXPECT_EQ(result->get_header_value("Location"), "https://example.com/");
}

TEST_F(ServerTest, AForced429SaysWhatItIsTold) {
  server.faults().add(Fault::rate_limited("notanumber").nth(1));
  server.faults().add(Fault::rate_limited(std::nullopt).nth(1));
  server.faults().add(Fault::rate_limited("120").nth(1));
  EXPECT_EQ(post_raw()->get_header_value("Retry-After"), "notanumber");
  EXPECT_FALSE(post_raw()->has_header("Retry-After"));
  EXPECT_EQ(post_raw()->get_header_value("Retry-After"), "120");
  clock.advance(seconds(119));
  post_raw();
  clock.advance(seconds(1));
  post_raw();
  const auto calls = workspace.journal("chat.postMessage");
  EXPECT_TRUE(calls[3].inside_retry_after);
  EXPECT_FALSE(calls[4].inside_retry_after);
}

TEST_F(ServerTest, ADelayedAnswerComesAfterAll) {
  server.faults().add(Fault::delay(milliseconds(30)).nth(1));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(post_raw()->status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(30));
}

TEST_F(ServerTest, SilenceLastsUntilTheClientGivesUp) {
  server.faults().add(Fault::no_answer().after_effect().nth(1));
  httplib::Client impatient = client();
  impatient.set_read_timeout(milliseconds(50));
  const Json args = {{"channel", general}, {"text", "x"}};
  EXPECT_FALSE(impatient.Post("/api/chat.postMessage", bearer(), args.dump(),
                              "application/json; charset=utf-8"));
  EXPECT_TRUE(workspace.wait_for([&] { return stored() == 1; }));
  EXPECT_TRUE(post_raw());
}

// ---- Connections ----

TEST_F(ServerTest, StopBreaksWaitingCallsAndStartComesBackOnTheSamePort) {
  server.faults().add(Fault::no_answer().nth(1));
  server.faults().add(Fault::delay(std::chrono::hours(1)).after_effect().nth(1));
  auto silent = std::async(std::launch::async, [&] { return bool(post_raw()); });
  ASSERT_TRUE(workspace.wait_for([&] { return workspace.journal().size() == 1; }));
  auto delayed = std::async(std::launch::async, [&] { return bool(post_raw()); });
  ASSERT_TRUE(workspace.wait_for([&] { return workspace.journal().size() == 2; }));
  const int port = server.port();
  server.stop();
  EXPECT_FALSE(silent.get());
  EXPECT_FALSE(delayed.get());
  EXPECT_FALSE(post_raw());
  server.start();
  EXPECT_EQ(server.port(), port);
  EXPECT_TRUE(post_raw());
}

TEST_F(ServerTest, StopsAtOnceThoughConnectionsAreKeptAlive) {
  httplib::Client kept = client();
  kept.set_keep_alive(true);
  ASSERT_TRUE(kept.Get("/api/auth.test", bearer()));
  server.stop();
  EXPECT_FALSE(kept.Get("/api/auth.test", bearer()));
}

TEST_F(ServerTest, ManyKeptConnectionsAreServedAtOnce) {
  constexpr int kConnections = 60;
  std::vector<std::unique_ptr<httplib::Client>> clients;
  for (int i = 0; i < kConnections; ++i) {
    clients.push_back(std::make_unique<httplib::Client>("127.0.0.1", server.port()));
    clients.back()->set_keep_alive(true);
  }
  for (int round = 0; round < 2; ++round) {
    for (auto& each : clients) EXPECT_TRUE(each->Get("/api/auth.test", bearer()));
  }
  std::set<int> connections;
  for (const Call& each : workspace.journal()) connections.insert(each.connection);
  EXPECT_THAT(connections, SizeIs(kConnections));
}

TEST_F(ServerTest, ABodyThatStopsShortIsSaidToBeSo) {
  httplib::Client http = client();
  http.set_read_timeout(seconds(20));
  const auto result = http.Post(
      "/api/chat.postMessage", bearer(), 100,
      [](std::size_t, std::size_t, httplib::DataSink& sink) {
        sink.write("channel=general", 15);
        return false;
      },
      "application/x-www-form-urlencoded");
  EXPECT_FALSE(result);
  ASSERT_TRUE(workspace.wait_for([&] { return !workspace.journal().empty(); }));
  EXPECT_EQ(workspace.journal()[0].error, "request_timeout");
}

}  // namespace
}  // namespace notifyd::sim
