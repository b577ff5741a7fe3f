#include "teleport/rpc_error.h"

#include <string>

#include "base/proxy.h"
#include "base/text.h"

namespace notifyd::teleport {
namespace {

constexpr std::size_t kMaxMessage = 500;  // of what a server says

Errc code_of(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return Errc::kDenied;
    case grpc::StatusCode::NOT_FOUND:
      return Errc::kNotFound;
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::ALREADY_EXISTS:
      return Errc::kConflict;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
      return Errc::kInvalid;
    case grpc::StatusCode::UNIMPLEMENTED:
      return Errc::kUnimplemented;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return Errc::kTimeout;
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DATA_LOSS:
      return Errc::kInternal;
    // CANCELLED is the other side's: who cancels a call of ours waits for no answer. UNKNOWN is
    // what Teleport makes of every error it has no code for, a database that was busy included.
    default:
      return Errc::kUnavailable;
  }
}

// With partial success a watch that is left without any kind is refused as INVALID_ARGUMENT.
bool is_denied(const Rpc& rpc, const grpc::Status& status) {
  if (code_of(status.error_code()) == Errc::kDenied) return true;
  return rpc.name == kWatch.name && status.error_code() == grpc::StatusCode::INVALID_ARGUMENT;
}

}  // namespace

Error rpc_error(const Rpc& rpc, const grpc::Status& status) {
  std::string message(rpc.name);
  const bool denied = is_denied(rpc, status);
  const bool unknown = status.error_code() == grpc::StatusCode::UNAUTHENTICATED;
  if (unknown) {
    message.append(": this identity is not accepted");
  } else if (denied && !rpc.needs.empty()) {
    message.append(": the role of this identity needs ").append(rpc.needs);
  }
  // gRPC takes proxies from the environment too, and names the host that it made of one.
  const std::string said = one_line(trim(hide_proxies(status.error_message())), kMaxMessage);
  if (!said.empty()) message.append(": ").append(said);
  return {denied ? Errc::kDenied : code_of(status.error_code()), std::move(message)};
}

}  // namespace notifyd::teleport
