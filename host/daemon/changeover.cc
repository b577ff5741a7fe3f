#include "daemon/changeover.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "base/time_text.h"
#include "daemon/access.h"

namespace notifyd::daemon {
namespace {

using config::FoundIn;

// A far side that is away says nothing about what was changed.
constexpr Millis kProofWithin{10'000};

bool same(const config::TeleportConfig& a, const config::TeleportConfig& b) {
  return a.addrs == b.addrs && a.ca_file == b.ca_file && a.insecure == b.insecure &&
         a.identity == b.identity && a.identity_owner == b.identity_owner &&
         a.client_key == b.client_key && a.client_crt == b.client_crt && a.root_cas == b.root_cas;
}

bool holds(const std::vector<config::TeleportConfig>& clusters,
           const config::TeleportConfig& teleport) {
  return std::ranges::any_of(clusters, [&](const config::TeleportConfig& one) {
    return one.name == teleport.name && same(one, teleport);
  });
}

// Which of several is meant.
std::string about(const config::TeleportConfig& teleport) {
  return teleport.name.empty() ? "" : "[teleport." + teleport.name + "]: ";
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// Passes the answer on, for a race with a timer. Not from here: it ends the scope of this task.
notify::Task<> forward(Engine& engine, notify::Task<modules::Answer> asking,
                       std::function<void(modules::Answer)> to) {
  modules::Answer answer = co_await asking;
  engine.post([to = std::move(to), answer = std::move(answer)] { to(answer); });
}

}  // namespace

notify::Task<bool> Changeover::run() {
  auto bringing = bring_up();
  co_await bringing;
  if (faults_.empty()) {
    auto proving = prove();
    co_await proving;
  }
  if (faults_.empty()) {
    auto approaching = approach();
    co_await approaching;
  }
  if (!faults_.empty()) {
    give_up();
    co_return false;
  }
  take_over();
  co_return true;
}

// ---- Beside what runs ----

notify::Task<> Changeover::bring_up() {
  struct Made {
    Lineup lineup;
    config::Faults faults;
  };
  LineupOptions options;
  options.rehearsal = stage_.rehearsal;
  options.running = stage_.fleet.running();
  options.staging = stage_.staging;
  auto making = stage_.workshop.run<Made>([config = next_, options, log = stage_.log] {
    Made made;
    made.lineup = make_lineup(config, options, log, made.faults);
    return made;
  });
  Made made = co_await making;
  faults_.add(made.faults);
  for (std::string& warning : made.lineup.warnings) changes_.push_back("warning: " + warning);
  kept_ = std::move(made.lineup.kept);
  for (LineupEntry& entry : made.lineup.entries) {
    auto beginning = stage_.fleet.begin(std::move(entry), faults_);
    Newcomer newcomer = co_await beginning;
    if (newcomer.instance) newcomers_.push_back(std::move(newcomer));
  }
}

// A token that is refused is an error in what was just written. That nobody answers is not.
notify::Task<> Changeover::prove() {
  for (const Newcomer& newcomer : newcomers_) {
    auto proving = prove(newcomer);
    co_await proving;
  }
}

notify::Task<> Changeover::prove(const Newcomer& newcomer) {
  notify::Reply<modules::Answer> reply;
  notify::Scope asking;
  ScopedTimer late(stage_.engine);
  const auto to = reply.to();
  late.start(kProofWithin, [to] {
    modules::Answer none;
    none.rc = NOTIFY_RETRY_OFFLINE;
    none.detail = "no answer within " + duration_text(kProofWithin);
    to(none);
  });
  asking.run(forward(stage_.engine, newcomer.instance->check(), to));
  const modules::Answer answer = co_await reply;
  const config::Position file{newcomer.running.config.file};
  if (NOTIFY_CLASS(answer.rc) == NOTIFY_BROKEN) {
    faults_.add(file, "the notifier's own check failed: " + answer.detail, FoundIn::kMachine);
  } else if (NOTIFY_CLASS(answer.rc) != NOTIFY_OK) {
    changes_.push_back("warning: " + file.str() + ": it could not be checked: " + answer.detail);
  }
}

notify::Task<> Changeover::approach() {
  for (const config::TeleportConfig& teleport : next_.clusters) {
    auto approaching = approach(teleport);
    co_await approaching;
  }
}

// One that is as it was, and is broken already, is in nobody's way.
notify::Task<> Changeover::approach(const config::TeleportConfig& teleport) {
  const Cluster* const running = stage_.clusters.find(teleport.name);
  const bool same_text = running != nullptr && holds(now_.clusters, teleport);
  config::Faults unsaid;  // try_out() will say them
  const net::CaText cas = proxy_cas(teleport, unsaid);
  if (same_text && !running->identity_differs() && running->trusts(cas)) co_return;
  config::Faults faults(next_.file);
  auto trying = try_out(teleport, faults);
  co_await trying;
  if (same_text && !running->connected()) {
    for (const std::string& line : faults.lines()) changes_.push_back("warning: " + line);
  } else {
    faults_.add(faults);
  }
}

notify::Task<> Changeover::try_out(const config::TeleportConfig& teleport, config::Faults& faults) {
  const Access access = judge_access(teleport, stage_.engine.wall(), faults);
  for (const std::string& warning : access.warnings) changes_.push_back("warning: " + warning);
  if (!faults.empty()) co_return;
  Approach approach = Approach::make(stage_.engine, stage_.http, teleport, access, stage_.log);
  auto proving = approach.prove();
  const Result<> proven = co_await proving;
  if (!proven) {
    faults.add(teleport.addr_at, about(teleport) + proven.error().message, FoundIn::kMachine);
    co_return;
  }
  changes_.push_back(about(teleport) + "connects to Teleport at " + join(teleport.addrs, ", ") +
                     " as " + access.identity->user);
  approaches_.push_back(std::move(approach));
}

void Changeover::give_up() {
  for (Newcomer& newcomer : newcomers_) stage_.fleet.dismiss(std::move(newcomer));
  approaches_.clear();
}

// ---- The switch ----

void Changeover::take_over() {
  end_those_that_are_gone();
  end_clusters_that_are_gone();
  std::set<std::string> renewed;
  for (const Newcomer& newcomer : newcomers_) renewed.insert(newcomer.instance->name());
  for (Newcomer& newcomer : newcomers_) take_over(std::move(newcomer));
  for (Approach& approach : approaches_) take_over(std::move(approach));
  stage_.clusters.settle(stage_.fleet.seats(), renewed);
  note_what_takes_a_restart();
}

void Changeover::take_over(Newcomer newcomer) {
  const std::string name = newcomer.instance->name();
  const std::string version = newcomer.instance->library().info().version;
  const Fleet::Joined joined = stage_.fleet.join(std::move(newcomer));
  changes_.push_back(name + (joined.is_new ? ": started" : ": replaced") + ", version " + version);
}

void Changeover::take_over(Approach approach) {
  if (Cluster* const running = stage_.clusters.find(approach.config.name)) {
    return running->move_to(std::move(approach));
  }
  auto cluster = std::make_unique<Cluster>(stage_.engine, std::move(approach), next_.delivery,
                                           stage_.delivery, stage_.log);
  cluster->start();
  stage_.clusters.add(std::move(cluster));
}

void Changeover::end_those_that_are_gone() {
  for (const std::string& name : stage_.fleet.names()) {
    const bool is_there =
        holds(kept_, name) || std::ranges::any_of(newcomers_, [&](const Newcomer& newcomer) {
          return newcomer.instance->name() == name;
        });
    if (is_there) continue;
    Fleet& fleet = stage_.fleet;
    const delivery::Sender& sender = fleet.depart(name);
    stage_.clusters.remove(sender, [&fleet, &sender] { fleet.departed(sender); });
    changes_.push_back(name + ": ended, its file is gone");
  }
}

void Changeover::end_clusters_that_are_gone() {
  for (const config::TeleportConfig& before : now_.clusters) {
    const bool is_there = std::ranges::any_of(
        next_.clusters,
        [&](const config::TeleportConfig& teleport) { return teleport.name == before.name; });
    if (is_there) continue;
    stage_.clusters.end(before.name);
    changes_.push_back(about(before) + "followed no more, its section is gone");
  }
}

void Changeover::note_what_takes_a_restart() {
  if (now_.runtime_dir != next_.runtime_dir) {
    changes_.push_back("warning: " + next_.runtime_dir_at.str() +
                       ": runtime_dir takes a restart; until then it is " + now_.runtime_dir);
  }
}

}  // namespace notifyd::daemon
