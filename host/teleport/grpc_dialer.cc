#include "teleport/grpc_dialer.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <cstdlib>
#include <utility>

#include "base/time_text.h"
#include "teleport/dial_hint.h"
#include "teleport/grpc_auth.h"

namespace notifyd::teleport {
namespace {

// gRPC and protobuf write to stderr past our log, and what they write our errors say too. Who
// debugs gRPC sets its own variables. For the whole process: each has one log.
void silence_grpc() {
  google::protobuf::SetLogHandler(nullptr);
  if (std::getenv("GRPC_VERBOSITY") != nullptr || std::getenv("GRPC_TRACE") != nullptr) return;
  gpr_set_log_function([](gpr_log_func_args*) {});
}

}  // namespace

GrpcDialer::GrpcDialer(Engine& engine, GrpcDialerOptions options)
    : engine_(engine), options_(std::move(options)), door_(std::make_shared<Door>(engine)) {
  silence_grpc();
}

GrpcDialer::~GrpcDialer() { door_->close(); }

Task<Result<Dialer::Connected>> GrpcDialer::dial() {
  // What cannot be used is remembered too, so that it is not tried again until it changes.
  last_digest_ = credentials_digest(options_.credentials);
  Result<Identity> identity = load_identity(options_.credentials, engine_.wall());
  if (!identity) co_return std::move(identity).error();
  std::shared_ptr<AuthSession> session =
      make_session(make_channel(options_.address, *identity), door_);
  Result<Cluster> cluster = co_await session->ping();
  if (!cluster) co_return unreachable(cluster.error(), identity->facts);
  co_return Connected{std::move(session), *std::move(cluster), std::move(identity->facts)};
}

bool GrpcDialer::identity_changed() const {
  return credentials_digest(options_.credentials) != last_digest_;
}

Error GrpcDialer::unreachable(const Error& error, const IdentityFacts& identity) const {
  Error said = error.in("connecting to " + options_.address + " as " + identity.user +
                        " (certificate valid until " + utc_text(identity.valid_until_ms) + ")");
  const std::string hint = dial_hint(error, options_.address);
  if (!hint.empty()) said.message += "; " + hint;
  return said;
}

}  // namespace notifyd::teleport
