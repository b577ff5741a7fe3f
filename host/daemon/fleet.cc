#include "daemon/fleet.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace notifyd::daemon {
namespace {

constexpr std::size_t kMostNamed = 50;  // of those that cannot be reached, in a status

}  // namespace

using modules::Instance;

Fleet::Fleet(Engine& engine, net::Http& http, Workshop& workshop,
             const delivery::DeliveryOptions& delivery, Log log, modules::InstanceLimits limits)
    : engine_(engine),
      http_(http),
      workshop_(workshop),
      delivery_(delivery),
      log_(std::move(log)),
      limits_(limits) {}

Fleet::~Fleet() { end(std::chrono::steady_clock::now() + limits_.destroy); }

// ---- Bringing up ----

modules::InstanceOptions Fleet::options_of(LineupEntry& entry, Newcomer& newcomer) const {
  newcomer.module = entry.module;
  newcomer.running.config = std::move(entry.config);
  newcomer.running.hash = entry.library->hash();
  newcomer.running.secret_files = entry.settings.secret_files();
  newcomer.running.secrets = digest_of(newcomer.running.secret_files);
  newcomer.running.extra_cas = entry.extra_cas;
  modules::InstanceOptions options;
  options.name = std::move(entry.name);
  options.library = std::move(entry.library);
  options.settings = std::move(entry.settings);
  options.allow_insecure = entry.allow_insecure;
  options.extra_cas = std::move(entry.extra_cas);
  options.quarantine = quarantine_;
  options.limits = limits_;
  return options;
}

Newcomer Fleet::start(LineupEntry entry, config::Faults& faults) {
  Newcomer newcomer;
  modules::InstanceOptions options = options_of(entry, newcomer);
  newcomer.instance = Instance::start(std::move(options), engine_, http_, log_, faults);
  return newcomer;
}

notify::Task<Newcomer> Fleet::begin(LineupEntry entry, config::Faults& faults) {
  Newcomer newcomer;
  modules::InstanceOptions options = options_of(entry, newcomer);
  auto beginning = Instance::begin(std::move(options), engine_, http_, log_, faults);
  newcomer.instance = co_await beginning;
  co_return std::move(newcomer);
}

// ---- Switching ----

Fleet::Joined Fleet::join(Newcomer newcomer) {
  const std::string name = newcomer.instance->name();
  const std::string file = newcomer.running.config.file;
  const auto [at, is_new] = members_.try_emplace(name);
  Member& member = at->second;
  std::swap(member.current, newcomer);
  member.since_ms = unix_ms(engine_.wall());
  if (is_new) {
    member.sender = std::make_unique<delivery::Sender>(engine_, *member.current.instance, delivery_,
                                                       file, log_);
  } else {
    ++member.generation;
    member.sender->take_over(*member.current.instance, file);
    drain(std::move(newcomer.instance));
  }
  return {member.sender.get(), is_new};
}

void Fleet::dismiss(Newcomer newcomer) {
  if (newcomer.instance) drain(std::move(newcomer.instance));
}

delivery::Sender& Fleet::depart(const std::string& name) {
  departing_.push_back(std::move(members_.extract(name).mapped()));
  return *departing_.back().sender;
}

void Fleet::departed(const delivery::Sender& sender) {
  const auto at = std::ranges::find_if(
      departing_, [&](const Member& member) { return member.sender.get() == &sender; });
  drain(std::move(at->current.instance));
  departing_.erase(at);
}

void Fleet::drain(std::unique_ptr<Instance> instance) {
  leaving_.push_back(std::move(instance));
  draining_.run(drained(std::prev(leaving_.end())));
}

notify::Task<> Fleet::drained(Leaving::iterator leaving) {
  const TimePoint hurry_at = engine_.now() + kDrainWithin;
  auto ending = Instance::leave(*leaving, hurry_at, hurry_at + kHurryWithin, workshop_);
  co_await ending;
  leaving_.erase(leaving);
}

// ---- What there is ----

Fleet::Seats Fleet::seats() const {
  Seats seats;
  for (const auto& [name, member] : members_) {
    seats.push_back({member.sender.get(), &member.current.running.config});
  }
  return seats;
}

std::vector<std::string> Fleet::names() const {
  std::vector<std::string> names;
  for (const auto& [name, member] : members_) names.push_back(name);
  return names;
}

RunningInstances Fleet::running() const {
  RunningInstances running;
  for (const auto& [name, member] : members_) running.emplace(name, member.current.running);
  return running;
}

std::vector<Instance*> Fleet::instances() const {
  std::vector<Instance*> all;
  for (const auto& [name, member] : members_) all.push_back(member.current.instance.get());
  return all;
}

std::vector<InstanceStatus> Fleet::status() const {
  std::vector<InstanceStatus> all;
  for (const auto& [name, member] : members_) {
    InstanceStatus& one = all.emplace_back();
    one.name = name;
    one.module = member.current.module;
    one.version = member.current.instance->library().info().version;
    one.file = member.current.running.config.file;
    one.hash = member.current.running.hash;
    one.generation = member.generation;
    one.since_ms = member.since_ms;
    one.state = member.sender->breaker().state_text();
    one.last_error = member.sender->last_error.what;
    one.last_error_ms = member.sender->last_error.at_ms;
    one.delivered = member.sender->counts.delivered;
    one.given_up = member.sender->counts.given_up;
    one.unreachable = member.sender->unreachable().recipients(kMostNamed);
  }
  return all;
}

// ---- The end ----

void Fleet::hurry() {
  for (const auto& [name, member] : members_) member.current.instance->hurry();
}

void Fleet::end(TimePoint deadline) {
  draining_.clear();
  for (const auto& [name, member] : members_) member.current.instance->end_by(deadline);
  for (const Member& member : departing_) member.current.instance->end_by(deadline);
  for (const auto& instance : leaving_) {
    if (instance) instance->end_by(deadline);
  }
  leaving_.clear();
  departing_.clear();
  members_.clear();
}

}  // namespace notifyd::daemon
