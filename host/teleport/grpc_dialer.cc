#include "teleport/grpc_dialer.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>

#include "base/time_text.h"
#include "teleport/door.h"
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

// Where a file is replaced, and where a link on the way to it is.
std::vector<std::string> directories_of(const CredentialPaths& paths) {
  std::set<std::string> directories;
  for (const std::string* path :
       {&paths.identity, &paths.client_key, &paths.client_crt, &paths.root_cas}) {
    if (path->empty()) continue;
    const std::filesystem::path written(*path);
    directories.insert(written.parent_path());
    std::error_code none;
    const auto real = std::filesystem::canonical(written, none);
    if (!none) directories.insert(real.parent_path());
  }
  return {directories.begin(), directories.end()};
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

GrpcDialer::GrpcDialer(Engine& engine, net::Http& http, GrpcDialerOptions options, const Log& log)
    : engine_(engine),
      options_(std::move(options)),
      door_(std::make_shared<Door>(engine)),
      router_({engine, http, door_}, {options_.addresses, options_.proxy_trust}, log),
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
  auto connecting = router_.connect(*identity);
  Result<Router::Reached> reached = co_await connecting;
  if (!reached) co_return std::move(reached).error();
  if (Result<> same = options_.pin->admit(reached->cluster); !same) {
    Error refused = same.error().in(reached->route.address);
    cluster_refused_.failed(refused);
    co_return refused;
  }
  cluster_refused_.over("the Teleport cluster is the right one again");
  co_return Connected{std::move(reached->session), std::move(reached->cluster),
                      std::move(identity->facts)};
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
  if (watch_) watch_->renew();
  if (credentials_digest(options_.credentials) == last_digest_) {
    if (last_is_good_) identity_refused_.over(kRightAgain);
    return false;
  }
  const Result<Identity> identity = load_identity(options_.credentials, engine_.wall());
  return !identity || admit(*identity).ok();
}

void GrpcDialer::watch_identity(std::function<void()> work) {
  watch_ = work == nullptr ? nullptr
                           : std::make_unique<DirectoryWatch>(
                                 engine_, directories_of(options_.credentials), std::move(work));
}

bool GrpcDialer::identity_differs() const {
  return !last_is_good_ || credentials_digest(options_.credentials) != last_digest_;
}

}  // namespace notifyd::teleport
