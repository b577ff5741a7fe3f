#include "cli/daemon.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/engine.h"
#include "cli/lineup.h"
#include "delivery/dispatcher.h"
#include "module/instance.h"
#include "net/http.h"
#include "ops/log.h"
#include "teleport/address.h"
#include "teleport/grpc_dialer.h"
#include "teleport/watcher.h"

namespace notifyd::cli {
namespace {

constexpr Millis kStopWithin{15'000};

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
        http_(net::make_curl_http({}, log_)),
        options_{.owner = replica_name(), .claim_time = config.delivery.claim_time},
        dispatcher_(engine_, options_),
        stop_timer_(engine_) {}

  Result<> prepare();
  void run();

  // A module that does not come back must not keep the process from ending.
  bool stuck() { return quarantine_->size() > 0; }
  [[noreturn]] void leave(const Error& why) {
    log_.error("cannot start: " + why.message);
    std::_Exit(1);
  }

 private:
  Result<> add_instances();
  Result<> add_watcher();
  notify::Task<> check(modules::Instance* instance);
  void on_signal(int number);
  void stop();

  const config::HostConfig& config_;
  std::shared_ptr<ops::DaemonLog> sink_;
  Log log_;

  // Each uses only what stands above it, so they are destroyed in the right order.
  AsioEngine engine_;
  std::unique_ptr<net::Http> http_;
  std::shared_ptr<modules::Quarantine> quarantine_ = std::make_shared<modules::Quarantine>();
  std::vector<std::unique_ptr<modules::Instance>> instances_;
  const delivery::DeliveryOptions options_;
  std::vector<std::unique_ptr<delivery::Sender>> senders_;
  delivery::Dispatcher dispatcher_;
  std::unique_ptr<teleport::GrpcDialer> dialer_;
  std::unique_ptr<teleport::Watcher> watcher_;
  notify::Scope checks_;
  ScopedTimer stop_timer_;
  bool stopping_ = false;
};

Result<> Daemon::prepare() {
  // First, so that a stop while modules are being loaded is a stop like any other.
  engine_.on_signals({SIGTERM, SIGINT, SIGHUP}, [this](int number) { on_signal(number); });
  if (auto watching = add_watcher(); !watching) return watching;
  if (auto added = add_instances(); !added) return added;
  return Done{};
}

Result<> Daemon::add_watcher() {
  const config::TeleportConfig& teleport = config_.teleport;
  const auto address = teleport::auth_address(teleport.addr);
  if (!address) return address.error().in(teleport.addr_at.str());
  const teleport::CredentialPaths paths{teleport.identity, teleport.client_key, teleport.client_crt,
                                        teleport.root_cas};
  // Read again at each dial; here so that what a person must mend is said before anything runs.
  const auto identity = teleport::load_identity(paths, engine_.wall());
  if (!identity) return identity.error().in(teleport.credentials_at.str());
  dialer_ =
      std::make_unique<teleport::GrpcDialer>(engine_, teleport::GrpcDialerOptions{*address, paths});
  teleport::WatcherOptions options;
  options.refresh_identity = teleport.refresh_identity;
  options.refresh_interval = teleport.refresh_identity_interval;
  options.resync_interval = config_.delivery.resync_interval;
  for (const auto& instance : config_.instances) options.plugins.push_back(instance.name);
  watcher_ = std::make_unique<teleport::Watcher>(engine_, *dialer_, dispatcher_, options, log_);
  return Done{};
}

Result<> Daemon::add_instances() {
  auto lineup = make_lineup(config_, log_);
  if (!lineup) return std::move(lineup).error();
  for (const std::string& warning : lineup->warnings) log_.warn(warning);
  for (LineupEntry& entry : lineup->entries) {
    const std::string version = entry.library->info().version;
    const std::string file = entry.settings.file;
    modules::InstanceOptions options;
    options.name = entry.name;
    options.library = std::move(entry.library);
    options.settings = std::move(entry.settings);
    options.quarantine = quarantine_;
    auto instance = modules::Instance::start(std::move(options), engine_, *http_, log_);
    if (!instance) return instance.error();
    log_.info("notifier ready",
              {{"instance", entry.name}, {"module", entry.module}, {"version", version}});
    senders_.push_back(
        std::make_unique<delivery::Sender>(engine_, **instance, options_, file, log_));
    dispatcher_.add(*senders_.back());
    instances_.push_back(*std::move(instance));
  }
  return Done{};
}

void Daemon::run() {
  for (const auto& instance : instances_) checks_.run(check(instance.get()));
  watcher_->start();
  engine_.run();
  watcher_->stop();
  log_.info("stopped");
  checks_.clear();
  instances_.clear();
  if (stuck()) std::_Exit(0);
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
  dispatcher_.retry_now();
  if (const auto reopened = sink_->reopen(); !reopened) {
    log_.error(reopened.error().message);
  } else {
    log_.info(
        "SIGHUP: log reopened, what was parked tries again; configuration is read at the next "
        "start");
  }
}

void Daemon::stop() {
  if (stopping_) return engine_.stop();
  stopping_ = true;
  log_.info("stopping, finishing what is in flight");
  stop_timer_.start(kStopWithin, [this] {
    log_.warn(
        "stopping now: some deliveries did not end in time; the next start, or another replica, "
        "takes them up");
    engine_.stop();
  });
  for (const auto& instance : instances_) instance->hurry();
  dispatcher_.drain([this] { engine_.post([this] { engine_.stop(); }); });
}

}  // namespace

Result<> run_daemon(const config::HostConfig& config, std::shared_ptr<ops::DaemonLog> log) {
  Daemon daemon(config, std::move(log));
  auto ready = daemon.prepare();
  if (ready) {
    daemon.run();
  } else if (daemon.stuck()) {
    daemon.leave(ready.error());
  }
  return ready;
}

}  // namespace notifyd::cli
