// One daemon, with a clock that the test moves, Teleport's plugin data in memory, and a module that
// answers what the test says.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "delivery/dispatcher.h"
#include "support/fake_auth_session.h"
#include "support/fake_engine.h"
#include "support/fake_notifier.h"
#include "support/log_lines.h"

namespace notifyd::delivery {

using model::AccessRequest;
using model::End;
using test::FakeAuthSession;
using test::FakeEngine;
using test::FakeNotifier;

inline constexpr char kId[] = "0191-a";

// One daemon: a module instance and a dispatcher over a shared Auth Service.
struct Daemon {
  Daemon(FakeEngine& engine, std::shared_ptr<FakeAuthSession> auth, const std::string& owner)
      : Daemon(engine, std::move(auth), options(owner)) {}
  Daemon(FakeEngine& engine, std::shared_ptr<FakeAuthSession> auth, const DeliveryOptions& options)
      : session(std::move(auth)),
        sender(engine, slack, options, "conf.d/slack.toml", Log(lines)),
        dispatcher(std::make_unique<Dispatcher>(engine, options)) {
    dispatcher->add(sender);
  }
  static DeliveryOptions options(const std::string& owner) {
    DeliveryOptions o;
    o.owner = owner;
    return o;
  }
  void connect() { dispatcher->connected(session, {"example", "18.0.0", "https://example.com"}); }
  void kill() { dispatcher.reset(); }

  std::shared_ptr<test::LogLines> lines = std::make_shared<test::LogLines>();
  std::shared_ptr<FakeAuthSession> session;
  FakeNotifier slack;
  Sender sender;
  std::unique_ptr<Dispatcher> dispatcher;
};

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() { daemon.connect(); }

  static AccessRequest request(End end = End::kNone, std::size_t reviews = 0) {
    return request(kId, end, reviews);
  }
  static AccessRequest request(const std::string& id, End end = End::kNone,
                               std::size_t reviews = 0) {
    AccessRequest r;
    r.id = id;
    r.user = "alice@example.com";
    r.roles = {"editor"};
    r.end = end;
    r.created_ms = 1;
    for (std::size_t i = 0; i < reviews; ++i) {
      r.reviews.push_back({"bob@example.com", End::kApproved, "fine", 2});
    }
    return r;
  }
  void see(const AccessRequest& r) { see(daemon, r); }
  void see(Daemon& d, const AccessRequest& r) {
    d.dispatcher->request(std::make_shared<AccessRequest>(r));
    engine.run();
  }
  void gone() {
    daemon.dispatcher->gone(kId);
    engine.run();
  }
  std::string stored(const std::string& key) { return auth->entries[kId][key]; }
  bool at_rest() const { return daemon.dispatcher->awake() == 0; }
  bool settle() {
    return engine.run_until([this] { return at_rest(); });
  }

  FakeEngine engine;
  std::shared_ptr<FakeAuthSession> auth = std::make_shared<FakeAuthSession>();
  Daemon daemon{engine, auth, "a"};
  FakeNotifier& slack = daemon.slack;
};

}  // namespace notifyd::delivery
