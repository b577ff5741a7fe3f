#include "support/world.h"

#include <gtest/gtest.h>

#include <csignal>
#include <iostream>
#include <string_view>

namespace notifyd::test {
namespace {

std::string host_sections(const WorldOptions& options) {
  constexpr std::string_view kDelivery = "[delivery]\n";
  constexpr std::string_view kNoDigests = "digest_after = 0\n";
  std::string sections = options.host_options;
  if (options.digests) return sections;
  const auto at = sections.find(kDelivery);
  if (at == std::string::npos) return sections.append(kDelivery).append(kNoDigests);
  return sections.insert(at + kDelivery.size(), kNoDigests);
}

}  // namespace

World::World(WorldOptions options)
    : cluster(options.cluster),
      auth(cluster, pki, options.auth),
      proxy(options.through_proxy ? std::make_unique<sim::ProxyServer>(cluster, pki, auth.port(), 0,
                                                                       options.auth.loopback)
                                  : nullptr),
      slack(workspace, options.slack),
      options_(std::move(options)) {
  for (const char* name : {"alice", "bob", "carol", "dave"}) {
    workspace.add_user(name, std::string(name) + "@example.com");
  }
  workspace.add_channel("access-requests");
  workspace.add_channel("prod");
  workspace.add_token(kToken, options_.scopes);
  write_identity(pki.issue_client("notifyd"));
  if (proxy) dir_.write("web_ca.pem", proxy->web_ca_pem());
  write_config();
}

World::~World() {
  if (!::testing::Test::HasFailure()) return;
  for (const auto& daemon : daemons_) {
    std::cerr << "---- log of daemon " << daemon->pid() << "\n" << daemon->err() << "----\n";
  }
}

void World::write_identity(const sim::Credentials& client) const {
  sim::write_private_file(dir_.path("identity"), pki.identity_file(client));
}

std::string World::way_to_teleport() const {
  if (!reach_by_.empty()) return reach_by_;
  if (!proxy) return "addr = \"" + auth.address() + "\"\n";
  return "addr = \"" + proxy->address() + "\"\nca_file = \"" + dir_.path("web_ca.pem") + "\"\n";
}

void World::write_config_as(const std::string& name, const std::string& way) const {
  dir_.write(name, "modules_dir = \"" + options_.modules_dir + "\"\nconf_d = \"" +
                       dir_.path("conf.d") + "\"\nruntime_dir = \"" + dir_.path("run") +
                       "\"\n[teleport]\n" + way + "identity = \"" + dir_.path("identity") + "\"\n" +
                       options_.teleport_options + "[log]\nseverity = \"" + options_.log_severity +
                       "\"\n" + host_sections(options_));
}

void World::write_config() const {
  write_config_as("notifyd.toml", way_to_teleport());
  dir_.write("conf.d/slack.toml", std::string("[slack]\ntoken = \"") + kToken + "\"\napi_url = \"" +
                                      slack.base_url() + "\"\n" + options_.slack_options +
                                      "[role_to_recipients]\n" + options_.roles);
}

void World::reach_by(std::string lines) {
  reach_by_ = std::move(lines);
  write_config();
}

std::string World::program() { return NOTIFYD_PROGRAM; }

Finished World::command(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program());
  return run(std::move(arguments));
}

Process& World::start(bool wait, const std::map<std::string, std::string>& environment,
                      const std::string& config_file) {
  daemons_.push_back(std::make_unique<Process>(
      std::vector<std::string>{options_.program, "start", "--config", dir_.path(config_file)},
      environment));
  if (wait) wait_ready(*daemons_.back());
  return *daemons_.back();
}

void World::wait_ready(Process& daemon, std::chrono::milliseconds limit) {
  const bool ready = wait_until(
      [&] {
        return !daemon.running() ||
               daemon.err().find("following Access Requests") != std::string::npos;
      },
      limit);
  if (!ready || !daemon.running())
    throw std::runtime_error("the daemon is not ready:\n" + daemon.err());
}

void World::terminate(std::size_t replica) {
  daemon(replica).signal(SIGTERM);
  EXPECT_EQ(daemon(replica).wait(), 0) << daemon(replica).err();
}

void World::kill(std::size_t replica) {
  daemon(replica).signal(SIGKILL);
  EXPECT_EQ(daemon(replica).wait(), 128 + SIGKILL);
}

std::string World::request(const std::function<void(sim::NewRequest&)>& change) {
  sim::NewRequest what;
  what.user = "alice@example.com";
  what.roles = {"editor"};
  what.reason = "because of a good reason";
  if (change) change(what);
  return cluster.create_request(what);
}

void World::review(const std::string& id, const std::string& author, bool approve,
                   const std::string& reason) {
  const auto done =
      cluster.review(id, author, approve ? ::types::APPROVED : ::types::DENIED, reason);
  ASSERT_TRUE(done.ok()) << done.error().message;
}

void World::resolve(const std::string& id, bool approve, const std::string& reason) {
  const auto done = cluster.set_state(id, approve ? ::types::APPROVED : ::types::DENIED, reason);
  ASSERT_TRUE(done.ok()) << done.error().message;
}

std::vector<sim::SlackMessage> World::messages(const std::string& where) const {
  return where.find('@') == std::string::npos ? workspace.messages(where) : workspace.dm(where);
}

std::optional<sim::SlackMessage> World::announcement(const std::string& where,
                                                     const std::string& id) const {
  for (const sim::SlackMessage& m : messages(where)) {
    if (block_text(m, 1).find(id) != std::string::npos) return m;
  }
  return std::nullopt;
}

std::string World::status(const std::string& where, const std::string& id) const {
  const auto message = announcement(where, id);
  return message ? block_text(*message, 2) : "";
}

std::vector<sim::SlackMessage> World::replies(const std::string& where,
                                              const std::string& id) const {
  const auto parent = announcement(where, id);
  if (!parent) return {};
  return workspace.thread(parent->channel, parent->ts);
}

std::string block_text(const sim::SlackMessage& message, std::size_t index) {
  if (!message.blocks.is_array() || index >= message.blocks.size()) return "";
  const sim::Json& block = message.blocks[index];
  const sim::Json& text =
      block.value("type", "") == "context" ? block["elements"][0] : block["text"];
  return text.value("text", "");
}

}  // namespace notifyd::test
