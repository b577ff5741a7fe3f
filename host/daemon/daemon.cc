#include "daemon/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/trusted_file.h"
#include "base/workshop.h"
#include "daemon/changeover.h"
#include "daemon/clusters.h"
#include "daemon/fleet.h"
#include "daemon/lineup.h"
#include "daemon/status.h"
#include "net/http.h"
#include "ops/control_socket.h"
#include "ops/service_manager.h"

namespace notifyd::daemon {
namespace {

using Clock = std::chrono::steady_clock;

// Names this process in claims. Random at its end: a pod that restarts has its former life's host
// name and process id, and must not take that life's claims for its own.
std::string replica_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {'?'};
  std::array<char, 9> random{};
  std::to_chars(random.begin(), random.end() - 1, std::random_device{}(), 16);
  return std::string(host.data()) + "-" + std::to_string(::getpid()) + "-" + random.data();
}

class Daemon {
 public:
  Daemon(const config::HostConfig& config, DaemonOptions options,
         std::shared_ptr<ops::DaemonLog> sink)
      : config_(std::make_shared<const config::HostConfig>(config)),
        options_(std::move(options)),
        sink_(std::move(sink)),
        log_(sink_),
        delivery_{.owner = replica_name()},
        workshop_(engine_),
        http_(net::make_curl_http({}, log_)),
        fleet_(engine_, *http_, workshop_, delivery_, log_),
        clusters_(engine_),
        systemd_(engine_),
        stop_timer_(engine_) {
    take_settings();
  }

  config::Faults prepare();
  void run();  // until it was told to stop
  // Ends what prepare() made, in time. True: a module does not come back, and nothing of this
  // object may be destroyed under it.
  bool end();

 private:
  void add_instances(config::Faults& faults);
  void add_instance(LineupEntry entry, config::Faults& faults);
  Result<std::unique_ptr<ops::ControlSocket>> open_control();
  void listen();
  notify::Task<> check(modules::Instance* instance);

  void on_signal(int number);
  void stop();

  // ---- Reload ----
  unsigned want_reload();
  notify::Task<> reload();
  void take_settings();
  void say_reloaded(const ReloadStatus& reload);
  notify::Task<std::string> answer(std::string request);
  Status status();
  std::string summary() const;

  std::shared_ptr<const config::HostConfig> config_;  // what runs
  const DaemonOptions options_;
  std::shared_ptr<ops::DaemonLog> sink_;
  Log log_;
  delivery::DeliveryOptions delivery_;

  // Each uses only what stands above it, so they are destroyed in the right order: the clusters'
  // lanes refer to senders, and those to instances. end() keeps to it.
  AsioEngine engine_;
  Workshop workshop_;
  std::unique_ptr<net::Http> http_;
  std::shared_ptr<modules::Staging> staging_;
  Fleet fleet_;
  Clusters clusters_;
  ops::ServiceManager systemd_;
  std::unique_ptr<ops::ControlSocket> control_;
  const WallTime started_ = engine_.wall();

  unsigned reloads_wanted_ = 0;  // by number; the last that ended is last_reload_->number
  std::optional<ReloadStatus> last_reload_;
  std::vector<std::pair<unsigned, std::function<void(ReloadStatus)>>> waiting_;  // for a reload
  notify::Scope reloading_;
  notify::Scope checks_;
  ScopedTimer stop_timer_;
  std::optional<TimePoint> ends_by_;  // once it stops
};

// All that is wrong is found before anything runs.
config::Faults Daemon::prepare() {
  // First, so that a stop while modules are being loaded is a stop like any other.
  engine_.on_signals({SIGTERM, SIGINT, SIGHUP}, [this](int number) { on_signal(number); });
  config::Faults faults = config_->faults;
  if (config_->is_read) {
    add_clusters(clusters_, engine_, *http_, *config_, delivery_, log_, faults);
  }
  add_instances(faults);
  clusters_.settle(fleet_.seats(), {});
  return faults;
}

void Daemon::add_instances(config::Faults& faults) {
  LineupOptions options;
  options.rehearsal = options_.rehearsal;
  Lineup lineup = make_lineup(*config_, options, log_, faults);
  staging_ = lineup.staging;
  for (const std::string& warning : lineup.warnings) log_.warn(warning);
  for (LineupEntry& entry : lineup.entries) add_instance(std::move(entry), faults);
}

void Daemon::add_instance(LineupEntry entry, config::Faults& faults) {
  const std::string module = entry.module;
  Newcomer newcomer = fleet_.start(std::move(entry), faults);
  if (!faults.empty()) return fleet_.dismiss(std::move(newcomer));
  log_.info("notifier ready", {{"instance", newcomer.instance->name()},
                               {"module", module},
                               {"version", newcomer.instance->library().info().version}});
  fleet_.join(std::move(newcomer));
}

Result<std::unique_ptr<ops::ControlSocket>> Daemon::open_control() {
  // Whoever can write there could put a socket of their own in its place.
  const auto found = trusted_path(config_->runtime_dir, Use::kDirectory);
  if (!found) return about(found.error(), config_->runtime_dir);
  return ops::ControlSocket::open(
      engine_, config_->runtime_dir + "/" + ops::kControlSocket,
      [this](std::string request) { return answer(std::move(request)); }, log_);
}

// A daemon that cannot be asked can still be told to reload.
void Daemon::listen() {
  auto socket = open_control();
  if (socket) {
    control_ = *std::move(socket);
  } else {
    log_.warn("`status` and `reload` cannot reach this daemon; SIGHUP reloads it all the same",
              {{"reason", socket.error().message}});
  }
}

void Daemon::run() {
  for (modules::Instance* instance : fleet_.instances()) checks_.run(check(instance));
  clusters_.start();
  listen();
  systemd_.ready(summary());
  engine_.run();
}

bool Daemon::end() {
  control_.reset();
  reloading_.clear();
  checks_.clear();
  clusters_.clear();
  engine_.default_signals();  // all is recorded: who will not wait for a module need not
  fleet_.end(ends_by_.value_or(Clock::now() + kModulesEndWithin));
  return fleet_.stuck() > 0 || workshop_.busy();
}

// Says at start what a person should mend. It stops nothing: the far side may be away just now, and
// deliveries find out for themselves.
notify::Task<> Daemon::check(modules::Instance* instance) {
  const std::string name = instance->name();
  const modules::Answer answer = co_await instance->check();
  if (NOTIFY_CLASS(answer.rc) == NOTIFY_OK) co_return;
  log_.warn("the notifier's own check failed", {{"instance", name}, {"reason", answer.detail}});
}

void Daemon::on_signal(int number) {
  if (number != SIGHUP) return stop();
  if (!ends_by_) want_reload();
}

void Daemon::stop() {
  if (ends_by_) {
    ends_by_ = std::min(*ends_by_, Clock::now() + kModulesEndWithin);
    return engine_.stop();
  }
  ends_by_ = Clock::now() + kStopWithin;
  log_.info("stopping, finishing what is in flight");
  systemd_.stopping();
  stop_timer_.start(kStopWithin - kModulesEndWithin, [this] {
    log_.warn(
        "stopping now: some deliveries did not end in time; the next start, or another replica, "
        "takes them up");
    engine_.stop();
  });
  reloading_.clear();
  fleet_.hurry();
  clusters_.drain([this] { engine_.post([this] { engine_.stop(); }); });
}

// ---- Reload ----

// Gives the number of the reload that sees all that is written by now: the one under way may have
// read some of it before.
unsigned Daemon::want_reload() {
  const unsigned ended = last_reload_ ? last_reload_->number : 0;
  const bool under_way = !reloading_.empty();
  reloads_wanted_ = std::max(reloads_wanted_, ended + (under_way ? 2 : 1));
  if (!under_way) reloading_.run(reload());
  return reloads_wanted_;
}

notify::Task<> Daemon::reload() {
  while (!last_reload_ || last_reload_->number < reloads_wanted_) {
    systemd_.reloading();
    log_.info("reloading");
    const auto next = std::make_shared<const config::HostConfig>(options_.read_config());
    Changeover changeover({engine_, workshop_, *http_, delivery_, fleet_, clusters_, log_,
                           options_.rehearsal, staging_},
                          *config_, *next);
    const Result<> logs = sink_->reconfigure(next->log);
    if (!logs) changeover.add(logs.error(), next->log.output_at);
    auto running = changeover.run();
    ReloadStatus reload;
    reload.good = co_await running;
    reload.number = last_reload_ ? last_reload_->number + 1 : 1;
    reload.ended_ms = unix_ms(engine_.wall());
    reload.lines = reload.good ? changeover.changes() : changeover.faults().lines();
    if (reload.good) {
      config_ = next;
      take_settings();
      clusters_.set_options(*config_, delivery_);
      clusters_.retry_now();
    } else {
      static_cast<void>(sink_->reconfigure(config_->log));
      reload.lines.push_back(changeover.faults().count() + "; everything goes on as before");
    }
    last_reload_ = reload;
    say_reloaded(reload);
  }
}

void Daemon::take_settings() {
  delivery_.claim_time = config_->delivery.claim_time;
  delivery_.digest_after = config_->delivery.digest_after;
}

void Daemon::say_reloaded(const ReloadStatus& reload) {
  for (const std::string& line : reload.lines) {
    log_.say(reload.good ? Severity::kInfo : Severity::kError,
             (reload.good ? "reload: " : "cannot reload: ") + line);
  }
  if (reload.good) log_.info("reloaded", {{"changes", reload.lines.size()}});
  systemd_.ready(summary());
  std::vector<std::function<void(ReloadStatus)>> due;
  std::erase_if(waiting_, [&](auto& waits) {
    if (waits.first > reload.number) return false;
    due.push_back(std::move(waits.second));
    return true;
  });
  for (const auto& tell : due) tell(reload);
}

notify::Task<std::string> Daemon::answer(std::string request) {
  if (request == "status") co_return to_json(status());
  const bool waits = request == "reload";
  if ((!waits && request != "reload soon") || ends_by_) co_return "{}";
  notify::Reply<ReloadStatus> reply;
  const unsigned number = want_reload();
  if (!waits) co_return "{}";
  if (last_reload_ && last_reload_->number >= number) co_return to_json(*last_reload_);
  waiting_.emplace_back(number, reply.to());
  const ReloadStatus reloaded = co_await reply;
  co_return to_json(reloaded);
}

Status Daemon::status() {
  Status status;
  status.program = options_.program;
  status.config = config_->file;
  status.started_ms = unix_ms(started_);
  status.clusters = clusters_.describe();
  status.instances = fleet_.status();
  for (InstanceStatus& one : status.instances) one.waiting = clusters_.waiting(one.name);
  status.unused_modules = unused_modules(*config_);
  status.quarantined = fleet_.quarantined();
  status.reload = last_reload_;
  return status;
}

// For `systemctl status`.
std::string Daemon::summary() const {
  std::string text = std::to_string(fleet_.names().size()) + " notifiers";
  if (last_reload_ && !last_reload_->good) {
    text += "; the last reload failed: " + last_reload_->lines.front();
  }
  return text;
}

}  // namespace

config::Faults run_daemon(const config::HostConfig& config, const DaemonOptions& options,
                          std::shared_ptr<ops::DaemonLog> log, const LastWords& last_words) {
  const Log say(log);
  Daemon daemon(config, options, std::move(log));
  config::Faults faults = daemon.prepare();
  const bool ready = faults.empty();
  if (ready) daemon.run();
  const bool stuck = daemon.end();
  if (ready) say.info("stopped");
  if (!stuck) return faults;
  if (!ready) last_words(faults);
  std::_Exit(ready ? 0 : 1);
}

}  // namespace notifyd::daemon
