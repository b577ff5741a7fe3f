// The watcher against the simulated Auth Service, over real connections.
#include <gmock/gmock.h>

#include <algorithm>

#include "support/log_lines.h"
#include "teleport/watcher.h"
#include "unit/teleport/grpc_world.h"
#include "unit/teleport/recording_sink.h"

namespace notifyd::teleport {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class WatcherGrpcTest : public GrpcWorld {
 protected:
  WatcherGrpcTest() {
    options_.plugins = {"slack"};
    options_.refresh_interval = milliseconds(50);
    options_.recheck_after = milliseconds(10);
    options_.backoff_first = milliseconds(10);
    options_.backoff_max = milliseconds(100);
    options_.denied_backoff = milliseconds(50);
  }
  ~WatcherGrpcTest() override {
    thread_.on([this] { watcher_.reset(); });
  }

  void start() {
    dialer_.emplace(thread_.engine(), *http_, GrpcWorld::options(), Log(lines_));
    thread_.on([this] {
      watcher_.emplace(thread_.engine(), *dialer_, sink_, options_, Log(lines_));
      watcher_->start();
    });
  }
  bool connected() {
    return thread_.on([this] { return watcher_->status().connected; });
  }
  std::size_t told(const std::string& line) {
    return thread_.on([&] {
      return static_cast<std::size_t>(std::count(sink_.lines.begin(), sink_.lines.end(), line));
    });
  }
  void expect_told(const std::string& line, std::size_t times = 1) {
    EXPECT_TRUE(test::wait_until([&] { return told(line) >= times; })) << line;
  }

  std::shared_ptr<test::LogLines> lines_ = std::make_shared<test::LogLines>();
  RecordingSink sink_;
  WatcherOptions options_;
  std::optional<Watcher> watcher_;
};

TEST_F(WatcherGrpcTest, FollowsARequestFromItsCreationToItsEnd) {
  const std::string before = create();
  start();
  expect_told("done");
  expect_told(before + " PENDING");
  const std::string id = create();
  expect_told(id + " PENDING");
  ASSERT_TRUE(cluster_.review(id, "bob@example.com", ::types::APPROVED, "fine"));
  expect_told(id + " APPROVED");
  ASSERT_TRUE(cluster_.remove(id));
  expect_told("gone " + id);
}

TEST_F(WatcherGrpcTest, ComesBackWhenTheServerDoesAndTellsWhatItMissed) {
  const std::string expired = create();
  start();
  expect_told("done");
  server_.stop();
  expect_told("lost");
  const std::string missed = create();
  ASSERT_TRUE(cluster_.remove(expired));
  server_.start();
  expect_told("done", 2);
  EXPECT_EQ(told(missed + " PENDING"), 1U);
  EXPECT_EQ(told("gone " + expired), 1U);
  EXPECT_THAT(lines_->starting("INFO connected to Teleport again"), SizeIs(1));
}

TEST_F(WatcherGrpcTest, ComesBackWhenTheServerEndsTheStream) {
  start();
  expect_told("done");
  server_.drop_streams();
  expect_told("done", 2);
  EXPECT_TRUE(test::wait_until([this] { return server_.open_streams() == 1; }));
}

TEST_F(WatcherGrpcTest, ChangesOverToARenewedIdentityWithoutLosingTheOldOneFirst) {
  options_.refresh_identity = true;
  start();
  expect_told("done");
  write_identity(pki_.issue_client("bot-slack"));
  expect_told("done", 2);
  EXPECT_TRUE(test::wait_until([this] { return server_.open_streams() == 1; }));
  EXPECT_EQ(told("lost"), 0U);
  const std::string id = create();
  expect_told(id + " PENDING");
}

TEST_F(WatcherGrpcTest, KeepsTheOldConnectionWhileTheRenewedIdentityIsNoGood) {
  options_.refresh_identity = true;
  start();
  expect_told("done");
  sim::write_private_file(identity_path(), "nothing");
  EXPECT_TRUE(test::wait_until([this] { return !lines_->starting("WARN").empty(); }));
  const std::string id = create();
  expect_told(id + " PENDING");
  EXPECT_TRUE(connected());
  EXPECT_THAT(lines_->starting("WARN"), Contains(HasSubstr("keeping the old connection")).Times(1));
}

TEST_F(WatcherGrpcTest, WaitsForTheRuleThatItsRoleLacks) {
  server_.deny("access_request", "read");
  start();
  EXPECT_TRUE(test::wait_until([this] { return !lines_->starting("WARN").empty(); }));
  EXPECT_THAT(lines_->starting("WARN").at(0), HasSubstr("needs read on access_request"));
  server_.allow("access_request", "read");
  expect_told("done");
}

// ---- CA rotation ----

// As tbot does it: each phase brings an identity with the CAs of its time, and servers are
// restarted one after the other.
class RotationTest : public WatcherGrpcTest, public ::testing::WithParamInterface<sim::CaKind> {};

TEST_P(RotationTest, IsSurvivedPhaseByPhase) {
  using Phase = sim::RotationPhase;
  options_.refresh_identity = true;
  start();
  expect_told("done");
  for (const Phase phase :
       {Phase::kInit, Phase::kUpdateClients, Phase::kUpdateServers, Phase::kStandby}) {
    const std::size_t before = told("done");
    pki_.rotate(GetParam(), phase);
    write_identity(pki_.issue_client("bot-slack"));
    expect_told("done", before + 1);
    const std::string id = create();
    expect_told(id + " PENDING");
    server_.drop_streams();
    expect_told("done", before + 2);
  }
  EXPECT_THAT(lines_->starting("ERROR"), IsEmpty());
  EXPECT_THAT(lines_->starting("WARN no CA"), IsEmpty()) << "there is always one in common";
}

INSTANTIATE_TEST_SUITE_P(OfEachCa, RotationTest,
                         ::testing::Values(sim::CaKind::kHost, sim::CaKind::kUser),
                         [](const auto& ca) {
                           return ca.param == sim::CaKind::kHost ? "Hosts" : "Users";
                         });

// ---- Somebody else's identity, somebody else's cluster ----

class OtherClusterTest : public WatcherGrpcTest {
 protected:
  OtherClusterTest() { options_.refresh_identity = true; }

  // The other cluster takes the place of ours, at its address.
  void take_over() {
    server_.stop();
    theirs_.emplace(other_, other_pki_,
                    sim::AuthServerOptions{.port = server_.port(), .rules = sim::plugin_rules()});
  }
  void give_back() {
    theirs_.reset();
    server_.start();
  }
  void write_their_identity() {
    sim::write_private_file(identity_path(),
                            other_pki_.identity_file(other_pki_.issue_client("bot-slack")));
  }
  std::string create_theirs() {
    sim::NewRequest request;
    request.user = "mallory@evil.example";
    request.roles = {"editor"};
    return other_.create_request(request);
  }
  void expect_error(const std::string& text) {
    EXPECT_TRUE(test::wait_until([&] { return !lines_->starting("ERROR").empty(); }));
    EXPECT_THAT(lines_->starting("ERROR"), Contains(HasSubstr(text)));
  }
  std::size_t told_of_gone() {
    return thread_.on([this] {
      return static_cast<std::size_t>(
          std::count_if(sink_.lines.begin(), sink_.lines.end(),
                        [](const std::string& line) { return line.starts_with("gone"); }));
    });
  }

  sim::Pki other_pki_{"evil.example"};
  sim::Cluster other_{{.name = "evil.example"}};
  std::optional<sim::AuthServer> theirs_;
};

TEST_F(OtherClusterTest, AnotherUsersIdentityIsAnErrorAndTheOldConnectionStays) {
  start();
  expect_told("done");
  write_identity(pki_.issue_client("mallory"));
  expect_error(
      "it is of user mallory of cluster example.com, and this daemon was started as user "
      "bot-slack of cluster example.com; reload it to accept");
  const std::string id = create();
  expect_told(id + " PENDING");
  EXPECT_EQ(told("connected example.com"), 1U);
  write_identity(pki_.issue_client("bot-slack"));
  expect_told("connected example.com", 2);
  EXPECT_THAT(lines_->starting("ERROR"), SizeIs(1)) << "said once";
  EXPECT_EQ(told("lost"), 0U);
}

TEST_F(OtherClusterTest, AnotherClusterWithItsIdentityAtTheSameAddressIsNotTakenOver) {
  const std::string ours = create();
  const std::string theirs = create_theirs();
  start();
  expect_told("done");
  write_their_identity();
  expect_error(
      "of cluster evil.example, and this daemon was started as user bot-slack of cluster "
      "example.com");
  take_over();
  expect_told("lost");
  EXPECT_TRUE(test::wait_until(
      [this] { return !lines_->starting("WARN no connection to Teleport").empty(); }));
  EXPECT_EQ(theirs_->calls(sim::AuthMethod::kPing), 0U);
  EXPECT_EQ(told(theirs + " PENDING"), 0U);
  EXPECT_EQ(told("connected evil.example"), 0U);
  give_back();
  expect_told("done", 2);
  EXPECT_EQ(told_of_gone(), 0U);
  const std::string next = create();
  expect_told(next + " PENDING");
  EXPECT_GE(told(ours + " PENDING"), 1U);
}

// The same CA, as far as anybody can see, but it says that it is another.
TEST_F(OtherClusterTest, AServerThatSaysItIsOfAnotherClusterIsRefused) {
  const std::string theirs = create_theirs();
  start();
  expect_told("done");
  server_.stop();
  sim::AuthServer renamed(other_, pki_, {.port = server_.port(), .rules = sim::plugin_rules()});
  expect_error(
      "the server there is of cluster evil.example, and this daemon follows cluster "
      "example.com");
  EXPECT_EQ(told(theirs + " PENDING"), 0U);
  EXPECT_EQ(renamed.calls(sim::AuthMethod::kListAccessRequests), 0U);
}

TEST_F(OtherClusterTest, CasThatRotateAreTakenOverAndSaid) {
  start();
  expect_told("done");
  const sim::Pki rotated("example.com");
  server_.stop();
  sim::AuthServer after(cluster_, rotated, {.port = server_.port(), .rules = sim::plugin_rules()});
  sim::write_private_file(identity_path(),
                          rotated.identity_file(rotated.issue_client("bot-slack")));
  expect_told("done", 2);
  EXPECT_THAT(lines_->starting("ERROR"), SizeIs(0));
  EXPECT_THAT(lines_->starting("WARN no CA in the renewed identity"), SizeIs(1));
  thread_.on([this] { watcher_.reset(); });
}

// Whatever a requester can put into a request.
class NotUtf8Test : public WatcherGrpcTest {
 protected:
  std::string create_hostile() {
    sim::NewRequest request;
    request.user = "mallory\xff";
    request.roles = {"editor", "role\xff"};
    request.reason = "\xff";
    request.suggested_reviewers = {"\xff"};
    request.annotations = {{"key\xff", {"\xff"}}};
    request.labels = {{"x", "\xff"}, {"\xff", "y"}};
    return cluster_.create_request(request);
  }

  // 60 requests of others, a hostile one after every tenth.
  std::vector<std::string> create_many() {
    std::vector<std::string> ids;
    for (int i = 0; i < 60; ++i) {
      ids.push_back(create());
      if (i % 10 == 9) hostile_.push_back(create_hostile());
    }
    return ids;
  }
  std::size_t how_many_told(const std::vector<std::string>& ids) {
    return static_cast<std::size_t>(std::count_if(
        ids.begin(), ids.end(), [this](const auto& id) { return told(id + " PENDING") == 1; }));
  }

  std::vector<std::string> hostile_;
};

TEST_F(NotUtf8Test, SixtyOfSixtyOthersComeThroughTheListAndTheHostileOnesToo) {
  const std::vector<std::string> ids = create_many();
  start();
  expect_told("done");
  EXPECT_EQ(how_many_told(ids), 60U);
  EXPECT_EQ(how_many_told(hostile_), 6U);
  EXPECT_THAT(lines_->starting("WARN"), SizeIs(0));
}

TEST_F(NotUtf8Test, SixtyOfSixtyOthersComeThroughTheOlderListAndTheHostileOnesToo) {
  sim::AuthQuirks quirks;
  quirks.no_list_access_requests = true;
  server_.faults().set_quirks(quirks);
  const std::vector<std::string> ids = create_many();
  start();
  expect_told("done");
  EXPECT_EQ(how_many_told(ids), 60U);
  EXPECT_EQ(how_many_told(hostile_), 6U);
}

TEST_F(NotUtf8Test, SixtyOfSixtyOthersComeThroughTheStreamAndTheHostileOnesToo) {
  start();
  expect_told("done");
  const std::vector<std::string> ids = create_many();
  EXPECT_TRUE(test::wait_until([&] { return how_many_told(ids) == 60; })) << how_many_told(ids);
  EXPECT_TRUE(test::wait_until([&] { return how_many_told(hostile_) == 6; }));
  ASSERT_TRUE(cluster_.remove(hostile_.front()));
  expect_told("gone " + hostile_.front());
  EXPECT_EQ(told("lost"), 0U);
}

TEST_F(WatcherGrpcTest, RecordsComeWithTheCatchUp) {
  const std::string id = create();
  ASSERT_TRUE(cluster_.update_plugin_data(
      {.resource = id, .plugin = "slack", .set = {{"user", "alice"}}, .expect = {}}));
  start();
  expect_told("done");
  EXPECT_EQ(told("record slack " + id + " alice"), 1U);
}

}  // namespace
}  // namespace notifyd::teleport
