#include "chaos/stage.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include "chaos/life_plan.h"

namespace notifyd::chaos {
namespace {

using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// It promises 15 s; the rest is for a busy machine.
constexpr seconds kEndsWithin{25};

std::string roles_section() {
  std::string text;
  for (const Route& route : routes()) {
    std::string list;
    for (const std::string& r : route.recipients) list += (list.empty() ? "\"" : ", \"") + r + '"';
    text += '"' + route.role + "\" = [" + list + "]\n";
  }
  return text;
}

std::string module_in(const test::TempDir& directory) {
  return directory.path("libnotify_slack.so");
}

test::WorldOptions world_options(const StageOptions& stage, const sim::RateLimits& limits,
                                 const test::TempDir& modules) {
  std::filesystem::copy_file(std::filesystem::path(NOTIFYD_MODULES_DIR) / "libnotify_slack.so",
                             module_in(modules));
  test::WorldOptions options;
  options.modules_dir = modules.path();
  options.slack_options = "pace = \"" + stage.pace + "\"\n";
  if (!stage.history_readable) {
    std::erase_if(options.scopes, [](const auto& scope) { return scope.ends_with(":history"); });
  }
  options.slack.limits = limits;
  options.roles = roles_section();
  // A rotation of the cluster's CAs is nothing that a person reloads for.
  options.teleport_options = "refresh_identity = true\nrefresh_identity_interval = \"1s\"\n";
  return options;
}

// Each proxy has a web certificate of its own CA.
Door open_door(test::World& world, const Way& way) {
  Door door{&way, std::make_unique<sim::ProxyServer>(world.cluster, world.pki, world.auth.port())};
  door.proxy->set_quirks(*way.proxy);
  const std::string ca_file = world.dir().write(way.name + "-ca.pem", door.proxy->web_ca_pem());
  world.write_config_as(way.config_file(), "addr = \"" + door.proxy->address() +
                                               "\"\nca_file = \"" + ca_file + "\"\n");
  return door;
}

std::vector<Door> open_doors(test::World& world) {
  std::vector<Door> doors;
  for (const Way& way : ways()) {
    if (way.proxy) {
      doors.push_back(open_door(world, way));
    } else {
      world.write_config_as(way.config_file(), "addr = \"" + world.auth.address() + "\"\n");
    }
  }
  return doors;
}

}  // namespace

void Replica::start() {
  wanted_ = true;
  poll();
}

void Replica::kill() {
  wanted_ = false;
  if (!up()) return;
  leaving_ = Leaving::kKilled;
  process_->signal(SIGKILL);
}

void Replica::terminate() {
  wanted_ = false;
  if (!up() || leaving_ != Leaving::kNo) return;
  leaving_ = Leaving::kAsked;
  asked_at_ = Clock::now();
  process_->signal(SIGTERM);
}

void Replica::freeze(bool frozen) {
  if (up()) process_->signal(frozen ? SIGSTOP : SIGCONT);
  frozen_ = frozen;
  if (!frozen) asked_at_ = Clock::now();  // it could do nothing meanwhile
}

void Replica::reload(bool other) {
  // Before it has begun, a signal ends it.
  if (!up() || process_->err().find("notifier ready") == std::string::npos) return;
  // In place, as `cp` does: what runs must not notice.
  if (other) std::ofstream(module_file_, std::ios::app) << '.';
  process_->signal(SIGHUP);
}

void Replica::poll() {
  if (process_ != nullptr) look_at_exit();
  if (process_ != nullptr || !wanted_) return;
  process_ = &world_.start(false, {}, way_(lives()).config_file());
  logs_.push_back(process_);
}

void Replica::look_at_exit() {
  if (process_->running()) {
    const bool in_time = frozen_ || Clock::now() - asked_at_ < kEndsWithin;
    if (leaving_ != Leaving::kAsked || in_time) return;
    misdeed_ = "did not end after SIGTERM";
    process_->signal(SIGKILL);
    leaving_ = Leaving::kKilled;
    return;
  }
  int code = process_->wait().value_or(-1);
  // Before it has anything that could be ended, a signal ends it as it ends any other program.
  const bool has_begun = process_->err().find("notifier ready") != std::string::npos;
  if (code == 128 + SIGTERM && !has_begun) code = 0;
  if (leaving_ == Leaving::kNo || (leaving_ == Leaving::kAsked && code != 0)) {
    misdeed_ = "ended with exit code " + std::to_string(code) +
               (leaving_ == Leaving::kNo ? " though nobody asked" : " after SIGTERM");
  }
  leaving_ = Leaving::kNo;
  process_ = nullptr;
}

Stage::Stage(const StageOptions& options, std::uint64_t seed)
    : limits(options.pace == "published" ? sim::published_limits() : sim::RateLimits{}),
      history_readable(options.history_readable),
      world(world_options(options, limits, modules)),
      doors(open_doors(world)) {
  world.workspace.add_user("erin", "erin@example.com");
  for (std::size_t i = 0; i < kReplicas; ++i) {
    replicas.emplace_back(world, module_in(modules), [seed, i](std::size_t life) -> const Way& {
      return way_of(seed, i, life);
    });
  }
}

void Stage::stop_proxies() {
  for (const Door& door : doors) door.proxy->stop();
}

void Stage::start_proxies() {
  for (const Door& door : doors) door.proxy->start();
}

void Stage::cut_proxies() {
  for (const Door& door : doors) door.proxy->cut_connections();
}

void Stage::change_proxies(const std::function<void(sim::ProxyQuirks&)>& change) {
  for (const Door& door : doors) {
    sim::ProxyQuirks quirks = *door.way->proxy;
    if (change) change(quirks);
    door.proxy->set_quirks(quirks);
  }
}

void Stage::poll() {
  world.cluster.tick();
  for (Replica& replica : replicas) replica.poll();
}

}  // namespace notifyd::chaos
