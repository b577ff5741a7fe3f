// An edit shows what the message that it replaces showed, with a new status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_host.h"

namespace slack_test {
namespace {

using testing::HasSubstr;

constexpr const char* kReceipt = "C0DEV00001/1700000000.000100";

class Edits : public testing::Test {
 protected:
  Edits() {
    request.kind = NOTIFY_KIND_LONG_TERM;
    request.resources = {"/c/node/one", "/c/node/two"};
    request.roles = {"a,b", "c"};
    request.reason = "because";
    request.access_expires_ms = request.created_ms + 8 * 3'600'000;
    request.review("vera@example.com", NOTIFY_APPROVED, "okay");
  }
  Json blocks(std::uint32_t kind, const std::string& receipt, const char* method) {
    if (!slack) slack.emplace(host);
    slack->deliver(request.event(kind, "C0DEV00001", receipt));
    const auto calls = host.calls_of(method);
    return calls.empty() ? Json() : calls.back().args["blocks"];
  }
  Json announced() { return blocks(NOTIFY_REQUEST_PENDING, "", "chat.postMessage"); }
  static void expect_same_but_for_the_status(const Json& before, Json after,
                                             const std::string& status) {
    ASSERT_EQ(after.size(), 3U);
    EXPECT_THAT(after[2]["elements"][0]["text"].get<std::string>(), HasSubstr(status));
    after[2]["elements"][0] = before[2]["elements"][0];
    EXPECT_EQ(before, after);
  }

  FakeHost host;
  Workspace workspace{host};
  Request request;
  std::optional<Instance> slack;
};

TEST_F(Edits, OfAReviewShowWhatWasAnnounced) {
  const Json before = announced();
  expect_same_but_for_the_status(before, blocks(NOTIFY_REQUEST_REVIEWED, kReceipt, "chat.update"),
                                 "PENDING");
}

TEST_F(Edits, OfEachEndShowWhatWasAnnounced) {
  const Json before = announced();
  for (const auto& [resolution, status] :
       {std::pair(NOTIFY_APPROVED, "APPROVED"), std::pair(NOTIFY_DENIED, "DENIED")}) {
    request.resolution = static_cast<std::uint32_t>(resolution);
    expect_same_but_for_the_status(before, blocks(NOTIFY_REQUEST_RESOLVED, kReceipt, "chat.update"),
                                   status);
  }
}

// When the request is gone, what is left of it is what the host's record kept.
TEST_F(Edits, OfARequestThatIsGoneShowWhatWasAnnounced) {
  const Json before = announced();
  expect_same_but_for_the_status(before, blocks(NOTIFY_REQUEST_EXPIRED, kReceipt, "chat.update"),
                                 "EXPIRED");
}

TEST_F(Edits, ThatCannotBeMadeAreANewMessageThatShowsTheSame) {
  const Json before = announced();
  workspace.first = [](const ApiCall& call) -> std::optional<ApiAnswer> {
    if (call.method != "chat.update") return std::nullopt;
    return error("message_not_found");
  };
  expect_same_but_for_the_status(
      before, blocks(NOTIFY_REQUEST_EXPIRED, kReceipt, "chat.postMessage"), "EXPIRED");
}

TEST_F(Edits, OfWhatARecordDidNotKeepSayNothingOfIt) {
  request.kind = NOTIFY_KIND_UNDEFINED;
  request.created_ms = request.access_expires_ms = 0;
  const Json after = blocks(NOTIFY_REQUEST_EXPIRED, kReceipt, "chat.update");
  EXPECT_EQ(after[0]["text"]["text"], "You have a new Resource Request:");
  EXPECT_THAT(after[1]["text"]["text"].get<std::string>(), testing::Not(HasSubstr("*Access*")));
}

}  // namespace
}  // namespace slack_test
