// World: a simulated Teleport cluster and a simulated Slack workspace on the loopback, and the real
// daemon with the real Slack module between them, as many replicas as a test wants.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/proxy/proxy_server.h"
#include "sim/slack/slack_server.h"
#include "sim/slack/workspace.h"
#include "sim/teleport/auth_server.h"
#include "sim/teleport/cluster.h"
#include "sim/teleport/pki.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/wait.h"

namespace notifyd::test {

struct WorldOptions {
  sim::ClusterOptions cluster;
  sim::AuthServerOptions auth;
  sim::SlackServerOptions slack;
  std::set<std::string> scopes = sim::Workspace::every_scope();
  // Of conf.d/slack.toml, after [slack]'s token and api_url.
  std::string slack_options;
  std::string roles = "\"*\" = [\"#access-requests\"]\n";
  std::string teleport_options;  // of [teleport], after addr and identity
  // `addr` is that of a proxy, whose web certificate `ca_file` vouches for. It is where the Auth
  // Service is.
  bool through_proxy = false;
  std::string log_severity = "debug";
  std::string host_options;  // further sections of notifyd.toml
  // Many requests of one person may be gathered in one message. Most tests make all theirs in one
  // person's name, and look for a message of each.
  bool digests = false;
  std::string program = NOTIFYD_PROGRAM;
  std::string modules_dir = NOTIFYD_MODULES_DIR;
};

class World {
 public:
  explicit World(WorldOptions options = {});
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  // Adds the daemons' logs to the output of a test that failed.
  ~World();

  // Starts a daemon and waits until it has caught up, unless the test wants to do that itself.
  // `environment` is added to ours.
  Process& start(bool wait = true, const std::map<std::string, std::string>& environment = {},
                 const std::string& config_file = "notifyd.toml");
  Process& daemon(std::size_t replica = 0) { return *daemons_.at(replica); }
  void wait_ready(Process& daemon, std::chrono::milliseconds limit = std::chrono::seconds(30));
  void terminate(std::size_t replica = 0);  // SIGTERM, and exit code 0
  void kill(std::size_t replica = 0);       // SIGKILL

  // Runs a command of the daemon's program to its end.
  static Finished command(std::vector<std::string> arguments);
  static std::string program();

  // An Access Request by alice for the role editor, suggested to nobody.
  std::string request(const std::function<void(sim::NewRequest&)>& change = nullptr);
  void review(const std::string& id, const std::string& author, bool approve,
              const std::string& reason = "");
  void resolve(const std::string& id, bool approve, const std::string& reason = "");

  // ---- What Slack shows ----
  // Top-level messages of a channel or of the bot's DM with a person ("bob@example.com").
  std::vector<sim::SlackMessage> messages(const std::string& where) const;
  // The announcement of this request there, if any.
  std::optional<sim::SlackMessage> announcement(const std::string& where,
                                                const std::string& id) const;
  // The status block's first element, "" without a message.
  std::string status(const std::string& where, const std::string& id) const;
  std::vector<sim::SlackMessage> replies(const std::string& where, const std::string& id) const;
  // Waits until it holds, looking after each change in Slack.
  bool eventually(const std::function<bool()>& holds,
                  std::chrono::milliseconds limit = std::chrono::seconds(30)) const {
    return workspace.wait_for(holds, limit);
  }

  // ---- Files of the daemon ----
  std::string path(std::string_view name) const { return dir_.path(name); }
  const TempDir& dir() const { return dir_; }
  void write_identity(const sim::Credentials& client) const;
  void write_config() const;
  // A further notifyd.toml of that name, with `way` in the place of `addr`.
  void write_config_as(const std::string& name, const std::string& way) const;
  // From the next start on: lines of [teleport] in the place of `addr`.
  void reach_by(std::string lines);

  sim::Pki pki;
  sim::Cluster cluster;
  sim::AuthServer auth;
  std::unique_ptr<sim::ProxyServer> proxy;  // null unless the daemon is to go through it
  sim::Workspace workspace;
  sim::SlackServer slack;

  static constexpr char kToken[] = "xoxb-test-0123456789-secret";

 private:
  std::string way_to_teleport() const;  // lines of [teleport]

  std::string reach_by_;  // "": what there is

  WorldOptions options_;
  TempDir dir_;
  std::vector<std::unique_ptr<Process>> daemons_;
};

// mrkdwn of block `index` of a message: a section's text or a context's first element.
std::string block_text(const sim::SlackMessage& message, std::size_t index);

}  // namespace notifyd::test
