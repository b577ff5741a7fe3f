#include "delivery/record_codec.h"

#include <gtest/gtest.h>

namespace notifyd::delivery {
namespace {

Progress told(const std::string& id, const std::string& message, std::size_t reviews = 0,
              End end = End::kNone) {
  Progress p;
  p.to.id = p.to.label = id;
  p.receipt = p.message = message;
  p.announced = true;
  p.reviews = reviews;
  p.told = end;
  return p;
}

Record sample() {
  Record record;
  record.request.user = "alice@example.com";
  record.request.roles = {"role-foo", "role-bar"};
  record.request.resources = {"/example/node/a", "/example/db/b, the second"};
  record.request.reason = "because";
  record.request.resolve_reason = "okay";
  record.routed = true;
  record.recipients = {told("CHANNEL1", "CHANNEL1/0000001", 3, End::kApproved),
                       told("CHANNEL2", "CHANNEL2/0000002", 3, End::kApproved)};
  return record;
}

Record decoded(const RecordText& entry) {
  Result<Record> record = decode(entry);
  EXPECT_TRUE(record.ok()) << record.error().message;
  return record.ok() ? *record : Record{};
}

TEST(Record, EncodesUpstreamsKeysExactly) {
  const RecordText entry = encode(sample(), {});
  EXPECT_EQ(entry.at("user"), "alice@example.com");
  EXPECT_EQ(entry.at("roles"), "role-foo,role-bar");
  EXPECT_EQ(entry.at("resources"), R"(["/example/node/a","/example/db/b, the second"])");
  EXPECT_EQ(entry.at("request_reason"), "because");
  EXPECT_EQ(entry.at("reviews_count"), "3");
  EXPECT_EQ(entry.at("resolution"), "APPROVED");
  EXPECT_EQ(entry.at("resolve_reason"), "okay");
  EXPECT_EQ(entry.at("messages"), "CHANNEL1/0000001,CHANNEL2/0000002");
}

TEST(Record, WritesResourcesByteForByteAsTeleportSlackWould) {
  Record record = sample();
  record.request.resources = {"/example/node/<a>&b\u2028\u2029é"};
  EXPECT_EQ(encode(record, {}).at("resources"),
            R"(["/example/node/\u003ca\u003e\u0026b\u2028\u2029é"])");
  EXPECT_EQ(decode(encode(record, {}))->request.resources, record.request.resources);
}

TEST(Record, AnEmptyOneHasUpstreamsKeysAndAllOfThemEmpty) {
  for (const auto& [key, value] : encode(Record{}, {})) EXPECT_EQ(value, "") << key;
  EXPECT_EQ(encode(Record{}, {}).count("messages"), 1U);
  EXPECT_EQ(decoded({}), Record{});
}

TEST(Record, DecodeIsTheInverseOfEncode) {
  Record record = sample();
  record.claim = {"host-1-abcd", 1'700'000'000'000};
  record.recipients[0].to.audience = Audience::kRequester;
  record.recipients[0].receipt = "CHANNEL1/0000001;r=3";
  record.recipients[0].digest = "0191-a@1700000000";
  record.recipients[1].trying = Step::tell(End::kDenied);
  record.recipients[1].to_search = {Step::tell(End::kDenied), Step::reply(0)};
  Progress lost;
  lost.to.id = "nobody@example.com";
  lost.to.label = "nobody@example.com";
  lost.given_up = "no Slack user has this e-mail \"address\"";
  record.recipients.push_back(lost);
  EXPECT_EQ(decoded(encode(record, {})), record);
}

// teleport-slack's own keys have no room for it, and for `a,b` two meanings.
TEST(Record, KeepsAllThatAMessageMayShow) {
  Record record = sample();
  KeptRequest& request = record.request;
  request.roles = {"a,b", "c"};
  request.kind = model::RequestKind::kLongTerm;
  request.created_ms = 1;
  request.expires_ms = 2;
  request.access_starts_ms = 3;
  request.access_expires_ms = 4;
  request.max_duration_ms = 5;
  request.session_ttl_ms = 6;
  request.reviews = {{"bob@example.com", End::kApproved}, {"carol", End::kDenied}, {"dan", {}}};
  request.promoted_to = "Production";
  EXPECT_EQ(decoded(encode(record, {})), record);
  EXPECT_EQ(encode(record, {}).at("roles"), "a,b,c") << "as teleport-slack expects it";
}

TEST(Record, TakesOverMessagesOfTeleportSlack) {
  const Record record = decoded({{"user", "alice"},
                                 {"roles", "editor"},
                                 {"reviews_count", "2"},
                                 {"messages", "C012/1700000000.000100,D345/1700000000.000200"}});
  ASSERT_EQ(record.recipients.size(), 2U);
  EXPECT_FALSE(record.routed);
  EXPECT_EQ(record.recipients[1].receipt, "D345/1700000000.000200");
  EXPECT_EQ(record.recipients[1].message, "D345/1700000000.000200");
  EXPECT_TRUE(record.recipients[1].announced);
  EXPECT_EQ(record.recipients[1].reviews, 2U);
}

TEST(Record, TakesOverTheSingleMessageOfOldReleases) {
  const Record record = decoded({{"channel_id", "D1"}, {"timestamp", "17.1"}});
  ASSERT_EQ(record.recipients.size(), 1U);
  EXPECT_EQ(record.recipients[0].receipt, "D1/17.1");
}

TEST(Record, OneWithoutMessagesWasNeverAnnounced) {
  const Record record = decoded({{"user", "alice"}, {"roles", "editor"}, {"reviews_count", "1"}});
  EXPECT_TRUE(record.empty());
}

TEST(Record, ReadsResourcesThatOldReleasesJoinedWithCommas) {
  EXPECT_EQ(decoded({{"resources", "/a/node/x,/a/node/y"}}).request.resources,
            (std::vector<std::string>{"/a/node/x", "/a/node/y"}));
}

TEST(Record, SkipsPairsThatAreNoMessages) {
  const Record record = decoded({{"messages", "C1/17.1,,nonsense,/x,C2/,C3/17.3"}});
  ASSERT_EQ(record.recipients.size(), 2U);
  EXPECT_EQ(record.recipients[1].message, "C3/17.3");
}

TEST(Record, WhatTeleportSlackDidInBetweenHolds) {
  Record ours = sample();
  for (Progress& p : ours.recipients) p.reviews = 0, p.told = End::kNone;
  RecordText entry = encode(ours, {});
  entry["reviews_count"] = "2";
  entry["resolution"] = "DENIED";
  const Record record = decoded(entry);
  EXPECT_EQ(record.recipients[0].reviews, 2U);
  EXPECT_EQ(record.recipients[1].told, End::kDenied);
}

TEST(Record, TellsTeleportSlackOnlyWhatEveryRecipientHas) {
  Record record = sample();
  record.recipients[1].reviews = 1;
  record.recipients[1].told = End::kNone;
  const RecordText entry = encode(record, {});
  EXPECT_EQ(entry.at("reviews_count"), "1");
  EXPECT_EQ(entry.at("resolution"), "");
}

TEST(Record, GivenUpRecipientsHoldNobodyBack) {
  Record record = sample();
  record.recipients[1].told = End::kNone;
  record.recipients[1].given_up = "is_archived";
  EXPECT_EQ(encode(record, {}).at("resolution"), "APPROVED");
}

TEST(Record, KeepsKeysOfOthersAndTheOrderOfMessages) {
  const RecordText was = {{"logins_by_role", "{}"}, {"messages", "CHANNEL2/0000002"}};
  const RecordText now = encode(sample(), was);
  EXPECT_EQ(now.at("logins_by_role"), "{}");
  EXPECT_EQ(now.at("messages"), "CHANNEL2/0000002,CHANNEL1/0000001");
}

TEST(Record, CutsAnEndlessReasonOnACharacter) {
  Record record = sample();
  record.request.reason.assign(4095, 'a');
  record.request.reason += "\u00e4\u00e4";
  EXPECT_EQ(encode(record, {}).at("request_reason"), std::string(4095, 'a'));
}

TEST(Record, LeavesNewerFormatsAlone) {
  const Result<Record> record = decode({{"notifyd", R"({"v":2})"}});
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().message,
            "its plugin data was written by another version of this program (format 2, this one "
            "knows 1)");
}

TEST(Record, RefusesDamagedOnes) {
  for (const char* json :
       {"{", "[]", "7", R"({"v":"x"})", R"({"v":1,"to":7})", R"({"v":1,"to":[7]})",
        R"({"v":1,"claim":[]})", R"({"v":1,"to":[{"id":[]}]})"}) {
    EXPECT_FALSE(decode({{"notifyd", json}}).ok()) << json;
  }
}

TEST(Difference, ExpectsExactlyTheKeysThatItSets) {
  const Change change = difference({{"a", "1"}, {"b", "2"}, {"x", "y"}},
                                   {{"a", "1"}, {"b", ""}, {"c", "3"}, {"x", "y"}});
  EXPECT_EQ(change.set, (RecordText{{"b", ""}, {"c", "3"}}));
  EXPECT_EQ(change.expect, (RecordText{{"b", "2"}, {"c", ""}}));
}

TEST(Claim, HoldsOthersOffUntilItEnds) {
  const Claim claim{"a", 1000};
  EXPECT_TRUE(claim.held_by_other("b", 999, 60));
  EXPECT_FALSE(claim.held_by_other("b", 1000, 60));
  EXPECT_FALSE(claim.held_by_other("a", 999, 60));
  EXPECT_FALSE(Claim{}.held_by_other("a", 0, 60));
}

TEST(Claim, FromBeforeAClockWasSetBackHoldsNobodyOff) {
  const Claim claim{"a", 3'600'000};
  EXPECT_FALSE(claim.held_by_other("b", 0, 60'000));
}

TEST(Step, NameAndParseAreInverse) {
  for (const Step& step :
       {Step::announce(), Step::reply(12), Step::tell(End::kDenied), Step::report("C1")}) {
    EXPECT_EQ(parse_step(name_of(step)), step);
  }
}

TEST(Step, ParseRefusesWhatIsNoStep) {
  for (const char* name :
       {"", "review:", "review:x", "review:1x", "announce!", "dance", "final:", "final:SOON"}) {
    EXPECT_EQ(parse_step(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace notifyd::delivery
