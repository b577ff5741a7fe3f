// What teleport-slack's own test suites accept, against our daemon: what people who change over are
// used to. Where we differ on purpose, the test says so. How messages look, how recipients are
// found and what configurations are read is in tests/unit/slack and tests/unit/config.

#include <gmock/gmock.h>

#include "support/world.h"

namespace notifyd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr char kAlice[] = "alice@example.com";
constexpr char kBob[] = "bob@example.com";
constexpr char kCarol[] = "carol@example.com";
constexpr char kChannel[] = "#access-requests";

WorldOptions notify(const std::string& roles) {
  WorldOptions options;
  options.roles = roles;
  return options;
}
WorldOptions nobody_by_default() { return notify("\"*\" = []\n"); }

auto two_of(std::uint32_t approvals) {
  return [approvals](sim::NewRequest& r) {
    r.suggested_reviewers = {kBob, kCarol};
    r.thresholds = {{approvals, approvals}};
  };
}
void for_bob_and_carol(sim::NewRequest& r) { r.suggested_reviewers = {kBob, kCarol}; }

std::vector<std::string> posted_to(const World& world) {
  std::vector<std::string> channels;
  for (const sim::Call& call : world.workspace.journal("chat.postMessage")) {
    channels.push_back(call.args.value("channel", ""));
  }
  return channels;
}

TEST(UpstreamAcceptance, PostsToRequesterAndSuggestedReviewersByUserId) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request(for_bob_and_carol);
  ASSERT_TRUE(world.eventually([&] {
    return world.announcement(kAlice, id) && world.announcement(kBob, id) &&
           world.announcement(kCarol, id);
  }));
  const auto user_id = [&](const char* who) { return world.workspace.user(who)->id; };
  EXPECT_THAT(posted_to(world),
              UnorderedElementsAre(user_id(kAlice), user_id(kBob), user_id(kCarol)));

  std::vector<std::string> expected;
  for (const char* who : {kAlice, kBob, kCarol}) {
    const auto m = world.announcement(who, id);
    expected.push_back(m->channel + "/" + m->ts);
  }
  ASSERT_TRUE(wait_until([&] { return world.cluster.entry(id, "slack")["messages"].size() > 60; }))
      << ::testing::PrintToString(world.cluster.entry(id, "slack"));
  for (const std::string& message : expected) {
    EXPECT_THAT(world.cluster.entry(id, "slack")["messages"], HasSubstr(message));
  }
}

TEST(UpstreamAcceptance, CutsALongReasonAtFourHundredCharacters) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request([](sim::NewRequest& r) {
    for_bob_and_carol(r);
    r.reason = "because of " + std::string(4000, 'A');
  });
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kBob, id).has_value(); }));
  EXPECT_THAT(
      block_text(*world.announcement(kBob, id), 1),
      HasSubstr("*Reason*: ```\nbecause of " + std::string(389, 'A') + "``` (truncated)\n"));
}

TEST(UpstreamAcceptance, ShowsTheRequesterAndThePendingStatus) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request(for_bob_and_carol);
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kBob, id).has_value(); }));
  const auto message = world.announcement(kBob, id);
  EXPECT_THAT(block_text(*message, 1), HasSubstr("*User*: alice@example.com\n"));
  EXPECT_EQ(block_text(*message, 0), "You have a new Role Request:");
  EXPECT_EQ(message->blocks[2]["type"], "context");
  EXPECT_THAT(message->blocks[2]["elements"], SizeIs(1));
  EXPECT_EQ(block_text(*message, 2), "*Status*: \u23f3 PENDING");
}

TEST(UpstreamAcceptance, PostsToTheDefaultRecipientsByEmailOrUserId) {
  WorldOptions options = nobody_by_default();
  World world(options);
  const std::string bob = world.workspace.user(kBob)->id;
  world.dir().write("conf.d/slack.toml", std::string("[slack]\ntoken = \"") + World::kToken +
                                             "\"\napi_url = \"" + world.slack.base_url() +
                                             "\"\n[role_to_recipients]\n\"*\" = [\"" + kCarol +
                                             "\", \"" + bob + "\"]\n");
  world.start();
  const std::string id = world.request();
  ASSERT_TRUE(world.eventually([&] {
    return world.announcement(kAlice, id) && world.announcement(kBob, id) &&
           world.announcement(kCarol, id);
  }));
  EXPECT_THAT(posted_to(world), SizeIs(3));
}

TEST(UpstreamAcceptance, ApprovalUpdatesTheMessagesInPlaceAndTellsTheRequester) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request([](sim::NewRequest& r) { r.suggested_reviewers = {kBob}; });
  ASSERT_TRUE(world.eventually(
      [&] { return world.announcement(kAlice, id) && world.announcement(kBob, id); }));
  const std::string ts = world.announcement(kBob, id)->ts;
  world.resolve(id, true, "okay");
  const std::string approved = "*Status*: \u2705 APPROVED\n*Resolution reason*: ```\nokay```";
  ASSERT_TRUE(world.eventually([&] {
    return world.status(kBob, id) == approved && world.status(kAlice, id) == approved &&
           world.messages(kAlice).size() == 2;
  }));
  EXPECT_EQ(world.announcement(kBob, id)->ts, ts);
  EXPECT_THAT(block_text(world.messages(kAlice)[1], 0),
              StartsWith("Request with ID \"" + id + "\" has been updated: *APPROVED*"));
  EXPECT_THAT(world.messages(kBob), SizeIs(1));
}

TEST(UpstreamAcceptance, DenialShowsItsReasonCut) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request(for_bob_and_carol);
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kBob, id).has_value(); }));
  world.resolve(id, false, "not okay " + std::string(4000, 'A'));
  EXPECT_TRUE(world.eventually([&] {
    return world.status(kBob, id) ==
           "*Status*: \u274c DENIED\n*Resolution reason*: ```\nnot okay " + std::string(391, 'A') +
               "``` (truncated)";
  })) << world.status(kBob, id);
}

TEST(UpstreamAcceptance, ADeletedPendingRequestIsShownAsExpired) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request([](sim::NewRequest& r) { r.suggested_reviewers = {kBob}; });
  ASSERT_TRUE(world.eventually(
      [&] { return world.announcement(kAlice, id) && world.announcement(kBob, id); }));
  ASSERT_TRUE(world.cluster.remove(id).ok());
  EXPECT_TRUE(world.eventually([&] {
    return world.status(kBob, id) == "*Status*: \u231b EXPIRED" &&
           world.status(kAlice, id) == "*Status*: \u231b EXPIRED";
  }));
}

TEST(UpstreamAcceptance, AReviewBecomesOneReplyUnderEachMessage) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request(two_of(2));
  ASSERT_TRUE(world.eventually(
      [&] { return world.announcement(kBob, id) && world.announcement(kCarol, id); }));
  world.review(id, kBob, true, "okay");
  ASSERT_TRUE(world.eventually([&] {
    return world.replies(kBob, id).size() == 1 && world.replies(kCarol, id).size() == 1 &&
           world.replies(kAlice, id).size() == 1;
  }));
  const std::string text = world.replies(kCarol, id)[0].text;
  EXPECT_THAT(text, HasSubstr("bob@example.com reviewed the request"));
  EXPECT_THAT(text, HasSubstr("Resolution: \u2705 APPROVED"));
  EXPECT_THAT(text, HasSubstr("Reason: ```\nokay```"));
}

TEST(UpstreamAcceptance, ASecondReviewIsTheSecondReplyOnly) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request(two_of(2));
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kCarol, id).has_value(); }));
  world.review(id, kBob, true, "okay");
  ASSERT_TRUE(world.eventually([&] { return world.replies(kCarol, id).size() == 1; }));
  world.review(id, kCarol, false, "not okay");
  ASSERT_TRUE(world.eventually([&] { return world.replies(kCarol, id).size() == 2; }));
  const std::string text = world.replies(kCarol, id)[1].text;
  EXPECT_THAT(text, HasSubstr("Resolution: \u274c DENIED"));
  EXPECT_THAT(text, HasSubstr("```\nnot okay```"));
  EXPECT_THAT(text, Not(HasSubstr(kBob)));
}

TEST(UpstreamAcceptance, StaysPendingUntilTheThresholdThenShowsTheLastReason) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request(two_of(2));
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kCarol, id).has_value(); }));
  world.review(id, kBob, true, "okay");
  ASSERT_TRUE(world.eventually([&] {
    const auto message = world.announcement(kCarol, id);
    return message->edits() == 1 && world.replies(kCarol, id).size() == 1;
  }));
  EXPECT_EQ(world.status(kCarol, id), "*Status*: \u23f3 PENDING");
  world.review(id, kCarol, true, "finally okay");
  EXPECT_TRUE(world.eventually([&] {
    return world.replies(kCarol, id).size() == 2 &&
           world.status(kCarol, id) ==
               "*Status*: \u2705 APPROVED\n*Resolution reason*: ```\nfinally okay```";
  }));
}

TEST(UpstreamAcceptance, TwoDenialsDeny) {
  World world(nobody_by_default());
  world.start();
  const std::string id = world.request(two_of(2));
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kCarol, id).has_value(); }));
  world.review(id, kBob, false, "not okay");
  world.review(id, kCarol, false, "finally not okay");
  EXPECT_TRUE(world.eventually([&] {
    return world.replies(kCarol, id).size() == 2 &&
           world.status(kCarol, id) ==
               "*Status*: \u274c DENIED\n*Resolution reason*: ```\nfinally not okay```";
  }));
}

TEST(UpstreamAcceptance, ManyRequestsAtOnceAreAllToldOnceAndCompletely) {
  World world(nobody_by_default());
  world.start();
  constexpr std::size_t kRequests = 6;  // at the pace that Slack publishes
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kRequests; ++i) ids.push_back(world.request(two_of(2)));
  for (const std::string& id : ids) world.review(id, kBob, true, "okay");
  for (const std::string& id : ids) world.review(id, kCarol, true, "okay");
  // Requests that ended before they were announced are told to who asked, and to nobody else.
  const auto complete = [&](const char* who, const std::string& id) {
    return !world.announcement(who, id) ||
           (world.status(who, id).find("APPROVED") != std::string::npos &&
            world.replies(who, id).size() == 2);
  };
  const auto told = [&](const std::string& id) {
    const auto messages = world.messages(kAlice);
    return std::any_of(messages.begin(), messages.end(), [&](const sim::SlackMessage& message) {
      const sim::Json payload = message.metadata.value("event_payload", sim::Json::object());
      return payload.value("request_id", "") == id && payload.value("step", "") == "verdict";
    });
  };
  EXPECT_TRUE(world.eventually(
      [&] {
        for (const std::string& id : ids) {
          if (!told(id) || !complete(kBob, id) || !complete(kCarol, id)) return false;
        }
        return true;
      },
      std::chrono::seconds(120)));
  EXPECT_THAT(world.workspace.invariants(), SizeIs(0));
}

// Emulators of Slack, and Slack's own older pages, know a channel by its bare name.
TEST(UpstreamAcceptance, AChannelsNameGoesOutWithoutHash) {
  World world;
  world.workspace.edit_team([](sim::SlackTeam& team) { team.bare_names_only = true; });
  world.start();
  const std::string id = world.request();
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
  EXPECT_THAT(posted_to(world), ::testing::Contains("access-requests"));
  EXPECT_THAT(posted_to(world), Not(::testing::Contains(kChannel)));
}

// Ours: a reaction marks the end for who reads only the margin.
TEST(UpstreamAcceptance, TheEndIsAlsoAReaction) {
  World world;
  world.start();
  const std::string id = world.request();
  ASSERT_TRUE(world.eventually([&] { return world.announcement(kChannel, id).has_value(); }));
  world.resolve(id, false);
  EXPECT_TRUE(world.eventually([&] { return world.announcement(kChannel, id)->reacted("x"); }));
}

}  // namespace
}  // namespace notifyd::test
