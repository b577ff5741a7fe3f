// Records that somebody else wrote, and requests with very many recipients: nobody is told anything
// whom routing does not name, and nobody else waits for them.
#include <gmock/gmock.h>

#include "dispatcher_fixture.h"

namespace notifyd::delivery {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr auto kReviewer = model::Audience::kReviewer;

// Counts what is written.
class CountingSession : public FakeAuthSession {
 public:
  std::size_t writes = 0, bytes = 0;

  notify::Task<Result<>> write(std::string id, std::string plugin, teleport::PluginEntry set,
                               teleport::PluginEntry expect) override {
    ++writes;
    for (const auto& [key, value] : set) bytes += key.size() + value.size();
    for (const auto& [key, value] : expect) bytes += key.size() + value.size();
    return FakeAuthSession::write(std::move(id), std::move(plugin), std::move(set),
                                  std::move(expect));
  }
};

class HostileRecord : public DispatcherTest {
 protected:
  HostileRecord() { reviewer.connect(); }

  void write(const std::string& to) {
    counting->entries[kId] = {{"user", "alice@example.com"},
                              {"notifyd", R"({"v":1,"to":[)" + to + "]}"}};
  }
  static std::string messages(std::size_t n) {
    std::string list;
    for (std::size_t i = 0; i < n; ++i) {
      list += (i > 0 ? "," : "") + ("C0123456789/1700000000." + std::to_string(100'000 + i));
    }
    return list;
  }
  void look(const AccessRequest& r) { see(reviewer, r); }
  std::vector<std::string>& calls() { return reviewer.slack.calls; }
  std::vector<std::string> lines(const std::string& start) const {
    return reviewer.lines->starting(start);
  }
  // One answer after the other, and the loop in between.
  void release_singly() {
    while (reviewer.slack.held() > 0) {
      reviewer.slack.release_one();
      engine.run();
    }
  }

  std::shared_ptr<CountingSession> counting = std::make_shared<CountingSession>();
  Daemon reviewer{engine, counting, "r"};
};

TEST_F(HostileRecord, AChannelThatOnlyTheRecordNamesHearsNothing) {
  write(R"({"id":"#general"})");
  look(request());
  EXPECT_THAT(calls(), ElementsAre("route", "deliver announce C1"));
  EXPECT_THAT(lines("INFO recipients that only the record names are not notified"), SizeIs(1));
  EXPECT_THAT(counting->entries[kId]["notifyd"], Not(HasSubstr("general")));
}

TEST_F(HostileRecord, NorAsRequesterAsFallbackOrAsSomebodyWhoIsBeingTold) {
  write(R"({"id":"#a","who":1},{"id":"#b","who":1,"ok":1},{"id":"#c","who":3},)"
        R"({"id":"#d","bad":"lost"},{"id":"#e","try":"announce"})");
  look(request());
  ASSERT_TRUE(engine.run_until([&] { return reviewer.dispatcher->awake() == 0; }));
  look(request(End::kApproved));
  EXPECT_TRUE(engine.run_until([&] { return reviewer.dispatcher->awake() == 0; }));
  std::vector<std::string> deliveries;
  for (const std::string& call : calls()) {
    if (call.starts_with("deliver")) deliveries.push_back(call);
  }
  EXPECT_THAT(deliveries, UnorderedElementsAre("deliver announce C1", "deliver final:APPROVED C1"));
}

TEST_F(HostileRecord, WhatStandsIsEditedByItsReceiptAndNotByItsName) {
  write(R"({"id":"#general","who":1,"ok":1,"rc":"C9/17.9;r=1","msg":"C9/17.9"})");
  reviewer.slack.on_deliver = [](const modules::Event&) { return modules::Answer{}; };
  look(request(End::kApproved, 1));
  EXPECT_TRUE(engine.run_until([&] { return reviewer.dispatcher->awake() == 0; }));
  EXPECT_THAT(calls(), ElementsAre("route", "deliver final:APPROVED C9/17.9;r=1",
                                   "deliver review:0 C9/17.9;r=1"));
  EXPECT_EQ(reviewer.slack.events[1].recipient.audience, kReviewer);
  EXPECT_EQ(reviewer.slack.events[1].receipt, "C9/17.9;r=1");
}

TEST_F(HostileRecord, OneThatSaysThatNobodyIsToldKeepsNobodyFromBeingTold) {
  write("");
  look(request());
  EXPECT_THAT(calls(), ElementsAre("route", "deliver announce C1"));
}

TEST_F(HostileRecord, OneThatKnowsOfAnEndThatTeleportDoesNotKnowIsWaitedForAndNamedOnce) {
  write(R"({"id":"C1","ok":1,"rc":"C1/17.1","msg":"C1/17.1","st":"DENIED"})");
  for (int i = 0; i < 3; ++i) look(request());
  EXPECT_THAT(calls(), IsEmpty());
  EXPECT_THAT(lines("INFO waits for Teleport"), ElementsAre(HasSubstr("end=DENIED")));
}

TEST_F(HostileRecord, AForeignIdUnderAKnownNameIsNotWhereItGoes) {
  write(R"({"id":"#general","as":"#approvals"},{"id":"#x","as":"#approvals","try":"announce"})");
  look(request());
  EXPECT_TRUE(engine.run_until([&] { return reviewer.dispatcher->awake() == 0; }));
  EXPECT_THAT(calls(), Not(Contains(AllOf(HasSubstr("deliver"), HasSubstr("#")))));
  EXPECT_EQ(reviewer.slack.count("deliver announce C1"), 1U);
}

TEST_F(HostileRecord, OneThatArrivesWhileTheFirstIsWrittenGivesNoOrdersEither) {
  bool first = true;
  counting->before = [&](const std::string& what) -> std::optional<Error> {
    if (what != std::string("write ") + kId || !std::exchange(first, false)) return std::nullopt;
    write(R"({"id":"#general"})");
    return std::nullopt;
  };
  look(request());
  EXPECT_TRUE(engine.run_until([&] { return reviewer.dispatcher->awake() == 0; }));
  EXPECT_THAT(calls(), ElementsAre("route", "deliver announce C1"));
}

// ---- What these precautions must not break ----

TEST_F(HostileRecord, AfterACrashRoutingDecidesWhoIsStillAnnounced) {
  write(R"({"id":"C0","ok":1,"rc":"C0/17.1","msg":"C0/17.1"},{"id":"C1"},{"id":"C2"})");
  reviewer.slack.recipients = {{"C2", "#two", kReviewer}, {"C3", "#three", kReviewer}};
  look(request());
  EXPECT_THAT(calls(), UnorderedElementsAre("route", "deliver announce C2", "deliver announce C3"));
  look(request(End::kDenied));
  EXPECT_THAT(calls(), Contains("deliver final:DENIED C0/17.1"));
}

TEST_F(HostileRecord, NobodyIsAskedAboutRequestsWithNothingNewToSay) {
  write(R"({"id":"C1","ok":1,"rc":"C1/17.1","msg":"C1/17.1"})");
  look(request());
  look(request(End::kNone, 1));
  EXPECT_THAT(calls(), ElementsAre("deliver review:0 C1"));
}

TEST_F(HostileRecord, WhoWasToldUnderAnotherIdIsNotToldAgain) {
  write(R"({"id":"bob@example.com","ok":1,"rc":"D1/17.1","msg":"D1/17.1"},{"id":"C1"})");
  reviewer.slack.recipients = {{"C1", "#approvals", kReviewer},
                               {"U0BOB", "bob@example.com", kReviewer}};
  look(request());
  EXPECT_THAT(calls(), ElementsAre("route", "deliver announce C1"));
}

TEST_F(HostileRecord, ARequesterWhoWasToldUnderAnotherIdGetsTheAnswer) {
  write(R"({"id":"alice@example.com","who":1,"ok":1,"rc":"D1/17.1","msg":"D1/17.1"})");
  reviewer.slack.recipients = {{"U0ALICE", "alice@example.com", model::Audience::kRequester}};
  look(request(End::kApproved));
  EXPECT_THAT(calls(), ElementsAre("route", "deliver final:APPROVED U0ALICE"));
  EXPECT_EQ(reviewer.slack.events[1].recipient.audience, model::Audience::kRequester);
}

TEST_F(HostileRecord, WhomNobodyIsToBeToldOfIsAskedOnceAProcess) {
  reviewer.slack.recipients = {};
  look(request());
  for (int i = 0; i < 3; ++i) {
    reviewer.dispatcher->catch_up_started();
    reviewer.dispatcher->record("slack", kId, counting->entries[kId]);
    reviewer.dispatcher->records_listed();
    look(request());
    reviewer.dispatcher->catch_up_done();
  }
  EXPECT_THAT(calls(), ElementsAre("route"));
  EXPECT_THAT(lines("WARN no reviewer is notified"), SizeIs(1));
}

// ---- How much ----

TEST_F(HostileRecord, TwentySevenKilobytesOfMessagesCostAHandfulOfWrites) {
  counting->entries[kId] = {{"user", "alice@example.com"}, {"messages", messages(1'000)}};
  reviewer.slack.hold = true;
  look(request(End::kApproved));
  release_singly();
  EXPECT_EQ(reviewer.dispatcher->awake(), 0U);
  EXPECT_THAT(calls(), SizeIs(1 + 100)) << "a question, and so many messages";
  EXPECT_LE(counting->writes, 10U);
  EXPECT_EQ(counting->entries[kId]["messages"].substr(0, 27'000),
            messages(1'000).substr(0, 27'000));
  EXPECT_THAT(lines("WARN the record of this request is too long"),
              ElementsAre(HasSubstr("left=\"900 entries of `messages`\"")));
}

TEST_F(HostileRecord, AHundredThousandMessagesHoldUpNobody) {
  counting->entries[kId] = {{"messages", messages(100'000)}};
  reviewer.slack.hold = true;
  reviewer.dispatcher->request(std::make_shared<AccessRequest>(request(End::kApproved)));
  reviewer.dispatcher->request(std::make_shared<AccessRequest>(request("0191-b")));
  engine.run();
  const auto other = std::ranges::find(calls(), "deliver announce C1");
  ASSERT_NE(other, calls().end());
  EXPECT_LE(other - calls().begin(), 34) << "two questions and one group of edits";
  const std::size_t before = counting->bytes;
  release_singly();
  EXPECT_LE(counting->bytes - before, 400'000U) << "and not 2.9 MB for each write";
}

TEST_F(HostileRecord, FiveThousandRecipientsAreABoundedRecordInFewWrites) {
  reviewer.slack.recipients.clear();
  for (int i = 0; i < 5'000; ++i) {
    const std::string name = "user" + std::to_string(i) + "@example.com";
    reviewer.slack.recipients.push_back({"U0" + std::to_string(10'000'000 + i), name, kReviewer});
  }
  reviewer.slack.recipients.push_back(
      {"U0ALICE", "alice@example.com", model::Audience::kRequester});
  reviewer.slack.hold = true;
  look(request());
  reviewer.dispatcher->request(std::make_shared<AccessRequest>(request("0191-b")));
  engine.run();
  release_singly();
  EXPECT_EQ(reviewer.slack.count("deliver announce U0ALICE"), 2U) << "who asked is not left out";
  EXPECT_LE(counting->entries[kId]["notifyd"].size(), 110'000U);
  EXPECT_LE(counting->writes, 50U) << "for both requests";
  EXPECT_LE(counting->bytes, 3'000'000U);
  EXPECT_THAT(lines("WARN recipients are left out"), SizeIs(2));
}

TEST_F(HostileRecord, AnswersThatAreNotWrittenAtOnceAreWrittenSoon) {
  reviewer.slack.recipients.clear();
  for (int i = 0; i < 200; ++i) {
    reviewer.slack.recipients.push_back(
        {"U" + std::to_string(i), std::string(100, 'x'), kReviewer});
  }
  reviewer.slack.hold = true;
  look(request());
  const std::size_t before = counting->writes;
  reviewer.slack.release_one();
  engine.run();
  EXPECT_EQ(counting->writes, before) << "more answers are to come, and the record is long";
  engine.advance(std::chrono::seconds(5));
  EXPECT_EQ(counting->writes, before + 1);
  EXPECT_THAT(counting->entries[kId]["notifyd"], HasSubstr("U0/17.1"));
}

TEST_F(HostileRecord, WhoseReceiptTheRecordHasNoRoomForIsGivenUpAndNotPosted) {
  reviewer.slack.recipients.clear();
  for (int i = 0; i < 200; ++i) {
    reviewer.slack.recipients.push_back({"U" + std::to_string(i), "x", kReviewer});
  }
  reviewer.slack.on_deliver = [&](const modules::Event& event) {
    modules::Answer answer = reviewer.slack.delivered(event);
    answer.receipt.resize(4'096, 'r');
    return answer;
  };
  look(request());
  EXPECT_TRUE(engine.run_until([&] { return reviewer.dispatcher->awake() == 0; }));
  const std::size_t announced = calls().size() - 1;
  EXPECT_LE(announced, 2 * 32U) << "two groups: the second is on its way when the first is written";
  EXPECT_LE(counting->entries[kId]["notifyd"].size(), 300'000U);
  EXPECT_THAT(lines("WARN recipient given up"), SizeIs(200 - announced));
  EXPECT_THAT(lines("WARN recipient given up"), Each(HasSubstr("takes no more")));
}

}  // namespace
}  // namespace notifyd::delivery
