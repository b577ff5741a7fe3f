// A flood of one person's requests: the first get a message each, the others are gathered in one.
#include <gmock/gmock.h>

#include <set>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::size_t kFlood = 1000;

// Slack, as far as digests are concerned: one without a receipt is posted, another is edited.
class DispatcherDigestTest : public DispatcherTest {
 protected:
  DispatcherDigestTest() { prepare(flooded); }

  void prepare(Daemon& d) {
    d.connect();
    d.slack.on_deliver = [this, &d](const modules::Event& event) {
      if (!event.digest) return d.slack.delivered(event);
      shown = *event.digest;
      modules::Answer answer;
      answer.receipt =
          event.receipt.empty() ? "C1/digest" + std::to_string(++posted) : event.receipt;
      answer.message = answer.receipt;
      return answer;
    };
    d.slack.on_find = [this](const modules::Event& event) {
      modules::Answer answer;
      answer.rc = event.digest && posted > 0 ? NOTIFY_OK : NOTIFY_OK_SKIPPED;
      if (answer.rc == NOTIFY_OK) answer.receipt = "C1/digest1";
      return answer;
    };
  }

  static std::string id(std::size_t i) { return "r" + std::to_string(i); }
  AccessRequest flood_request(std::size_t i, End end = End::kNone) const {
    AccessRequest r = request(id(i), end);
    r.created_ms = unix_ms(engine.wall());
    return r;
  }
  void flood(Daemon& d, End end = End::kNone) {
    for (std::size_t i = 0; i < kFlood; ++i) {
      d.dispatcher->request(std::make_shared<AccessRequest>(flood_request(i, end)));
    }
    engine.run();
  }
  void catch_up(Daemon& d) {
    d.dispatcher->catch_up_started();
    for (const auto& [request, entry] : auth->entries)
      d.dispatcher->record("slack", request, entry);
    d.dispatcher->records_listed();
    flood(d);
    d.dispatcher->catch_up_done();
    engine.run();
  }
  std::size_t in_digest() const {
    return static_cast<std::size_t>(std::ranges::count_if(auth->entries, [](const auto& entry) {
      const auto ours = entry.second.find("notifyd");
      return ours != entry.second.end() && ours->second.find("\"dig\":") != std::string::npos;
    }));
  }
  std::size_t told(const std::string& end) const {
    return static_cast<std::size_t>(std::ranges::count_if(auth->entries, [&](const auto& entry) {
      const auto ours = entry.second.find("notifyd");
      return ours->second.find("\"st\":\"" + end + "\"") != std::string::npos;
    }));
  }
  static void run_free(Daemon& d) { d.slack.release(); }

  model::Digest shown;  // by the newest delivery of a digest
  int posted = 0;       // digests that were posted anew
  Daemon flooded{engine, auth, "flooded"};
};

TEST_F(DispatcherDigestTest, AThousandRequestsOfOnePersonAreAHundredMessagesAndOneDigest) {
  flooded.slack.hold = true;
  flood(flooded);
  run_free(flooded);
  ASSERT_TRUE(engine.run_until([&] { return in_digest() == 900; }));
  engine.advance(std::chrono::minutes(1));
  EXPECT_EQ(flooded.slack.count("deliver announce C1"), 100U);
  EXPECT_EQ(posted, 1);
  EXPECT_EQ(shown.pending, 900U);
  EXPECT_EQ(shown.user, "alice@example.com");
  EXPECT_EQ(shown.newest.size(), 10U);
  EXPECT_LE(flooded.slack.count("deliver digest C1"), 900U / 64 + 5) << "edits are gathered too";

  flood(flooded, End::kApproved);
  ASSERT_TRUE(engine.run_until([&] { return flooded.dispatcher->awake() == 0; }));
  EXPECT_EQ(shown.pending, 0U);
  EXPECT_EQ(shown.approved, 900U);
  EXPECT_EQ(told("APPROVED"), kFlood);
  EXPECT_EQ(posted, 1);
  EXPECT_EQ(flooded.slack.count("deliver final:APPROVED C1"), 100U) << "the others by the digest";
  EXPECT_THAT(flooded.lines->all(), Contains(HasSubstr("digest_after")).Times(1));
}

TEST_F(DispatcherDigestTest, AnotherPersonsRequestIsAnnouncedInItsTurn) {
  DeliveryOptions one_place = Daemon::options("narrow");
  one_place.window_per_recipient = 1;
  Daemon narrow(engine, auth, one_place);
  prepare(narrow);
  narrow.slack.hold = true;
  flood(narrow);
  AccessRequest bobs = flood_request(0);
  bobs.id = "bobs";
  bobs.user = "bob@example.com";
  see(narrow, bobs);
  const auto is_bobs = [](const modules::Event& event) {
    return event.key == "slack/bobs/C1/announce";
  };
  for (int messages = 0; messages < 3; ++messages) {
    narrow.slack.release_one();
    engine.run();
    if (std::ranges::any_of(narrow.slack.events, is_bobs)) return;
  }
  FAIL() << "not within three messages' time";
}

TEST_F(DispatcherDigestTest, ARestartInTheMiddleGoesOnWithTheSameMessage) {
  flooded.slack.hold = true;
  flood(flooded);
  flooded.slack.hold = false;
  flooded.slack.release();
  ASSERT_TRUE(engine.run_until([&] { return in_digest() >= 300; }));
  flooded.kill();

  Daemon next(engine, auth, "next");
  prepare(next);
  engine.advance(std::chrono::seconds(40));  // claims end
  next.slack.hold = true;
  catch_up(next);
  run_free(next);
  engine.advance(std::chrono::minutes(5));
  flood(next, End::kDenied);
  ASSERT_TRUE(engine.run_until([&] { return next.dispatcher->awake() == 0; }));
  EXPECT_EQ(posted, 1) << "found, or known by its receipt";
  EXPECT_EQ(shown.denied, in_digest());
  EXPECT_EQ(shown.pending, 0U);
  EXPECT_EQ(told("DENIED"), kFlood);
}

TEST_F(DispatcherDigestTest, ADigestWhosePostWasNotRecordedIsLookedFor) {
  flooded.slack.hold = true;
  flood(flooded);
  engine.advance(std::chrono::seconds(1));
  ASSERT_EQ(posted, 1);  // and no answer yet
  flooded.kill();

  Daemon next(engine, auth, "next");
  prepare(next);
  engine.advance(std::chrono::seconds(40));
  next.slack.hold = true;
  catch_up(next);
  run_free(next);
  engine.advance(std::chrono::minutes(5));
  EXPECT_EQ(next.slack.count("find digest C1"), 1U);
  EXPECT_EQ(posted, 1);
  EXPECT_GE(in_digest(), 800U);
}

TEST_F(DispatcherDigestTest, TwoReplicasTellEachRequestOnce) {
  Daemon other(engine, auth, "other");
  prepare(other);
  flooded.slack.hold = other.slack.hold = true;
  for (std::size_t i = 0; i < kFlood; ++i) {
    const auto r = std::make_shared<AccessRequest>(flood_request(i));
    flooded.dispatcher->request(r);
    other.dispatcher->request(r);
  }
  engine.run();
  run_free(flooded);
  run_free(other);
  engine.advance(std::chrono::minutes(10));
  EXPECT_LE(posted, 2) << "one of each replica";
  const std::size_t alone =
      flooded.slack.count("deliver announce C1") + other.slack.count("deliver announce C1");
  EXPECT_EQ(alone + in_digest(), kFlood);
  EXPECT_LE(alone, 200U);
  flood(flooded, End::kApproved);
  flood(other, End::kApproved);
  ASSERT_TRUE(engine.run_until(
      [&] { return flooded.dispatcher->awake() + other.dispatcher->awake() == 0; }));
  EXPECT_EQ(told("APPROVED"), kFlood);
}

TEST_F(DispatcherDigestTest, ADigestThatIsRefusedIsGivenUpAsOthersAre) {
  flooded.slack.on_deliver = [&](const modules::Event& event) {
    if (!event.digest) return flooded.slack.delivered(event);
    return FakeNotifier::failing(NOTIFY_DROP_RECIPIENT, "no such channel");
  };
  flooded.slack.hold = true;
  flood(flooded);
  run_free(flooded);
  engine.advance(std::chrono::minutes(5));
  EXPECT_EQ(flooded.sender.counts.given_up, 900U);
  flood(flooded, End::kDenied);
  EXPECT_TRUE(engine.run_until([&] { return flooded.dispatcher->awake() == 0; }));
}

TEST_F(DispatcherDigestTest, OneThatFailsCountsOnceForTheInstance) {
  flooded.slack.on_deliver = [&](const modules::Event& event) {
    if (!event.digest) return flooded.slack.delivered(event);
    return FakeNotifier::failing(NOTIFY_RETRY);
  };
  flooded.slack.hold = true;
  flood(flooded);
  flooded.slack.hold = false;
  engine.advance(std::chrono::seconds(3));
  EXPECT_GE(flooded.slack.count("deliver digest C1"), 1U);
  EXPECT_TRUE(flooded.sender.breaker().closed()) << "64 wait for each answer";
}

TEST_F(DispatcherDigestTest, AModuleThatKnowsNoDigestsGetsEachByItself) {
  flooded.slack.digests = false;
  flood(flooded);
  EXPECT_TRUE(engine.run_until([&] { return auth->entries.size() == kFlood; }));
  engine.advance(std::chrono::minutes(1));
  EXPECT_EQ(flooded.slack.count("deliver announce C1"), kFlood);
}

TEST_F(DispatcherDigestTest, AReviewOfARequestInADigestIsNotTold) {
  flooded.slack.hold = true;
  flood(flooded);
  run_free(flooded);
  engine.advance(std::chrono::minutes(5));
  see(flooded, request(id(999), End::kNone, 1));
  engine.advance(std::chrono::minutes(1));
  EXPECT_EQ(flooded.slack.count("deliver review:0 C1"), 0U);
  see(flooded, request(id(0), End::kNone, 1));  // which has a message of its own
  EXPECT_EQ(flooded.slack.count("deliver review:0 C1"), 1U);
}

TEST_F(DispatcherDigestTest, AFloodAfterAQuietTimeHasAMessageOfItsOwn) {
  flooded.slack.hold = true;
  flood(flooded);
  run_free(flooded);
  engine.advance(std::chrono::minutes(11));
  flooded.slack.hold = true;
  for (std::size_t i = kFlood; i < kFlood + 200; ++i) see(flooded, flood_request(i));
  run_free(flooded);
  engine.advance(std::chrono::minutes(1));
  EXPECT_EQ(posted, 2);
  EXPECT_EQ(shown.total(), 100U);
}

}  // namespace
}  // namespace notifyd::delivery
