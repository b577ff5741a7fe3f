#include "event_json.h"

#include <gtest/gtest.h>

#include "events.h"

namespace webhook {
namespace {

using conformance::Event;
using conformance::EventData;
using conformance::RequestData;

EventData of(std::uint32_t kind, const RequestData& request = RequestData::full()) {
  EventData data;
  data.kind = kind;
  data.request = request;
  data.recipient = "ops";
  return data;
}

Json json_of(const EventData& data) { return event_json(*Event(data).get()); }

// Every key of `sample`, down to the leaves, is in `real`: what a template was checked against is
// what it gets. Items of lists and of objects with keys of the cluster's own are compared by one.
void expect_same_keys(const Json& sample, const Json& real, const std::string& path) {
  if (sample.contains("*") || real.is_null()) return;
  ASSERT_EQ(sample.is_number(), real.is_number()) << path;
  ASSERT_TRUE(sample.is_number() || sample.type() == real.type()) << path;
  if (sample.is_array() && !sample.empty() && !real.empty()) {
    expect_same_keys(sample.front(), real.front(), path + "[0]");
  }
  if (!sample.is_object()) return;
  EXPECT_EQ(sample.size(), real.size()) << path;
  for (const auto& [key, value] : sample.items()) {
    ASSERT_TRUE(real.contains(key)) << path << "." << key;
    expect_same_keys(value, real[key], path + "." + key);
  }
}

TEST(EventJson, HasWhatItsSampleHas) {
  expect_same_keys(full_sample("reviewed"), json_of(of(NOTIFY_REQUEST_REVIEWED)), "event");
  expect_same_keys(bare_sample("pending"), json_of(of(NOTIFY_REQUEST_PENDING, RequestData::bare())),
                   "event");
}

TEST(EventJson, SaysWhatTheRequestSays) {
  RequestData data = RequestData::full();
  data.created_ms = 1'700'000'000'123;
  const Json event = json_of(of(NOTIFY_REQUEST_PENDING, data));
  EXPECT_EQ(event["event"], "pending");
  EXPECT_EQ(event["recipient"], "ops");
  const Json& request = event["request"];
  EXPECT_EQ(request["id"], data.id);
  EXPECT_EQ(request["state"], "pending");
  EXPECT_EQ(request["pending"], true);
  EXPECT_EQ(request["roles"], Json::parse(R"(["editor","auditor"])"));
  EXPECT_EQ(request["created_at"], "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(request["max_duration_s"], 7200);
  EXPECT_EQ(request["annotations"]["ticket.id"][0], "T-1");
  EXPECT_EQ(request["reviews"][1]["proposed"], "denied");
  EXPECT_EQ(request["thresholds"][0]["approvals_needed"], 2);
  EXPECT_EQ(request["thresholds"][0]["approvals_given"], nullptr) << "not known";
  EXPECT_EQ(request["promoted_to"], "Admins");
}

TEST(EventJson, LeavesOutWhatIsNotKnown) {
  const Json event = json_of(of(NOTIFY_REQUEST_PENDING, RequestData::bare()));
  for (const char* key : {"reason", "url", "created_at", "expires_at", "max_duration_s",
                          "user_email", "promoted_to"}) {
    EXPECT_EQ(event["request"][key], nullptr) << key;
  }
  EXPECT_EQ(event["request"]["roles"], Json::array());
  EXPECT_EQ(event["request"]["annotations"], Json::object());
}

TEST(EventJson, HasTheSameIdForEachAttemptAndAnotherForEachStep) {
  EventData first = of(NOTIFY_REQUEST_PENDING);
  EventData again = first;
  again.attempt = 3;
  EXPECT_EQ(json_of(first)["id"], json_of(again)["id"]);
  EXPECT_NE(json_of(first)["id"], json_of(of(NOTIFY_REQUEST_RESOLVED))["id"]);
  EXPECT_EQ(json_of(first)["id"].get<std::string>().size(), 32U);
}

// Or a receiver that compares what it gets under one Idempotency-Key refuses the second attempt.
TEST(EventJson, SaysWhenItHappenedAndNotWhenItWasTried) {
  RequestData request = RequestData::full();
  EXPECT_EQ(json_of(of(NOTIFY_REQUEST_PENDING, request))["occurred_at"],
            "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(json_of(of(NOTIFY_REQUEST_REVIEWED, request))["occurred_at"],
            "2023-11-14T22:15:00.000Z");
  EXPECT_EQ(json_of(of(NOTIFY_REQUEST_RESOLVED, request))["occurred_at"],
            "2023-11-14T22:15:00.000Z");
}

TEST(EventJson, HasOneFingerprintForAllOfARequest) {
  const Json pending = json_of(of(NOTIFY_REQUEST_PENDING));
  EXPECT_EQ(pending["fingerprint"], json_of(of(NOTIFY_REQUEST_EXPIRED))["fingerprint"]);
  EXPECT_EQ(pending["fingerprint"].get<std::string>().size(), 16U);
}

struct Title {
  std::uint32_t kind, resolution;
  const char* title;
};
class TitleOf : public ::testing::TestWithParam<Title> {};

TEST_P(TitleOf, TellsWhatHappened) {
  RequestData request;
  request.resolution = GetParam().resolution;
  request.roles = {"editor", "auditor"};
  request.reviews = {{"bob", "", NOTIFY_DENIED}};
  EventData data = of(GetParam().kind, request);
  data.lost = "dev";
  EXPECT_EQ(json_of(data)["title"], GetParam().title);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, TitleOf,
    ::testing::Values(
        Title{NOTIFY_REQUEST_PENDING, 0, "alice@example.com asks for access as editor, auditor"},
        Title{NOTIFY_REQUEST_REVIEWED, 0, "bob denies alice@example.com's Access Request"},
        Title{NOTIFY_REQUEST_RESOLVED, NOTIFY_APPROVED,
              "alice@example.com's Access Request was approved"},
        Title{NOTIFY_REQUEST_RESOLVED, NOTIFY_DENIED,
              "alice@example.com's Access Request was denied"},
        Title{NOTIFY_REQUEST_RESOLVED, NOTIFY_PROMOTED,
              "alice@example.com's Access Request was promoted"},
        Title{NOTIFY_REQUEST_EXPIRED, 0,
              "alice@example.com's Access Request expired without a decision"},
        Title{NOTIFY_GIVEN_UP, 0, "dev could not be told of alice@example.com's Access Request"}));

TEST(TitleOfResources, NamesThem) {
  RequestData request;
  request.roles = {};
  request.resources = {"/a/node/1"};
  EXPECT_EQ(json_of(of(NOTIFY_REQUEST_PENDING, request))["title"],
            "alice@example.com asks for access to /a/node/1");
}

TEST(EventJson, IsJsonWhateverIsInIt) {
  for (const std::uint32_t kind : {1U, 2U, 3U, 4U, 6U, 99U}) {
    const Json event = json_of(of(kind, RequestData::hostile()));
    EXPECT_FALSE(Json::parse(json_text(event)).is_null());
  }
}

}  // namespace
}  // namespace webhook
