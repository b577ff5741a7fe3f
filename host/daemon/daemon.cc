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

#include "daemon/access.h"
#include "daemon/cluster.h"
#include "daemon/instances.h"
#include "daemon/lineup.h"
#include "net/http.h"

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
  Daemon(const config::HostConfig& config, std::shared_ptr<ops::DaemonLog> sink)
      : config_(config),
        sink_(std::move(sink)),
        log_(sink_),
        delivery_{.owner = replica_name(),
                  .claim_time = config.delivery.claim_time,
                  .digest_after = config.delivery.digest_after},
        http_(net::make_curl_http({}, log_)),
        instances_(engine_, *http_, log_),
        stop_timer_(engine_) {}

  config::Faults prepare();
  void run();  // until it was told to stop
  // Ends what prepare() made, in time. True: a module does not come back, and nothing of this
  // object may be destroyed under it.
  bool end();

 private:
  void add_cluster(config::Faults& faults);
  void add_instances(config::Faults& faults);
  void add_instance(LineupEntry entry, config::Faults& faults);
  notify::Task<> check(modules::Instance* instance);
  void on_signal(int number);
  void stop();

  const config::HostConfig& config_;
  std::shared_ptr<ops::DaemonLog> sink_;
  Log log_;
  const delivery::DeliveryOptions delivery_;

  // Each uses only what stands above it, so they are destroyed in the right order: the cluster's
  // lanes refer to senders, and those to instances. end() keeps to it.
  AsioEngine engine_;
  std::unique_ptr<net::Http> http_;
  Instances instances_;
  std::vector<std::unique_ptr<delivery::Sender>> senders_;  // one an instance
  std::unique_ptr<Cluster> cluster_;
  notify::Scope checks_;
  ScopedTimer stop_timer_;
  std::optional<TimePoint> ends_by_;  // once it stops
};

// All that is wrong is found before anything runs.
config::Faults Daemon::prepare() {
  // First, so that a stop while modules are being loaded is a stop like any other.
  engine_.on_signals({SIGTERM, SIGINT, SIGHUP}, [this](int number) { on_signal(number); });
  config::Faults faults = config_.faults;
  if (config_.is_read) add_cluster(faults);
  add_instances(faults);
  return faults;
}

void Daemon::add_cluster(config::Faults& faults) {
  const Access access = judge_access(config_.teleport, engine_.wall(), faults);
  for (const std::string& warning : access.warnings) log_.warn(warning);
  if (!faults.empty()) return;
  cluster_ = Cluster::make(engine_, config_, access, delivery_, log_);
}

void Daemon::add_instances(config::Faults& faults) {
  Lineup lineup = make_lineup(config_, Loading::kToRun, log_, faults);
  for (const std::string& warning : lineup.warnings) log_.warn(warning);
  for (LineupEntry& entry : lineup.entries) add_instance(std::move(entry), faults);
}

void Daemon::add_instance(LineupEntry entry, config::Faults& faults) {
  const std::string module = entry.module;
  const std::string file = entry.settings.file;
  modules::Instance* const started = instances_.start(std::move(entry), faults);
  if (!faults.empty()) return;
  log_.info("notifier ready", {{"instance", started->name()},
                               {"module", module},
                               {"version", started->library().info().version}});
  senders_.push_back(std::make_unique<delivery::Sender>(engine_, *started, delivery_, file, log_));
  cluster_->add(*senders_.back());
}

void Daemon::run() {
  for (const auto& instance : instances_.all()) checks_.run(check(instance.get()));
  cluster_->start();
  engine_.run();
}

bool Daemon::end() {
  checks_.clear();
  cluster_.reset();
  senders_.clear();
  engine_.default_signals();  // all is recorded: who will not wait for a module need not
  instances_.end(ends_by_.value_or(Clock::now() + kModulesEndWithin));
  return instances_.stuck() > 0;
}

// Says at start what a person should mend. It stops nothing: the far side may be away just now, and
// deliveries find out for themselves.
notify::Task<> Daemon::check(modules::Instance* instance) {
  const modules::Answer answer = co_await instance->check();
  if (NOTIFY_CLASS(answer.rc) == NOTIFY_OK) co_return;
  log_.warn("the notifier's own check failed",
            {{"instance", instance->name()}, {"reason", answer.detail}});
}

void Daemon::on_signal(int number) {
  if (number != SIGHUP) return stop();
  cluster_->retry_now();
  if (const auto reopened = sink_->reopen(); !reopened) {
    log_.error(reopened.error().message);
  } else {
    log_.info(
        "SIGHUP: log reopened, what was parked tries again; configuration is read at the next "
        "start");
  }
}

void Daemon::stop() {
  if (ends_by_) {
    ends_by_ = std::min(*ends_by_, Clock::now() + kModulesEndWithin);
    return engine_.stop();
  }
  ends_by_ = Clock::now() + kStopWithin;
  log_.info("stopping, finishing what is in flight");
  stop_timer_.start(kStopWithin - kModulesEndWithin, [this] {
    log_.warn(
        "stopping now: some deliveries did not end in time; the next start, or another replica, "
        "takes them up");
    engine_.stop();
  });
  instances_.hurry();
  cluster_->drain([this] { engine_.post([this] { engine_.stop(); }); });
}

}  // namespace

config::Faults run_daemon(const config::HostConfig& config, std::shared_ptr<ops::DaemonLog> log,
                          const LastWords& last_words) {
  const Log say(log);
  Daemon daemon(config, std::move(log));
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
