// Records that are hostile, damaged or only long: what of them is read, and what is written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "delivery/record_codec.h"
#include "delivery/record_limits.h"

namespace notifyd::delivery {
namespace {

using ::testing::HasSubstr;

std::string message(std::size_t i) { return "C0123456789/" + std::to_string(1'000'000 + i) + ".1"; }

std::string messages(std::size_t n) {
  std::string list;
  for (std::size_t i = 0; i < n; ++i) list += (i > 0 ? "," : "") + message(i);
  return list;
}

std::string recipients(std::size_t n) {
  std::string to;
  for (std::size_t i = 0; i < n; ++i) {
    to += (i > 0 ? R"(,{"id":")" : R"({"id":")") + std::to_string(i) + R"("})";
  }
  return R"({"v":1,"to":[)" + to + "]}";
}

Record decoded(const RecordText& text) {
  Result<Record> record = decode(text);
  EXPECT_TRUE(record.ok()) << record.error().message;
  return record.ok() ? *std::move(record) : Record{};
}

std::string refusal(const std::string& ours) {
  const Result<Record> record = decode({{"notifyd", ours}});
  return record.ok() ? "" : record.error().message;
}

class ManyMessages : public ::testing::TestWithParam<std::size_t> {};

TEST_P(ManyMessages, AreReadAtOnceAndTheKeyIsLeftAsItIs) {
  const RecordText text = {{"messages", messages(GetParam())}};
  const std::clock_t start = std::clock();
  const Record record = decoded(text);
  const Change change = difference(text, encode(record, text));
  // A quadratic walk took half a minute of the processor, and for ever.
  EXPECT_LT(std::clock() - start, 10 * CLOCKS_PER_SEC);
  EXPECT_EQ(record.recipients.size(), limits::kTakenOver);
  EXPECT_EQ(record.excess, std::to_string(GetParam() - 100) + " entries of `messages`");
  EXPECT_FALSE(change.set.contains("messages"));
}

INSTANTIATE_TEST_SUITE_P(Entries, ManyMessages, ::testing::Values(30'000, 100'000));

// Written into our own key it would be longer than what is read again, or refused when it is.
TEST(RecordLimits, AMessageThatCouldNotBeReadAgainIsLeftAsItIs) {
  for (const std::string& bad : {"C1/" + std::string(200, '\xff'), std::string("C1/1\n.1")}) {
    const RecordText text = {{"messages", "C1/0.1," + bad}};
    const Record record = decoded(text);
    ASSERT_EQ(record.recipients.size(), 1U);
    EXPECT_EQ(record.recipients[0].message, "C1/0.1");
    const RecordText written = encode(record, text);
    EXPECT_THAT(written.at("messages"), HasSubstr(bad));
    EXPECT_TRUE(decode(written).ok());
  }
}

TEST(RecordLimits, OfTwentySevenKilobytesOfMessagesAHundredAreTakenUpAndAllStayInTheirOrder) {
  const RecordText text = {{"messages", messages(1'000)}};
  const RecordText now = encode(decoded(text), text);
  EXPECT_EQ(now.at("messages"), text.at("messages"));
  const Record again = decoded(now);
  EXPECT_EQ(again.recipients.size(), limits::kTakenOver) << "not another hundred";
  EXPECT_EQ(again.excess, "900 entries of `messages`");
}

TEST(RecordLimits, AMessageThatWasReplacedIsNotKeptWithThoseThatAreLeftAlone) {
  const RecordText text = {{"messages", messages(101)}};
  Record record = decoded(text);
  record.recipients[0].message = "C1/17.1";
  const std::string now = encode(record, text).at("messages");
  EXPECT_EQ(now.find(message(0)), std::string::npos);
  EXPECT_THAT(now, HasSubstr(message(100)));
  EXPECT_THAT(now, HasSubstr("C1/17.1"));
}

TEST(RecordLimits, WhatThisProgramCannotHaveWrittenIsLeftAloneAndSaysWhy) {
  EXPECT_THAT(refusal(R"({"v":1,"x":")" + std::string(262'144, 'x') + "\"}"),
              HasSubstr("at most 262144 are read"));
  EXPECT_THAT(refusal(recipients(1'001)), HasSubstr("it has 1001 recipients"));
  EXPECT_EQ(refusal(recipients(1'000)), "");
  EXPECT_THAT(refusal(std::string(200'000, '[')), HasSubstr("holds no JSON object"));
  EXPECT_THAT(refusal(R"({"v":1,"x":)" + std::string(20, '[') + std::string(20, ']') + "}"),
              HasSubstr("holds no JSON object"));
  const auto with = [](const std::string& key, const std::string& value) {
    return R"({"v":1,"to":[{"id":"C1",")" + key + "\":" + value + "}]}";
  };
  EXPECT_THAT(refusal(with("rc", "\"" + std::string(4'097, 'x') + "\"")),
              HasSubstr("a receipt has 4097 bytes"));
  EXPECT_THAT(refusal(with("as", "\"" + std::string(256, 'x') + "\"")),
              HasSubstr("a recipient's name has 256 bytes"));
  EXPECT_THAT(refusal(with("msg", R"("a\nb")")), HasSubstr("control character"));
  std::string steps = R"("review:0")";
  for (int i = 1; i <= 16; ++i) steps += ",\"review:" + std::to_string(i) + "\"";
  EXPECT_THAT(refusal(with("then", "[" + steps + "]")), HasSubstr("too many steps"));
}

TEST(RecordLimits, OneRecipientIsThereOnce) {
  const Record record =
      decoded({{"notifyd", R"({"v":1,"to":[{"id":"C1","ok":1},{"id":"C1"},{"id":"C2"}]})"}});
  ASSERT_EQ(record.recipients.size(), 2U);
  EXPECT_TRUE(record.recipients[0].announced);
}

TEST(RecordLimits, CountsThatNoRequestReachesAreCut) {
  const Record record = decoded({{"notifyd", R"({"v":1,"to":[{"id":"C1","n":18446744073709551615,)"
                                             R"("try":"review:18446744073709551615"}]})"}});
  EXPECT_EQ(record.recipients.at(0).reviews, limits::kReviews);
  EXPECT_FALSE(record.recipients.at(0).trying);
}

TEST(RecordLimits, TextsOfARequestAreWrittenAsFarAsTheBackendHasRoomForThem) {
  Record record;
  record.routed = true;
  record.request.user = std::string(10'000, 'u');
  record.request.reason = record.request.resolve_reason = std::string(1'000'000, 'r');
  record.request.roles.assign(100'000, "one, or two");
  record.request.reviews.assign(10'000, {"bob@example.com", End::kApproved});
  record.request.promoted_to = std::string(10'000, 'l');
  record.request.resources.assign(100'000, "/example/node/<a>");
  std::size_t bytes = 0;
  const RecordText text = encode(record, {});
  for (const auto& [key, value] : text) bytes += key.size() + value.size();
  EXPECT_LE(bytes, 32'000U);
  EXPECT_EQ(decoded(text).request.resources.front(), "/example/node/<a>");
}

TEST(RecordLimits, WhyARecipientWasGivenUpIsKeptInBrief) {
  Record record = decoded({{"notifyd", recipients(1)}});
  record.recipients[0].given_up.assign(1'000, 'w');
  EXPECT_EQ(decoded(encode(record, {})).recipients[0].given_up.size(), limits::kWhy);
}

TEST(RecordLimits, RecipientsAreFoundByTheirIdsThoughTheyComeAndGo) {
  Record record = decoded({{"notifyd", recipients(1'000)}});
  EXPECT_EQ(record.find("999"), &record.recipients[999]);
  record.recipients.erase(record.recipients.begin());
  EXPECT_EQ(record.find("999"), &record.recipients[998]);
  EXPECT_EQ(record.find("0"), nullptr);
  const Record copy = record;
  EXPECT_EQ(copy.find("1"), copy.recipients.data());
}

}  // namespace
}  // namespace notifyd::delivery
