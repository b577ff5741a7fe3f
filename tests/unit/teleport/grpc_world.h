// GrpcWorld: the simulated Auth Service on a loopback port, an engine that runs on a thread of its
// own, and what is needed to dial from there.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "net/http.h"
#include "sim/teleport/auth_server.h"
#include "support/engine_thread.h"
#include "support/temp_dir.h"
#include "support/wait.h"
#include "teleport/grpc_dialer.h"

namespace notifyd::teleport {

class GrpcWorld : public ::testing::Test {
 protected:
  GrpcWorld() { write_identity(pki_.issue_client("bot-slack")); }
  ~GrpcWorld() override {
    thread_.on([this] { dialer_.reset(); });
  }

  void write_identity(const sim::Credentials& client) {
    sim::write_private_file(identity_path(), pki_.identity_file(client));
  }
  std::string identity_path() const { return dir_.path("identity"); }

  GrpcDialer& dialer() {
    if (!dialer_) dialer_.emplace(thread_.engine(), *http_, options());
    return *dialer_;
  }
  GrpcDialerOptions options() const { return {{server_.address()}, {identity_path(), "", "", ""}}; }

  Result<Dialer::Connected> dial() {
    auto connected = thread_.run([this] { return dialer().dial(); });
    if (connected) connected->session = ends_on_engine(std::move(connected->session));
    return connected;
  }
  // Sessions belong to the engine's thread, to their end; tests let go of them on their own.
  template <class T>
  std::shared_ptr<T> ends_on_engine(std::shared_ptr<T> owned) {
    T* const plain = owned.get();
    return std::shared_ptr<T>(plain, [this, owned = std::move(owned)](T*) mutable {
      thread_.engine().post([last = std::move(owned)] {});
    });
  }
  // For tests of what comes after dialing: on a busy machine one attempt may fail.
  std::shared_ptr<AuthSession> session() {
    auto connected = dial();
    test::wait_until([&] { return connected.ok() || (connected = dial()).ok(); });
    if (!connected) throw std::runtime_error(connected.error().message);
    return connected->session;
  }

  std::string create(const std::string& user = "alice@example.com") {
    sim::NewRequest request;
    request.user = user;
    request.roles = {"editor"};
    request.reason = "need it";
    return cluster_.create_request(request);
  }

  test::TempDir dir_;
  sim::Pki pki_{"example.com"};
  sim::Cluster cluster_{{.name = "example.com"}};
  sim::AuthServer server_{cluster_, pki_};
  test::EngineThread thread_;
  const std::unique_ptr<net::Http> http_ = net::make_curl_http({}, Log());
  std::optional<GrpcDialer> dialer_;
};

}  // namespace notifyd::teleport
