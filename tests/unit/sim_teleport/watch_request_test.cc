#include "sim/teleport/watch_request.h"

#include <gmock/gmock.h>

namespace notifyd::sim {
namespace {

constexpr const char* kCaller = "notifier";

::proto::Watch watch(const std::vector<std::string>& kinds, bool partial = false) {
  ::proto::Watch request;
  request.set_allow_partial_success(partial);
  for (const std::string& kind : kinds) request.add_kinds()->set_kind(kind);
  return request;
}

::proto::Watch filtered(const std::string& key, const std::string& value) {
  ::proto::Watch request = watch({"access_request"});
  auto& added = *request.mutable_kinds(0)->add_filter();
  added.set_key(key);
  added.set_value(value);
  return request;
}

bool requests_only(const std::string& kind) { return kind == "access_request"; }
bool nothing(const std::string& /*kind*/) { return false; }

Errc error(const ::proto::Watch& request, const MayRead& may_read = requests_only) {
  return plan_watch(request, kCaller, may_read).error().code;
}

::types::AccessRequest request_of(const std::string& user, ::types::RequestState state) {
  ::types::AccessRequest request;
  request.mutable_metadata()->set_name("id-1");
  request.mutable_spec()->set_user(user);
  request.mutable_spec()->set_state(state);
  return request;
}

TEST(WatchRequest, WithoutKindsIsDenied) { EXPECT_EQ(error(watch({})), Errc::kDenied); }

TEST(WatchRequest, ADeniedKindFailsIt) {
  EXPECT_EQ(error(watch({"access_request", "role"})), Errc::kDenied);
}

TEST(WatchRequest, AnUnknownKindFailsItAsInvalid) {
  EXPECT_EQ(error(watch({"plugin_data"})), Errc::kInvalid);
}

TEST(WatchRequest, WithPartialSuccessSuchKindsAreLeftOut) {
  const auto plan =
      plan_watch(watch({"plugin_data", "role", "access_request"}, true), kCaller, requests_only);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->kinds.size(), 1U);
  EXPECT_EQ(plan->kinds[0].kind(), "access_request");
}

TEST(WatchRequest, WithPartialSuccessNothingLeftIsInvalid) {
  EXPECT_EQ(error(watch({"role", "plugin_data"}, true)), Errc::kInvalid);
}

TEST(WatchRequest, OnesOwnRequestsNeedNoRule) {
  EXPECT_TRUE(plan_watch(filtered("user", kCaller), kCaller, nothing));
  EXPECT_EQ(error(filtered("user", "alice@example.com"), nothing), Errc::kDenied);
}

TEST(WatchRequest, OtherFiltersAreInvalid) {
  EXPECT_EQ(error(filtered("role", "editor")), Errc::kInvalid);
  EXPECT_EQ(error(filtered("state", "SLEEPING")), Errc::kInvalid);
}

TEST(WatchRequest, OnlyNamespacesAreWatchedByName) {
  ::proto::Watch request = watch({"access_request"});
  request.mutable_kinds(0)->set_name("id-1");
  EXPECT_EQ(error(request), Errc::kInvalid);
}

TEST(RequestFilter, PassesWhatMatchesEveryKey) {
  const auto pending = request_of("alice", ::types::PENDING);
  EXPECT_TRUE(RequestFilter{}.passes(pending));
  EXPECT_TRUE((RequestFilter{"id-1", "alice", ::types::PENDING}).passes(pending));
  EXPECT_FALSE((RequestFilter{.id = "id-2"}).passes(pending));
  EXPECT_FALSE((RequestFilter{.user = "bob"}).passes(pending));
  EXPECT_FALSE((RequestFilter{.state = ::types::DENIED}).passes(pending));
}

TEST(RequestFilter, IsReadFromTheWatch) {
  const auto plan = plan_watch(filtered("state", "DENIED"), kCaller, requests_only);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->requests.at(0).passes(request_of("alice", ::types::DENIED)));
  EXPECT_FALSE(plan->requests.at(0).passes(request_of("alice", ::types::PENDING)));
}

}  // namespace
}  // namespace notifyd::sim
