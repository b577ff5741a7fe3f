#include "teleport/rpc_error.h"

#include <gmock/gmock.h>

namespace notifyd::teleport {
namespace {

using grpc::StatusCode;

Errc code_of(StatusCode code, const Rpc& rpc = kWriteData) {
  return rpc_error(rpc, grpc::Status(code, "said")).code;
}

TEST(RpcError, MapsEachStatusToWhatCanBeDoneAboutIt) {
  EXPECT_EQ(code_of(StatusCode::PERMISSION_DENIED), Errc::kDenied);
  EXPECT_EQ(code_of(StatusCode::FAILED_PRECONDITION), Errc::kConflict);
  EXPECT_EQ(code_of(StatusCode::NOT_FOUND), Errc::kNotFound);
  EXPECT_EQ(code_of(StatusCode::INVALID_ARGUMENT), Errc::kInvalid);
  EXPECT_EQ(code_of(StatusCode::UNIMPLEMENTED), Errc::kUnimplemented);
  EXPECT_EQ(code_of(StatusCode::DEADLINE_EXCEEDED), Errc::kTimeout);
  EXPECT_EQ(code_of(StatusCode::UNAVAILABLE), Errc::kUnavailable);
}

TEST(RpcError, TriesAgainWhatTeleportHasNoCodeForOrCancelled) {
  EXPECT_EQ(code_of(StatusCode::UNKNOWN), Errc::kUnavailable);
  EXPECT_EQ(code_of(StatusCode::RESOURCE_EXHAUSTED), Errc::kUnavailable);
  EXPECT_EQ(code_of(StatusCode::CANCELLED), Errc::kUnavailable);
}

TEST(RpcError, NamesTheRuleThatTheRoleLacks) {
  const grpc::Status denied(StatusCode::PERMISSION_DENIED, "access denied to bot");
  EXPECT_EQ(
      rpc_error(kWriteData, denied).message,
      "UpdatePluginData: the role of this identity needs update on access_plugin_data: access "
      "denied to bot");
  EXPECT_EQ(rpc_error(kPing, denied).message, "Ping: access denied to bot");
}

TEST(RpcError, AnIdentityThatIsNotKnownLacksNoRule) {
  EXPECT_EQ(rpc_error(kWatch, {StatusCode::UNAUTHENTICATED, "locked"}).message,
            "WatchEvents: this identity is not accepted: locked");
}

// With partial success a kind that is denied is dropped, and a watch without kinds is
// INVALID_ARGUMENT.
TEST(RpcError, TakesARefusedWatchForAMissingRule) {
  const Error error = rpc_error(kWatch, {StatusCode::INVALID_ARGUMENT, "no kinds"});
  EXPECT_EQ(error.code, Errc::kDenied);
  EXPECT_EQ(error.message,
            "WatchEvents: the role of this identity needs read on access_request: no kinds");
}

TEST(RpcError, MakesOneLineOfWhatTheServerSaid) {
  EXPECT_EQ(rpc_error(kPing, {StatusCode::UNKNOWN, "one\n\ttwo\xff\n"}).message,
            "Ping: one  two\xEF\xBF\xBD");
  EXPECT_LT(rpc_error(kPing, {StatusCode::UNKNOWN, std::string(5000, 'x')}).message.size(), 600U);
  EXPECT_EQ(rpc_error(kPing, {StatusCode::UNKNOWN, ""}).message, "Ping");
}

}  // namespace
}  // namespace notifyd::teleport
