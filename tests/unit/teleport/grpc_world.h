// GrpcWorld: the simulated Auth Service on a loopback port, an engine that runs on a thread of its
// own, and what is needed to dial from there.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/engine.h"
#include "base/thread.h"
#include "sim/teleport/auth_server.h"
#include "support/temp_dir.h"
#include "support/wait.h"
#include "teleport/grpc_dialer.h"

namespace notifyd::teleport {

// An engine as the daemon has it. What the test does with it goes through on(), which waits.
class EngineThread {
 public:
  EngineThread() : thread_(start_thread("engine", [this] { engine_.run(); })) {}
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;
  ~EngineThread() {
    engine_.post([this] {
      scope_.clear();
      engine_.stop();
    });
    thread_.join();
  }

  AsioEngine& engine() { return engine_; }

  // Runs `work` there and gives what it returned.
  template <class Work>
  auto on(Work work) {
    auto task = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
    auto result = task->get_future();
    engine_.post([task] { (*task)(); });
    return result.get();
  }

  // The same for a task: `make` makes it there.
  template <class Make>
  auto run(Make make) {
    using T = decltype(make().operator co_await().await_resume());
    auto done = std::make_shared<std::promise<T>>();
    auto result = done->get_future();
    engine_.post([this, make, done] { scope_.run(finish<T>(make(), done)); });
    return result.get();
  }

 private:
  template <class T>
  static notify::Task<void> finish(notify::Task<T> task, std::shared_ptr<std::promise<T>> done) {
    T value = co_await task;
    done->set_value(std::move(value));
  }

  AsioEngine engine_;
  notify::Scope scope_;  // used on the engine's thread only
  std::thread thread_;
};

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
    if (!dialer_) dialer_.emplace(thread_.engine(), options());
    return *dialer_;
  }
  GrpcDialerOptions options() const { return {server_.address(), {identity_path(), "", "", ""}}; }

  Result<Dialer::Connected> dial() {
    return thread_.run([this] { return dialer().dial(); });
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
  EngineThread thread_;
  std::optional<GrpcDialer> dialer_;
};

}  // namespace notifyd::teleport
