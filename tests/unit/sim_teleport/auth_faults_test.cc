#include "sim/teleport/auth_faults.h"

#include <gtest/gtest.h>

#include "auth_client.h"

namespace notifyd::sim {
namespace {

using ::grpc::StatusCode;

int hits(AuthFaults& faults, int calls) {
  int hit = 0;
  for (int i = 0; i < calls; ++i) hit += faults.draw(AuthMethod::kPing) ? 1 : 0;
  return hit;
}

TEST(AuthFaults, BefallTheNamedMethodOnly) {
  AuthFaults faults;
  faults.set(AuthMethod::kPing, {.code = StatusCode::INTERNAL});
  EXPECT_TRUE(faults.draw(AuthMethod::kPing));
  EXPECT_FALSE(faults.draw(AuthMethod::kGetPluginData));
}

TEST(AuthFaults, EndAfterTheirNumberOfCalls) {
  AuthFaults faults;
  faults.set(AuthMethod::kPing, {.code = StatusCode::INTERNAL, .calls = 3});
  EXPECT_EQ(hits(faults, 10), 3);
}

TEST(AuthFaults, HaveTheirProbabilityAndRepeatWithTheirSeed) {
  AuthFaults one(5);
  AuthFaults same(5);
  for (AuthFaults* faults : {&one, &same}) {
    faults->set(AuthMethod::kPing, {.code = StatusCode::INTERNAL, .probability = 0.5});
  }
  const int hit = hits(one, 1000);
  EXPECT_GT(hit, 400);
  EXPECT_LT(hit, 600);
  EXPECT_EQ(hits(same, 1000), hit);
}

TEST(AuthFaults, AreClearedOneByOneOrAllTogether) {
  AuthFaults faults;
  faults.set(AuthMethod::kPing, {.code = StatusCode::INTERNAL});
  faults.clear(AuthMethod::kPing);
  EXPECT_FALSE(faults.draw(AuthMethod::kPing));
  faults.set(AuthMethod::kPing, {.code = StatusCode::INTERNAL});
  faults.set_quirks({.no_init = true});
  faults.clear();
  EXPECT_FALSE(faults.draw(AuthMethod::kPing));
  EXPECT_FALSE(faults.quirks().no_init);
}

class AuthFaultsOnTheWireTest : public AuthServerTest {
 protected:
  ::grpc::Status list() {
    page_.Clear();
    return client_.call(&Stub::ListAccessRequests, ::proto::ListAccessRequestsRequest(), page_);
  }

  AuthClient client_{server_, notifier_};
  ::proto::ListAccessRequestsResponse page_;
};

TEST_F(AuthFaultsOnTheWireTest, AFailingCallHasTheChosenCodeAndDoesNothing) {
  const std::string id = create();
  server_.faults().set(AuthMethod::kUpdatePluginData,
                       {.code = StatusCode::FAILED_PRECONDITION, .calls = 1});
  EXPECT_EQ(client_.write(id, {{"a", "1"}}).error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_TRUE(cluster_.journal().empty());
  EXPECT_TRUE(client_.write(id, {{"a", "1"}}).ok());
}

TEST_F(AuthFaultsOnTheWireTest, ALostAnswerFailsAfterTheWork) {
  const std::string id = create();
  server_.faults().set(AuthMethod::kUpdatePluginData,
                       {.code = StatusCode::UNAVAILABLE, .answer_lost = true});
  EXPECT_EQ(client_.write(id, {{"a", "1"}}).error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(cluster_.entry(id, "slack"), (Keys{{"a", "1"}}));
}

TEST_F(AuthFaultsOnTheWireTest, ADelayOutlastsAnImpatientCaller) {
  server_.faults().set(AuthMethod::kPing, {.delay = std::chrono::hours(1)});
  ::grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
  context.set_wait_for_ready(true);
  ::proto::PingResponse pong;
  EXPECT_EQ(client_.stub().Ping(&context, {}, &pong).error_code(), StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(AuthFaultsOnTheWireTest, AnOldServerHasNoListAccessRequests) {
  server_.faults().set_quirks({.no_list_access_requests = true});
  EXPECT_EQ(list().error_code(), StatusCode::UNIMPLEMENTED);
}

TEST_F(AuthFaultsOnTheWireTest, PagesCanBeCapped) {
  create();
  create();
  server_.faults().set_quirks({.page_size_cap = 1});
  ASSERT_TRUE(list().ok());
  EXPECT_EQ(page_.access_requests_size(), 1);
  EXPECT_FALSE(page_.next_key().empty());
}

}  // namespace
}  // namespace notifyd::sim
