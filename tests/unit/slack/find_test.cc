// find(): was an unsure post made? Through search.cc and steps.cc.
#include "search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "fake_host.h"

namespace slack_test {
namespace {

constexpr const char* kReceipt = "C0DEV00001/1700000000.000100";

notify_rc rc(int code) { return static_cast<notify_rc>(code); }

Json message_with(const std::string& key, const std::string& ts) {
  return {
      {"ts", ts},
      {"metadata", {{"event_type", "teleport_access_request"}, {"event_payload", {{"key", key}}}}}};
}

class Find : public testing::Test {
 protected:
  Answered find(const notify_event& event) {
    if (!slack_) slack_.emplace(host);
    const notify_ticket ticket = slack_->find(event);
    return slack_->answer(ticket);
  }
  // What the history of any channel, or any thread, holds.
  void history(const Json& messages) {
    workspace.first = [messages](const ApiCall& call) -> std::optional<ApiAnswer> {
      if (call.method != "conversations.history" && call.method != "conversations.replies") {
        return std::nullopt;
      }
      return ok({{"messages", messages}});
    };
  }
  void always(const std::string& method, const ApiAnswer& answer) {
    workspace.first = [method, answer](const ApiCall& call) {
      return call.method == method ? std::optional<ApiAnswer>(answer) : std::nullopt;
    };
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;

 private:
  std::optional<Instance> slack_;
};

TEST_F(Find, AnnouncementByItsKey) {
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING);
  history(Json::array({message_with("another", "1700000009.000100"),
                       message_with(std::string(notify::view(event.key)), "1700000008.000100")}));
  const Answered answer = find(event);
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.message, "C0DEV00001/1700000008.000100");
  EXPECT_EQ(answer.receipt, "C0DEV00001/1700000008.000100");
  const Json args = host.calls_of("conversations.history").at(0).args;
  EXPECT_EQ(args["include_all_metadata"], "true");
  EXPECT_EQ(args["oldest"], "1699999400.000000");
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
}

TEST_F(Find, NoMatchInAWholeHistoryIsSurelyNotSent) {
  history(Json::array({{{"ts", "1"}}, {{"metadata", 7}}, "x"}));
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_PENDING)).rc, rc(NOTIFY_OK_SKIPPED));
}

TEST_F(Find, ReadsFurtherPages) {
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING);
  const std::string key(notify::view(event.key));
  workspace.first = [key](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (!call.args.contains("cursor")) {
      return ok({{"messages", Json::array()}, {"response_metadata", {{"next_cursor", "p2"}}}});
    }
    return ok({{"messages", Json::array({message_with(key, "1700000008.000100")})}});
  };
  EXPECT_EQ(find(event).rc, rc(NOTIFY_OK));
  EXPECT_EQ(host.count("conversations.history"), 2U);
}

TEST_F(Find, AHistoryWithoutEndCannotTell) {
  always("conversations.history",
         ok({{"messages", Json::array()}, {"response_metadata", {{"next_cursor", "again"}}}}));
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_PENDING)).rc, rc(NOTIFY_DROP));
  EXPECT_LE(host.count("conversations.history"), 40U);
}

// Others are served between two pages; what was read is not read again.
TEST_F(Find, GoesOnWhereItWasSentAway) {
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING);
  const std::string key(notify::view(event.key));
  bool refuse = true;
  workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (!call.args.contains("cursor")) {
      return ok({{"messages", Json::array()}, {"response_metadata", {{"next_cursor", "p2"}}}});
    }
    if (refuse) return status(503);
    return ok({{"messages", Json::array({message_with(key, "1700000008.000100")})}});
  };
  EXPECT_EQ(find(event).rc, rc(NOTIFY_RETRY));
  refuse = false;
  EXPECT_EQ(find(event).message, "C0DEV00001/1700000008.000100");
  EXPECT_EQ(host.count("conversations.history"), 3U) << "the first page once, the second twice";
}

// Another replica may have posted it since, or Slack have carried it out late.
class SentAwayBetweenPages : public Find {
 protected:
  SentAwayBetweenPages() {
    workspace.first = [this](const ApiCall& call) -> std::optional<ApiAnswer> {
      if (call.method != "conversations.history") return std::nullopt;
      const std::string cursor = call.args.value("cursor", "");
      const bool refused = !cursor.empty() && refused_.insert(cursor).second;
      return refused ? status(503) : page(call.args["oldest"], cursor);
    };
    posted("1700000002", "another");
    posted("1700000003", "another");
  }
  void posted(const std::string& ts, const std::string& key) {
    history_.insert(history_.begin(), message_with(key, ts));
  }
  std::string find_once() {
    host.advance(60'000);
    return find(request.event(NOTIFY_REQUEST_PENDING)).message;
  }
  std::string key() { return std::string(notify::view(request.event(NOTIFY_REQUEST_PENDING).key)); }

 private:
  // One message, the newest first. A cursor is the ts of the message before; each is refused once.
  ApiAnswer page(const std::string& oldest, const std::string& cursor) const {
    const auto is_left = [&](const Json& message) {
      return message["ts"] > oldest && (cursor.empty() || message["ts"] < cursor);
    };
    const auto first = std::find_if(history_.begin(), history_.end(), is_left);
    if (first == history_.end()) return ok({{"messages", Json::array()}});
    const bool more = std::any_of(std::next(first), history_.end(), is_left);
    return ok({{"messages", Json::array({*first})},
               {"response_metadata", {{"next_cursor", more ? first->at("ts") : Json("")}}}});
  }

  std::vector<Json> history_;
  std::set<std::string> refused_;
};

TEST_F(SentAwayBetweenPages, ReadsWhatCameSinceBeforeItSaysNo) {
  ASSERT_EQ(find_once(), "");
  posted("1700000099", key());
  EXPECT_EQ(find_once(), "C0DEV00001/1700000099");
  EXPECT_EQ(host.calls_of("conversations.history").back().args["oldest"], "1700000003");
}

TEST_F(SentAwayBetweenPages, ReadsWhatCameSinceAlsoOfARequestThatIsGone) {
  request.created_ms = 0;
  ASSERT_EQ(find_once(), "");
  posted("1700000099", key());
  EXPECT_EQ(find_once(), "C0DEV00001/1700000099");
}

TEST_F(SentAwayBetweenPages, ReadsWhatCameWhileItReadWhatCameSince) {
  ASSERT_EQ(find_once(), "");
  posted("1700000004", "another");
  posted("1700000005", "another");
  ASSERT_EQ(find_once(), "");
  posted("1700000099", key());
  EXPECT_EQ(find_once(), "C0DEV00001/1700000099");
}

// One call at a time is granted: each try gets on by a page.
TEST_F(Find, GetsToAnEndThoughItIsSentAwayAfterEachPage) {
  bool granted = false;
  std::vector<std::string> read;
  workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (!std::exchange(granted, false)) return status(503);
    read.push_back(call.args.value("cursor", "p1"));
    if (read.size() > 2) return ok({{"messages", Json::array()}});
    const std::string next = "p" + std::to_string(read.size() + 1);
    return ok({{"messages", Json::array()}, {"response_metadata", {{"next_cursor", next}}}});
  };
  Answered answer;
  for (int tries = 0; tries < 4; ++tries) {
    granted = true;
    answer = find(request.event(NOTIFY_REQUEST_PENDING));
  }
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK_SKIPPED));
  EXPECT_THAT(read, testing::ElementsAre("p1", "p2", "p3", "p1"));
}

TEST_F(Find, ReadsAnewWhenSlackHasForgottenHowFarItWas) {
  const notify_event& event = request.event(NOTIFY_REQUEST_PENDING);
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.args.contains("cursor")) return error("invalid_cursor");
    return ok({{"messages", Json::array()}, {"response_metadata", {{"next_cursor", "p2"}}}});
  };
  EXPECT_EQ(find(event).rc, rc(NOTIFY_RETRY));
  workspace.first = nullptr;
  EXPECT_EQ(find(event).rc, rc(NOTIFY_OK_SKIPPED));
  EXPECT_FALSE(host.calls_of("conversations.history").back().args.contains("cursor"));
}

TEST_F(Find, AChannelThatWasMadeAMomentAgoIsListedAnew) {
  bool there = false;
  workspace.first = [&](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "conversations.list" || there) return std::nullopt;
    return ok({{"channels", Json::array()}});
  };
  find(request.event(NOTIFY_REQUEST_PENDING, "#dev"));
  there = true;
  host.advance(60'000);
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_PENDING, "#dev")).rc, rc(NOTIFY_OK_SKIPPED));
  EXPECT_EQ(host.count("conversations.list"), 2U);
}

// Nobody can know of the reply, and the message shows the review all the same.
TEST_F(Find, AReplyThatCannotBeLookedForIsFollowedByTheEditItNeeds) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  always("conversations.replies", error("not_in_channel"));
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt)).rc,
            rc(NOTIFY_DROP));
  EXPECT_EQ(host.count("chat.update"), 1U);
}

TEST_F(Find, AnAnswerWithoutMessagesIsNoNo) {
  always("conversations.history", ok({}));
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_PENDING)).rc, rc(NOTIFY_RETRY));
}

TEST_F(Find, AMessageOfAnotherKindWithTheSameKeyIsNotOurs) {
  const notify_event event = request.event(NOTIFY_REQUEST_PENDING);
  Json other = message_with(std::string(notify::view(event.key)), "1700000000.000100");
  other["metadata"]["event_type"] = "something_else";
  history(Json::array({other}));
  EXPECT_EQ(find(event).rc, rc(NOTIFY_OK_SKIPPED));
}

TEST_F(Find, WithoutTheScopeItCannotTellAndSaysOnceWhichWouldHelp) {
  always("conversations.history", error("missing_scope", {{"needed", "channels:history"}}));
  for (int i = 0; i < 2; ++i) {
    const Answered answer = find(request.event(NOTIFY_REQUEST_PENDING));
    EXPECT_EQ(answer.rc, rc(NOTIFY_DROP));
    EXPECT_FALSE(answer.whole_instance);
  }
  EXPECT_EQ(host.logged(NOTIFY_LOG_INFO, "channels:history"), 1U);
}

struct Case {
  ApiAnswer answer;
  notify_rc rc;
};
class FindFailure : public Find, public testing::WithParamInterface<Case> {};

TEST_P(FindFailure, IsToldApart) {
  always("conversations.history", GetParam().answer);
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_PENDING)).rc, GetParam().rc);
}

INSTANTIATE_TEST_SUITE_P(
    Classes, FindFailure,
    testing::Values(
        Case{status(503), NOTIFY_RETRY}, Case{error("internal_error"), NOTIFY_RETRY},
        Case{outcome(NOTIFY_HTTP_NOT_SENT), NOTIFY_RETRY_OFFLINE},
        Case{error("invalid_auth"), NOTIFY_BROKEN_AUTH},
        Case{error("token_revoked"), NOTIFY_BROKEN_AUTH}, Case{error("no_permission"), NOTIFY_DROP},
        Case{error("access_denied"), NOTIFY_DROP}, Case{error("unknown_method"), NOTIFY_RETRY},
        Case{error("invalid_form_data"), NOTIFY_RETRY}, Case{error("not_in_channel"), NOTIFY_DROP},
        Case{error("channel_not_found"), NOTIFY_DROP}, Case{error("brand_new"), NOTIFY_DROP},
        Case{error("method_not_supported_for_channel_type"), NOTIFY_DROP}));

// Twice announced is a nuisance, never announced an outage.
TEST_F(Find, AServerThatIsNotSlacksIsNotAskedForEver) {
  always("conversations.history", error("unknown_method"));
  notify_event event = request.event(NOTIFY_REQUEST_PENDING);
  event.attempt = 3;
  EXPECT_EQ(find(event).rc, rc(NOTIFY_DROP));
}

TEST_F(Find, OpensTheDirectMessageToReadIt) {
  find(request.event(NOTIFY_REQUEST_PENDING, "U0VERA"));
  EXPECT_EQ(host.calls_of("conversations.history").at(0).args["channel"], "D0VERA");
}

TEST_F(Find, CannotTellWhenTheDirectMessageCannotBeOpened) {
  always("conversations.open", error("missing_scope", {{"needed", "im:write"}}));
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_PENDING, "U0VERA")).rc, rc(NOTIFY_DROP));
}

TEST_F(Find, LooksUpAChannelThatIsKnownByNameOnly) {
  find(request.event(NOTIFY_REQUEST_PENDING, "#dev"));
  EXPECT_EQ(host.calls_of("conversations.history").at(0).args["channel"], "C0DEV00001");
}

TEST_F(Find, AListThatFailsIsNotAskedForTwice) {
  always("conversations.list", status(503));
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_PENDING, "#dev")).rc, rc(NOTIFY_RETRY));
  EXPECT_EQ(host.count("conversations.list"), 1U);
}

TEST_F(Find, CannotTellForAChannelThatNoListHas) {
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_PENDING, "#secret")).rc, rc(NOTIFY_DROP));
}

TEST_F(Find, AFoundReplyIsFollowedByTheEditItNeeds) {
  request.review("vera@example.com", NOTIFY_APPROVED);
  const notify_event& event = request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt);
  history(Json::array({message_with(std::string(notify::view(event.key)), "1700000008.000100")}));
  const Answered answer = find(event);
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.receipt, std::string(kReceipt) + ";r=1");
  EXPECT_EQ(host.calls_of("conversations.replies").at(0).args["ts"], "1700000000.000100");
  EXPECT_EQ(host.count("chat.update"), 1U);
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
}

// A request that is gone took its reviews along; the reply's mark is all there is to go by.
TEST_F(Find, AReplyWhoseReviewNobodyKnowsAnyMore) {
  const notify_event& event = request.event(NOTIFY_REQUEST_REVIEWED, "C0DEV00001", kReceipt);
  ASSERT_EQ(event.review, nullptr);
  const std::string key(notify::view(event.key));
  EXPECT_EQ(find(event).rc, rc(NOTIFY_OK_SKIPPED)) << "it is not there";
  history(Json::array({message_with(key, "1700000008.000100")}));
  const Answered answer = find(event);
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.receipt, kReceipt);
  EXPECT_EQ(host.count("chat.update"), 0U);
}

TEST_F(Find, AFoundVerdictIsFollowedByEditAndReaction) {
  request.resolution = NOTIFY_APPROVED;
  const std::string receipt = "D0REQUESTER/1700000000.000100";
  const notify_event& event =
      request.event(NOTIFY_REQUEST_RESOLVED, "U0REQUESTER", receipt, NOTIFY_TO_REQUESTER);
  history(Json::array({message_with(std::string(notify::view(event.key)), "1700000008.000100")}));
  const Answered answer = find(event);
  EXPECT_EQ(answer.rc, rc(NOTIFY_OK));
  EXPECT_EQ(answer.receipt, receipt + ";s=APPROVED;x=APPROVED;t=APPROVED");
  EXPECT_EQ(host.calls_of("conversations.history").at(0).args["channel"], "D0REQUESTER");
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
}

TEST_F(Find, AVerdictThatIsNotThereWasNotSent) {
  request.resolution = NOTIFY_APPROVED;
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_RESOLVED, "U0REQUESTER",
                               "D0REQUESTER/1700000000.000100", NOTIFY_TO_REQUESTER))
                .rc,
            rc(NOTIFY_OK_SKIPPED));
  EXPECT_EQ(host.count("chat.update"), 0U);
}

TEST_F(Find, WhatIsOnlyEditsIsDoneAgainFreely) {
  request.resolution = NOTIFY_APPROVED;
  EXPECT_EQ(find(request.event(NOTIFY_REQUEST_RESOLVED, "C0DEV00001", kReceipt)).rc,
            rc(NOTIFY_OK_SKIPPED));
  EXPECT_TRUE(host.calls.empty());
}

TEST_F(Find, AReplacementThatWasPostedBeforeIsFoundInsteadOfPostedAgain) {
  request.resolution = NOTIFY_APPROVED;
  const notify_event& event = request.event(NOTIFY_REQUEST_RESOLVED, "C0DEV00001", kReceipt);
  const std::string key(notify::view(event.key));
  workspace.first = [key](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method == "chat.update") return error("message_not_found");
    if (call.method != "conversations.history") return std::nullopt;
    return ok({{"messages", Json::array({message_with(key, "1700000008.000100")})}});
  };
  Instance slack(host);
  const notify_ticket ticket = slack.deliver(event);
  EXPECT_EQ(slack.answer(ticket).message, "C0DEV00001/1700000008.000100");
  EXPECT_EQ(host.count("chat.postMessage"), 0U);
}

TEST_F(Find, OfARequestThatIsGoneReadsAWeekOnly) {
  request.created_ms = 0;
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method == "chat.update") return error("message_not_found");
    return std::nullopt;
  };
  Instance slack(host);
  slack.find(request.event(NOTIFY_REQUEST_PENDING));
  slack.deliver(request.event(NOTIFY_REQUEST_EXPIRED, "C0DEV00001", kReceipt));
  const auto reads = host.calls_of("conversations.history");
  ASSERT_EQ(reads.size(), 2U);
  for (const ApiCall& read : reads) EXPECT_EQ(read.args["oldest"], "1699395600.000000");
}

}  // namespace
}  // namespace slack_test
