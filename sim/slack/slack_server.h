// The workspace's Web API over HTTP on the loopback, as docs.slack.dev describes it: parsing,
// tokens and scopes, Block Kit validation, rate limits, and faults on demand.
//
// Runs when constructed. Public members may be called from any thread, except start() and stop(),
// which belong to one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/slack/block_kit.h"
#include "sim/slack/faults.h"
#include "sim/slack/rate_limits.h"
#include "sim/slack/workspace.h"

namespace notifyd::sim {

struct SlackServerOptions {
  int port = 0;       // 0: any
  RateLimits limits;  // none: not limited; published_limits(): Slack's tiers
  LengthUnit unit = LengthUnit::kCodePoints;
  std::string post_limit_code = "ratelimited";  // or "rate_limited", for the per-channel limit
  std::uint64_t fault_seed = 1;
};

class SlackServer {
 public:
  // Throws std::runtime_error when it cannot listen. The workspace must outlive the server.
  explicit SlackServer(Workspace& workspace, SlackServerOptions options = {});
  ~SlackServer();
  SlackServer(const SlackServer&) = delete;
  SlackServer& operator=(const SlackServer&) = delete;

  std::string base_url() const;  // "http://127.0.0.1:PORT/api/"
  int port() const;

  // Slack is away: open connections break, new ones are refused; then back on the same port.
  void stop();
  void start();

  Faults& faults();
  void set_limits(RateLimits limits);  // all buckets full again; {} lifts them

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace notifyd::sim
