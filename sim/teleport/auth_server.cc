#include "sim/teleport/auth_server.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <stdexcept>
#include <utility>

#include "sim/teleport/auth_service.h"
#include "sim/teleport/auth_tls.h"

namespace notifyd::sim {
namespace {

constexpr int kKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 3 * kKeepaliveMs;

void set_keepalive(::grpc::ServerBuilder& builder, std::chrono::milliseconds min_ping_interval) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             static_cast<int>(min_ping_interval.count()));
}

}  // namespace

struct AuthServer::Impl {
  Impl(Cluster& cluster, const Pki& pki, const AuthServerOptions& options)
      : tls(pki, {options.cert_valid_from, options.cert_valid_until}),
        min_ping_interval(options.min_ping_interval),
        loopback(options.loopback),
        reservation(options.port, loopback),
        world(cluster, options),
        service(world) {}

  std::string address() const { return address_of(loopback, reservation.port()); }

  AuthTls tls;
  const std::chrono::milliseconds min_ping_interval;
  const Loopback loopback;
  PortReservation reservation;
  AuthWorld world;
  AuthService service;
  std::unique_ptr<::grpc::Server> server;
};

AuthServer::AuthServer(Cluster& cluster, const Pki& pki, const AuthServerOptions& options)
    : impl_(std::make_unique<Impl>(cluster, pki, options)) {
  start();
}

AuthServer::~AuthServer() { stop(); }

int AuthServer::port() const { return impl_->reservation.port(); }

std::string AuthServer::address() const { return impl_->address(); }

void AuthServer::start() {
  if (impl_->server) return;
  impl_->world.pause.set_stopped(false);
  int port = 0;
  ::grpc::ServerBuilder builder;
  builder.AddListeningPort(impl_->address(), impl_->tls.credentials(), &port);
  // Otherwise two servers could share a port, and tests that run beside each other their calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  set_keepalive(builder, impl_->min_ping_interval);
  builder.RegisterService(&impl_->service);
  impl_->server = builder.BuildAndStart();
  if (!impl_->server || port == 0) {
    throw std::runtime_error("the Auth Service cannot listen on " + impl_->address());
  }
}

void AuthServer::stop() {
  if (!impl_->server) return;
  impl_->world.pause.set_stopped(true);
  drop_streams(::grpc::StatusCode::UNAVAILABLE, "the Auth Service is stopping");
  impl_->server->Shutdown(std::chrono::system_clock::now());
  impl_->server->Wait();
  impl_->server.reset();
}

void AuthServer::use_certificate(Credentials certificate) {
  impl_->tls.use_certificate(std::move(certificate));
}

void AuthServer::allow(const std::string& kind, const std::string& verb) {
  impl_->world.rules.allow(kind, verb);
}

void AuthServer::deny(const std::string& kind, const std::string& verb) {
  impl_->world.rules.deny(kind, verb);
}

AuthFaults& AuthServer::faults() { return impl_->world.faults; }

void AuthServer::drop_streams(::grpc::StatusCode code, const std::string& message) {
  impl_->world.streams.end_all({code, message});
}

void AuthServer::stall_streams(bool stalled) { impl_->world.streams.stall_all(stalled); }

std::size_t AuthServer::open_streams() const { return impl_->world.streams.count(); }

AuthTraffic AuthServer::traffic(AuthMethod method) const {
  return impl_->world.traffic.get(method);
}

}  // namespace notifyd::sim
