#include "sim/demo/world.h"

#include <random>

namespace notifyd::sim {
namespace {

// Fresh for each run, so that a daemon left over from another one is refused.
std::string new_token() {
  std::random_device random;
  return "xoxb-demo-" + std::to_string(random()) + "-" + std::to_string(random());
}

SlackServerOptions slack_options(bool rate_limits) {
  SlackServerOptions options;
  if (rate_limits) options.limits = published_limits();
  return options;
}

}  // namespace

World::World(const DemoOptions& options)
    : auth(cluster, pki),
      proxy(options.through_proxy ? std::make_unique<ProxyServer>(cluster, pki, auth.port())
                                  : nullptr),
      slack(workspace, slack_options(options.rate_limits)),
      token_(new_token()) {
  workspace.add_user("alice", kRequester, "Alice");
  workspace.add_user("bob", kReviewer, "Bob");
  workspace.add_user("carol", kSecondReviewer, "Carol");
  workspace.add_user("dave", "dave@example.com", "Dave");
  workspace.add_channel(kChannel);
  workspace.add_channel("prod-approvals");
  workspace.add_channel("general");
  workspace.say("carol", "general", "Morning! Access requests go to #access-requests from now on.");
  workspace.say("dave", "general", "And `prod-admin` ones to #prod-approvals :eyes:");
  workspace.add_token(token_);
}

}  // namespace notifyd::sim
