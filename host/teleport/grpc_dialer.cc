#include "teleport/grpc_dialer.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "base/time_text.h"
#include "teleport/dial_hint.h"
#include "teleport/grpc_auth.h"
#include "teleport/identity_text.h"

namespace notifyd::teleport {
namespace {

// gRPC and protobuf write to stderr past our log, and what they write our errors say too. Who
// debugs gRPC sets its own variables. For the whole process: each has one log.
void silence_grpc() {
  google::protobuf::SetLogHandler(nullptr);
  if (std::getenv("GRPC_VERBOSITY") != nullptr || std::getenv("GRPC_TRACE") != nullptr) return;
  gpr_set_log_function([](gpr_log_func_args*) {});
}

constexpr Millis kSayAgain = std::chrono::minutes(10);
constexpr std::string_view kRightAgain = "the identity for Teleport is the right one again";

const std::string& shown_path(const CredentialPaths& paths) {
  return paths.identity.empty() ? paths.client_crt : paths.identity;
}

bool share_a_ca(const Identity& one, const Identity& other) {
  const auto before = pem_blocks(one.ca_pem);
  const auto now = pem_blocks(other.ca_pem);
  return before && now && std::any_of(now->begin(), now->end(), [&](const PemBlock& ca) {
           return std::any_of(before->begin(), before->end(),
                              [&](const PemBlock& old) { return old.text == ca.text; });
         });
}

}  // namespace

GrpcDialer::GrpcDialer(Engine& engine, GrpcDialerOptions options, const Log& log)
    : engine_(engine),
      options_(std::move(options)),
      door_(std::make_shared<Door>(engine)),
      log_(log),
      identity_refused_(engine, log, "the identity for Teleport is another one and is refused",
                        kSayAgain, Severity::kError),
      cluster_refused_(engine, log, "another Teleport cluster is refused", kSayAgain,
                       Severity::kError) {
  silence_grpc();
}

GrpcDialer::~GrpcDialer() { door_->close(); }

Task<Result<Dialer::Connected>> GrpcDialer::dial() {
  Result<Identity> identity = identity_to_use();
  if (!identity) co_return std::move(identity).error();
  std::shared_ptr<AuthSession> session =
      make_session(make_channel(options_.address, *identity), door_);
  Result<Cluster> cluster = co_await session->ping();
  if (!cluster) co_return unreachable(cluster.error(), identity->facts);
  if (Result<> same = options_.pin->admit(*cluster); !same) {
    Error refused = same.error().in(options_.address);
    cluster_refused_.failed(refused);
    co_return refused;
  }
  cluster_refused_.over("the Teleport cluster is the right one again");
  co_return Connected{std::move(session), *std::move(cluster), std::move(identity->facts)};
}

Result<Identity> GrpcDialer::identity_to_use() {
  const std::string digest = credentials_digest(options_.credentials);
  Result<Identity> identity = load_identity(options_.credentials, engine_.wall());
  if (identity) {
    if (const Result<> same = admit(*identity); !same) return go_on_with_the_old_one(same.error());
    last_ = *identity;
  }
  // What cannot be used is remembered too, so that it is not tried again until it changes.
  last_digest_ = digest;
  last_is_good_ = identity.ok();
  return identity;
}

Result<> GrpcDialer::admit(const Identity& identity) {
  if (Result<> same = options_.pin->admit(identity.facts); !same) {
    Error refused = same.error().in(shown_path(options_.credentials));
    identity_refused_.failed(refused);
    return refused;
  }
  identity_refused_.over(kRightAgain);
  if (last_ && !share_a_ca(*last_, identity)) {
    log_.warn("no CA in the renewed identity was in the one before; did the cluster's CAs rotate?",
              {{"as", identity.facts.user}, {"cluster", identity.facts.cluster}});
  }
  return Done{};
}

Result<Identity> GrpcDialer::go_on_with_the_old_one(const Error& why) const {
  if (!last_) return why;
  const UnixMs until = last_->facts.valid_until_ms;
  if (unix_ms(engine_.wall()) < until) return *last_;
  return Error{why.code, why.message + "; the old one expired on " + utc_text(until)};
}

// One that is refused does not count as new, however often it is looked at; nor does the one in use
// when it is put back.
bool GrpcDialer::identity_changed() {
  if (credentials_digest(options_.credentials) == last_digest_) {
    if (last_is_good_) identity_refused_.over(kRightAgain);
    return false;
  }
  const Result<Identity> identity = load_identity(options_.credentials, engine_.wall());
  return !identity || admit(*identity).ok();
}

Error GrpcDialer::unreachable(const Error& error, const IdentityFacts& identity) const {
  Error said = error.in("connecting to " + options_.address + " as " + identity.user +
                        " (certificate valid until " + utc_text(identity.valid_until_ms) + ")");
  const std::string hint = dial_hint(error, options_.address);
  if (!hint.empty()) said.message += "; " + hint;
  return said;
}

}  // namespace notifyd::teleport
