#include "sim/page/page_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "support/wait.h"

namespace notifyd::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Follows /api/events as a browser does.
class Follower {
 public:
  explicit Follower(int port) : http_("127.0.0.1", port), thread_([this] { follow(); }) {}
  ~Follower() {
    http_.stop();
    thread_.join();
  }

  // The newest state, once it is as wanted.
  std::optional<Json> wait_for(const std::function<bool(const Json&)>& wanted) {
    std::unique_lock lock(mutex_);
    const bool came = moved_.wait_for(lock, std::chrono::seconds(30),
                                      [&] { return !state_.is_null() && wanted(state_); });
    return came ? std::optional(state_) : std::nullopt;
  }
  std::optional<Json> wait() {
    return wait_for([](const Json&) { return true; });
  }

  Json world() {
    const std::lock_guard lock(mutex_);
    return world_;
  }

 private:
  void follow() {
    http_.Get("/api/events", [this](const char* data, std::size_t size) {
      received_.append(data, size);
      while (const auto event = next_event()) take(*event);
      return true;
    });
  }

  std::optional<std::string> next_event() {
    const std::size_t end = received_.find("\n\n");
    if (end == std::string::npos) return std::nullopt;
    std::string event = received_.substr(0, end);
    received_.erase(0, end + 2);
    return event;
  }

  void take(const std::string& event) {
    const Json data = Json::parse(event.substr(event.find("data: ") + 6));
    const std::lock_guard lock(mutex_);
    (event.find("event: world") != std::string::npos ? world_ : state_) = data;
    moved_.notify_all();
  }

  httplib::Client http_;
  std::string received_;
  std::mutex mutex_;
  std::condition_variable moved_;
  Json world_;
  Json state_;
  std::thread thread_;  // last: it uses the rest
};

// Something with one button, which takes as long as the test wants.
class FakeNotifier final : public Notifier {
 public:
  Json view() const override { return {{"presses", presses.load()}}; }
  Result<Json> act(const std::string& button) override {
    if (button != "module") return Error{Errc::kConflict, "not now"};
    ++begun;
    if (wait.valid()) wait.wait();
    ++presses;
    if (tell) tell();
    return Json{{"good", true}};
  }
  void on_change(std::function<void()> changed) override { tell = std::move(changed); }

  std::atomic<int> begun = 0;
  std::atomic<int> presses = 0;
  std::shared_future<void> wait;
  std::function<void()> tell;
};

class PageTest : public ::testing::Test {
 protected:
  PageTest() : page(cluster, workspace, {0, {"editor", "dba"}, &notifier}) {
    workspace.add_user("alice", "alice@example.com", "Alice");
    workspace.add_channel("general");
  }

  httplib::Result post(const std::string& path, const Json& form,
                       const httplib::Headers& headers = {}) const {
    httplib::Client http("127.0.0.1", page.port());
    return http.Post("/api/requests" + path, headers, form.dump(), "application/json");
  }

  httplib::Result press(const std::string& button, const httplib::Headers& headers = {}) const {
    httplib::Client http("127.0.0.1", page.port());
    return http.Post("/api/notifier/" + button, headers, "{}", "application/json");
  }

  std::string create() const {
    const auto result = post("", {{"user", "alice@example.com"}, {"roles", {"editor"}}});
    return Json::parse(result->body)["id"];
  }

  std::string error_of(const std::string& path, const Json& form, int status) const {
    const auto result = post(path, form);
    EXPECT_EQ(result->status, status);
    return Json::parse(result->body).value("error", "");
  }

  Cluster cluster;
  Workspace workspace;
  FakeNotifier notifier;
  PageServer page;
};

TEST_F(PageTest, ServesItsFilesAndNothingElse) {
  httplib::Client http("127.0.0.1", page.port());
  const auto index = http.Get("/");
  EXPECT_THAT(index->body, HasSubstr("<!DOCTYPE html>"));
  EXPECT_EQ(index->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(index->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'self'"));
  EXPECT_THAT(http.Get("/app.js")->body, HasSubstr("EventSource"));
  EXPECT_THAT(http.Get("/blocks.js")->body, HasSubstr("mrkdwn"));
  EXPECT_THAT(http.Get("/style.css")->body, HasSubstr("prefers-color-scheme"));
  EXPECT_EQ(http.Get("/page_server.cc")->status, 404);
}

TEST_F(PageTest, WhoConnectsGetsAllThereIs) {
  workspace.say("alice", "general", "hello");
  const std::string id = create();
  Follower follower(page.port());
  const auto state = follower.wait();
  ASSERT_TRUE(state);
  EXPECT_EQ((*state)["slack"]["messages"][0]["text"], "hello");
  EXPECT_EQ((*state)["cluster"]["requests"][0]["id"], id);
  EXPECT_THAT(follower.world()["roles"], ElementsAre("editor", "dba"));
  EXPECT_EQ(follower.world()["emoji"]["x"], "\xE2\x9D\x8C");
}

TEST_F(PageTest, ChangesOnBothSidesArriveLive) {
  Follower follower(page.port());
  ASSERT_TRUE(follower.wait());
  workspace.say("alice", "general", "news");
  EXPECT_TRUE(
      follower.wait_for([](const Json& state) { return state["slack"]["messages"].size() == 1; }));
  cluster.create_request({.user = "alice@example.com", .roles = {"dba"}});
  EXPECT_TRUE(follower.wait_for(
      [](const Json& state) { return state["cluster"]["requests"].size() == 1; }));
}

TEST_F(PageTest, ARequestIsMadeOfWhatTheFormSays) {
  const auto result = post("", {{"user", "alice@example.com"},
                                {"roles", {"editor", "dba"}},
                                {"reason", "why not"},
                                {"suggested_reviewers", {"bob@example.com"}},
                                {"resources", {"/sim.example.com/node/db/1"}}});
  ASSERT_EQ(result->status, 200);
  const RequestPtr request = cluster.get(Json::parse(result->body)["id"]);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->spec().user(), "alice@example.com");
  EXPECT_THAT(request->spec().roles(), ElementsAre("editor", "dba"));
  EXPECT_EQ(request->spec().request_reason(), "why not");
  EXPECT_THAT(request->spec().suggested_reviewers(), ElementsAre("bob@example.com"));
  EXPECT_EQ(request->spec().requested_resource_ids(0).kind(), "node");
  EXPECT_EQ(request->spec().requested_resource_ids(0).name(), "db/1");
}

TEST_F(PageTest, ReviewsStatesAndExpiryReachTheCluster) {
  const std::string reviewed = create();
  post("/" + reviewed + "/review",
       {{"author", "bob@example.com"}, {"state", "APPROVED"}, {"reason", "fine"}});
  EXPECT_EQ(cluster.get(reviewed)->spec().state(), ::types::APPROVED);
  EXPECT_EQ(cluster.get(reviewed)->spec().reviews(0).reason(), "fine");
  const std::string denied = create();
  post("/" + denied + "/state", {{"state", "DENIED"}, {"reason", "no"}});
  EXPECT_EQ(cluster.get(denied)->spec().state(), ::types::DENIED);
  const std::string expired = create();
  EXPECT_EQ(post("/" + expired + "/expire", Json::object())->status, 200);
  EXPECT_FALSE(cluster.get(expired));
}

TEST_F(PageTest, MistakesAreSaidSoThatAPersonCanMendThem) {
  const Json alice = {{"user", "alice@example.com"}};
  EXPECT_EQ(error_of("", Json::object(), 400), "choose who asks");
  EXPECT_EQ(error_of("", alice, 400), "choose at least one role");
  EXPECT_EQ(error_of("", {{"user", "a"}, {"roles", {"dba"}}, {"resources", {"db-1"}}}, 400),
            "\"db-1\" is no resource; write /cluster/kind/name");
  const std::string id = create();
  EXPECT_EQ(error_of("/" + id + "/review", {{"author", "bob"}}, 400),
            "a review approves or denies");
  error_of("/" + id + "/review", {{"author", "alice@example.com"}, {"state", "APPROVED"}}, 403);
  error_of("/no-such-request/expire", Json::object(), 404);
  error_of("/" + id + "/dance", Json::object(), 404);
}

TEST_F(PageTest, OddFormsAreRefused) {
  for (const char* odd :
       {"", "[]", "1", R"({"user":1,"roles":"dba"})", R"({"user":"a","roles":[1,null]})"}) {
    httplib::Client http("127.0.0.1", page.port());
    EXPECT_EQ(http.Post("/api/requests", odd, "application/json")->status, 400) << odd;
  }
}

TEST_F(PageTest, OtherSitesMayNotActThroughTheBrowser) {
  const Json form = {{"user", "alice@example.com"}, {"roles", {"editor"}}};
  EXPECT_EQ(post("", form, {{"Origin", "https://example.com"}})->status, 403);
  EXPECT_EQ(post("", form, {{"Host", "example.com"}})->status, 403);
  EXPECT_TRUE(cluster.requests().empty());
}

TEST_F(PageTest, APressReachesTheNotifierAndWhatChangesArrivesLive) {
  Follower follower(page.port());
  ASSERT_TRUE(
      follower.wait_for([](const Json& state) { return state["notifier"]["presses"] == 0; }));
  const auto answer = press("module");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(Json::parse(answer->body)["good"], true);
  EXPECT_TRUE(
      follower.wait_for([](const Json& state) { return state["notifier"]["presses"] == 1; }));
}

TEST_F(PageTest, WhyAPressIsRefusedIsSaid) {
  const auto answer = press("routing");
  EXPECT_EQ(answer->status, 409);
  EXPECT_EQ(Json::parse(answer->body)["error"], "not now");
}

TEST_F(PageTest, AnswersOthersWhileAPressIsUnderWay) {
  std::promise<void> go;
  notifier.wait = go.get_future().share();
  auto pressing = std::async(std::launch::async, [this] { return press("module")->status; });
  EXPECT_TRUE(test::wait_until([this] { return notifier.begun == 1; }));
  EXPECT_FALSE(create().empty());
  EXPECT_EQ(notifier.presses, 0);
  go.set_value();
  EXPECT_EQ(pressing.get(), 200);
}

TEST_F(PageTest, OtherSitesMayNotPress) {
  EXPECT_EQ(press("module", {{"Origin", "https://example.com"}})->status, 403);
  EXPECT_EQ(notifier.presses, 0);
}

TEST(PageWithoutNotifier, ShowsNoneAndHasNoButtons) {
  Cluster cluster;
  Workspace workspace;
  const PageServer page(cluster, workspace, {});
  Follower follower(page.port());
  const auto state = follower.wait();
  ASSERT_TRUE(state);
  EXPECT_TRUE((*state)["notifier"].is_null());
  httplib::Client http("127.0.0.1", page.port());
  EXPECT_EQ(http.Post("/api/notifier/module", "{}", "application/json")->status, 404);
}

}  // namespace
}  // namespace notifyd::sim
