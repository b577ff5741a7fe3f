// A workspace with a server, and a client that calls it as a notifier would: over HTTP.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <string>
#include <utility>

#include "sim/slack/slack_server.h"
#include "sim/slack/workspace.h"

namespace notifyd::sim {

inline constexpr char kToken[] = "xoxb-test-token";

// Time that only moves when the test says so.
class TestClock {
 public:
  SlackTime now() const { return SlackTime(std::chrono::milliseconds(ms_.load())); }
  void advance(std::chrono::milliseconds time) { ms_ += time.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'779'393'408'000};
};

class SlackTest : public ::testing::Test {
 protected:
  explicit SlackTest(SlackServerOptions options = {})
      : workspace(options_with_clock()), server(workspace, std::move(options)) {
    workspace.add_token(kToken);
    alice = workspace.add_user("alice", "alice@example.com", "Alice");
    bob = workspace.add_user("bob", "bob@example.com", "Bob");
    general = workspace.add_channel("general");
  }

  httplib::Client client() const {
    httplib::Client http("127.0.0.1", server.port());
    http.set_read_timeout(std::chrono::seconds(10));
    return http;
  }

  static httplib::Headers bearer(const std::string& token = kToken) {
    return {{"Authorization", "Bearer " + token}};
  }

  // The whole answer, for status and headers.
  httplib::Result raw(const std::string& method, const Json& args,
                      const std::string& token = kToken) const {
    return client().Post("/api/" + method, bearer(token), args.dump(),
                         "application/json; charset=utf-8");
  }

  Json call(const std::string& method, const Json& args, const std::string& token = kToken) const {
    const httplib::Result result = raw(method, args, token);
    return result ? Json::parse(result->body, nullptr, false) : Json();
  }

  Json form(const std::string& method, const httplib::Params& fields) const {
    const httplib::Result result = client().Post("/api/" + method, bearer(), fields);
    return result ? Json::parse(result->body, nullptr, false) : Json();
  }

  std::string error_of(const std::string& method, const Json& args,
                       const std::string& token = kToken) const {
    const Json answer = call(method, args, token);
    return answer.is_object() ? answer.value("error", "") : "no answer";
  }

  std::string post(const std::string& channel, const std::string& text) const {
    return call("chat.postMessage", {{"channel", channel}, {"text", text}}).value("ts", "");
  }

  TestClock clock;
  Workspace workspace;
  SlackServer server;
  std::string alice;
  std::string bob;
  std::string general;

 private:
  WorkspaceOptions options_with_clock() {
    WorkspaceOptions options;
    options.clock = [this] { return clock.now(); };
    return options;
  }
};

}  // namespace notifyd::sim
